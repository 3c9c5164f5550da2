// The page of a run: reads its data and builds the sections.
import { isAllLabelled, rowName, rowWord, type Report } from "./data.js";
import { choice } from "./controls.js";
import { element, fileName } from "../../common/dom.js";
import { count, counted, percent } from "../../common/numbers.js";
import { drawForPrint, drawInTime } from "./figure.js";
import { anomaliesSection } from "./sections/anomalies.js";
import { clustersSection } from "./sections/clusters.js";
import { countsSection } from "./sections/counts.js";
import { featuresSection } from "./sections/features.js";
import { planesSection } from "./sections/planes.js";
import { provenanceSection } from "./sections/provenance.js";
import { skySection } from "./sections/sky.js";
import { sourcesSection } from "./sections/sources.js";
import { validationSection } from "./sections/validation.js";

type Theme = "auto" | "light" | "dark";

function themeChoice(): HTMLElement {
  return choice<Theme>(
    "Theme",
    [
      ["auto", "auto"],
      ["light", "light"],
      ["dark", "dark"],
    ],
    "auto",
    (theme) => {
      if (theme === "auto") delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = theme;
    },
  );
}

const tile = (value: string, what: string): HTMLElement =>
  element("div", {}, element("dt", {}, what), element("dd", {}, value));

const withClass = (n: number): HTMLElement =>
  tile(count(n), `${n === 1 ? "source" : "sources"} with a class`);

/** The numbers of tables that are not a run's, as far as they are known. */
function tableTiles(report: Report): HTMLElement[] {
  const { clusters, sources, run } = report;
  const unique = run.counts.sources_unique;
  return [
    tile(count(clusters.whole.size), clusters.whole.size === 1 ? rowName(report) : rowWord(report)),
    ...(clusters.each.length
      ? [tile(count(clusters.each.length), clusters.each.length === 1 ? "cluster" : "clusters")]
      : []),
    withClass(sources.count),
    ...(unique === undefined
      ? []
      : [tile(percent(Number(unique), sources.count), "of them with agreeing votes")]),
  ];
}

function header(report: Report): HTMLElement {
  const { run, recipe, clusters, sources } = report;
  const counts = run.counts;
  const read = Number(counts.read ?? 0);
  const inputs = [run.detections, run.labels].filter((file) => file !== undefined);
  const from = [...new Set(inputs.map((file) => fileName(file.name)))];
  return element(
    "header",
    {},
    element("p", { class: "kicker" }, `uhuru ${report.version} · classification of X-ray sources`),
    element("h1", {}, report.folder || "Report"),
    element(
      "p",
      { class: "summary" },
      report.is_run
        ? `${from.length ? `From ${from.join(" and ")}` : "A run"}, with recipe ${recipe.name}, seed ${run.seed ?? "unknown"}, uhuru ${run.uhuru_version ?? "(unknown version)"}.`
        : `From ${report.files.map((file) => fileName(file.name)).join(", ")}${recipe.name ? `, with recipe ${recipe.name}` : ""}.`,
    ),
    element(
      "dl",
      { class: "tiles" },
      ...(report.is_run
        ? [
            tile(count(read), `${read === 1 ? "detection" : "detections"} read`),
            tile(count(clusters.whole.size), `in ${counted(clusters.each.length, "cluster")}`),
            tile(count(Number(counts.labelled ?? 0)), "in the training set"),
            ...(isAllLabelled(report)
              ? []
              : [
                  tile(count(Number(counts.classified ?? 0)), "classified"),
                  withClass(sources.count),
                  tile(
                    percent(Number(counts.sources_unique ?? 0), sources.count),
                    "of them with agreeing votes",
                  ),
                ]),
          ]
        : tableTiles(report)),
    ),
  );
}

function build(report: Report): void {
  document.title = `${report.folder || "results"} – uhuru report`;
  const sections = [
    countsSection(report),
    clustersSection(report),
    skySection(report),
    planesSection(report),
    featuresSection(report),
    sourcesSection(report),
    validationSection(report),
    anomaliesSection(report),
    provenanceSection(report),
  ].filter((section) => section !== null);
  const links = sections.map(({ id, title }) =>
    element("li", {}, element("a", { href: `#${id}` }, title)),
  );
  const nav = element(
    "nav",
    { "aria-label": "Sections" },
    element("ol", {}, ...links),
    themeChoice(),
  );
  const help = element(
    "p",
    { class: "help" },
    "Figures: hover to see values, drag to pan, click and scroll (or Ctrl and scroll) to zoom, click entries of a legend to hide or show them.",
  );
  const page = document.getElementById("page");
  if (!page) return;
  page.append(
    element("a", { class: "skip", href: "#main" }, "Skip to content"),
    nav,
    element(
      "main",
      { id: "main" },
      header(report),
      help,
      ...sections.map((section) => section.node),
    ),
  );
  for (const section of sections) for (const figure of section.figures) figure.watch();
  drawInTime();
  drawForPrint();
  markSection(
    sections.map((section) => section.node),
    links,
  );
}

/** Highlights the link to the section that is being read. */
function markSection(nodes: HTMLElement[], links: HTMLElement[]): void {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        links.forEach((link, i) => link.classList.toggle("current", nodes[i] === entry.target));
      }
    },
    { rootMargin: "-20% 0px -70% 0px" },
  );
  for (const node of nodes) observer.observe(node);
}

build(JSON.parse(document.getElementById("data")?.textContent ?? "null") as Report);
