// The layout of all pages: the header with navigation and search, and the current page.
import { useEffect } from "preact/hooks";
import { counted } from "../../common/numbers.js";
import * as api from "./api.js";
import { AliveBanner } from "./components/alive_banner.js";
import { Choice, ErrorBox, Link } from "./components/basics.js";
import { PrintLine } from "./components/print_line.js";
import { Skeleton } from "./components/skeleton.js";
import { Search } from "./components/search.js";
import { AboutPage } from "./pages/about.js";
import { ClassifyPage } from "./pages/classify.js";
import { SourcePage } from "./pages/source.js";
import { ViewsPage } from "./pages/views.js";
import { WithFilters } from "./pages/with_filters.js";
import { addressAt } from "./state/base.js";
import { CatalogContext } from "./state/catalog.js";
import { useLoad } from "./state/load.js";
import { beginSubsets } from "./state/subsets.js";
import { theme, type Theme } from "./state/theme.js";
import { addressOf, arrivals, path, query } from "./state/url.js";
import { PlaneView } from "./views/plane.js";
import { SkyView } from "./views/sky.js";
import { TableView } from "./views/table.js";

const pages: [string, string][] = [
  ["/", "Sky"],
  ["/properties", "Properties"],
  ["/table", "Table"],
  ["/views", "Views"],
  ["/classify", "Classify"],
  ["/about", "About"],
];

/** The page that is shown at a path: a catalog without positions begins with its properties. */
const shownAt = (at: string, catalog: api.Catalog | null): string =>
  at === "/" && catalog?.has_positions === false ? "/properties" : at;

function page(path: string, catalog: api.Catalog) {
  const at = shownAt(path, catalog);
  const View = { "/": SkyView, "/properties": PlaneView, "/table": TableView }[at];
  if (View)
    return (
      <WithFilters>
        <View key={at} />
      </WithFilters>
    );
  if (at === "/views") return <ViewsPage />;
  if (at === "/classify") return <ClassifyPage />;
  if (at === "/about") return <AboutPage />;
  const name = at.match(/^\/source\/(.+)$/)?.[1];
  if (name) return <SourcePage key={name} name={decoded(name)} />;
  return (
    <div class="text-page">
      <h1>There is no such page</h1>
      <p>
        <Link href={addressAt("/")}>Go to the {catalog.has_positions ? "sky" : "properties"}</Link>
      </p>
    </div>
  );
}

/** Decodes a name from the address; a name with an invalid encoding is returned unchanged. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

const themes: [Theme, string][] = [
  ["auto", "auto"],
  ["light", "light"],
  ["dark", "dark"],
];

function Header({ catalog }: { catalog: api.Catalog | null }) {
  query.value; // the links contain the query
  const shown = shownAt(path.value, catalog);
  return (
    <header class="top">
      <Link href={addressOf("/")} class="brand">
        uhuru
      </Link>
      <nav aria-label="Pages">
        {pages
          .filter(([at]) => at === shownAt(at, catalog))
          .map(([at, title]) => (
            <Link key={at} href={addressOf(at)} current={shown === at}>
              {title}
            </Link>
          ))}
      </nav>
      <p class="which">
        {catalog && (
          <>
            <span class="catalog-title">{catalog.title}</span>
            <span>{counted(catalog.sources, "source")}</span>
            {catalog.simulated && <strong class="badge">simulated</strong>}
          </>
        )}
      </p>
      <Search positions={catalog?.has_positions !== false} outside={catalog?.outside === true} />
      <Choice
        label="Theme"
        quiet
        options={themes}
        value={theme.value}
        onChange={(value) => (theme.value = value)}
      />
    </header>
  );
}

/** A link to "#main" would be relative to <base> and leave the page. */
function toContent(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

export function App() {
  const { value: catalog, error } = useLoad(() => api.catalog(), []);
  useEffect(() => {
    if (catalog) beginSubsets(catalog);
  }, [catalog]);
  const shown = shownAt(path.value, catalog);
  const title = pages.find(([at]) => at === shown)?.[1] ?? decoded(shown.split("/")[2] ?? "");
  useEffect(() => {
    document.title = title ? `${title} – uhuru` : "uhuru";
  }, [title]);
  // The link that was followed is gone with its page: move the focus to the new page.
  useEffect(() => {
    if (arrivals.value && document.activeElement === document.body)
      document.getElementById("main")?.focus({ preventScroll: true });
  }, [path.value]);
  return (
    <CatalogContext.Provider value={catalog}>
      <a class="skip" href="#main" onClick={toContent}>
        Skip to content
      </a>
      <AliveBanner />
      <Header catalog={catalog} />
      {catalog && <PrintLine catalog={catalog} />}
      <main id="main" tabIndex={-1}>
        {error ? (
          <ErrorBox error={error} />
        ) : catalog ? (
          page(path.value, catalog)
        ) : (
          <Skeleton />
        )}
      </main>
    </CatalogContext.Provider>
  );
}
