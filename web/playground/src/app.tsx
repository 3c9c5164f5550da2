// The layout of all pages: the header with navigation and search, and the current page.
import { useEffect } from "preact/hooks";
import { count } from "../../common/numbers.js";
import * as api from "./api.js";
import { Choice, ErrorBox, Link, Loading } from "./components/basics.js";
import { Search } from "./components/search.js";
import { AboutPage } from "./pages/about.js";
import { ClassifyPage } from "./pages/classify.js";
import { PropertiesPage } from "./pages/properties.js";
import { SkyPage } from "./pages/sky.js";
import { SourcePage } from "./pages/source.js";
import { TablePage } from "./pages/table.js";
import { addressAt } from "./state/base.js";
import { CatalogContext } from "./state/catalog.js";
import { useLoad } from "./state/load.js";
import { theme, type Theme } from "./state/theme.js";
import { addressOf, arrivals, path, query } from "./state/url.js";

const pages: [string, string][] = [
  ["/", "Sky"],
  ["/properties", "Properties"],
  ["/table", "Table"],
  ["/classify", "Classify"],
  ["/about", "About"],
];

function page(at: string) {
  if (at === "/") return <SkyPage />;
  if (at === "/properties") return <PropertiesPage />;
  if (at === "/table") return <TablePage />;
  if (at === "/classify") return <ClassifyPage />;
  if (at === "/about") return <AboutPage />;
  const name = at.match(/^\/source\/(.+)$/)?.[1];
  if (name) return <SourcePage key={name} name={decoded(name)} />;
  return (
    <div class="text-page">
      <h1>There is no such page</h1>
      <p>
        <Link href={addressAt("/")}>Go to the sky</Link>
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
  return (
    <header class="top">
      <Link href={addressOf("/")} class="brand">
        uhuru
      </Link>
      <nav aria-label="Pages">
        {pages.map(([at, title]) => (
          <Link key={at} href={addressOf(at)} current={path.value === at}>
            {title}
          </Link>
        ))}
      </nav>
      <p class="which">
        {catalog && (
          <>
            <span class="catalog-title">{catalog.title}</span>
            <span>{count(catalog.sources)} sources</span>
            {catalog.simulated && <strong class="badge">simulated</strong>}
          </>
        )}
      </p>
      <Search />
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
  const title =
    pages.find(([at]) => at === path.value)?.[1] ?? decoded(path.value.split("/")[2] ?? "");
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
      <Header catalog={catalog} />
      <main id="main" tabIndex={-1}>
        {error ? (
          <ErrorBox error={error} />
        ) : catalog ? (
          page(path.value)
        ) : (
          <Loading what="the catalog" />
        )}
      </main>
    </CatalogContext.Provider>
  );
}
