// The input and settings of the run, and how to cite it.
import type { Report } from "../data.js";
import { methodCitation, type Citation } from "../../../common/citations.js";
import { element, fileName, table, type Cell } from "../../../common/dom.js";
import { figure } from "../../../common/numbers.js";
import { SectionBuilder, type Section } from "./section.js";

const cited = ({ text, url }: Citation): Node | string =>
  url ? element("a", { href: url, rel: "noopener noreferrer" }, text) : text;

export function provenanceSection(report: Report): Section {
  const { run, recipe } = report;
  const files: Cell[][] = [];
  const file = (what: string, name: string, sha256: string): void => {
    files.push([fileName(name), what, element("code", {}, sha256)]);
  };
  const isOwn = run.join === "own"; // the detections have their labels
  if (run.detections)
    file(
      isOwn ? "input: detections and labels" : "input: detections",
      run.detections.name,
      run.detections.sha256,
    );
  if (run.labels && !isOwn) file("input: labels", run.labels.name, run.labels.sha256);
  for (const { name, sha256 } of report.files)
    file(name === "validation.json" ? "validation" : report.is_run ? "output of the run" : "input", name, sha256);
  const settings: Cell[][] = report.is_run
    ? runSettings(report, isOwn)
    : [
        ["recipe", recipe.name || recipe.description],
        ...(run.method ? [["method", run.method]] : []),
        ["uhuru version of this report", report.version],
      ];
  return new SectionBuilder("provenance", "Provenance")
    .text(
      report.is_run
        ? "Everything that is needed to repeat this run: the same input, recipe, seed and version give the same tables."
        : "What this page was made from. How the classes came about, the tables do not tell.",
    )
    .add(
      element(
        "div",
        { class: "grid tables" },
        table("Files and their SHA-256", ["file", "what", "SHA-256"], files),
        table(report.is_run ? "Settings of the run" : "Settings", ["setting", "value"], settings),
      ),
      ...(recipe.text
        ? [
            element(
              "details",
              { class: "recipe" },
              element("summary", {}, `The recipe ${recipe.name}: ${recipe.description}`),
              element("pre", { tabindex: "0" }, recipe.text),
            ),
          ]
        : []),
      element("h3", {}, "How to cite"),
      element(
        "ul",
        { class: "citations" },
        element("li", {}, "The method: ", cited(methodCitation)),
        ...recipe.citations.map((one) => element("li", {}, "The data: ", cited(one))),
        element("li", {}, `The program: uhuru ${run.uhuru_version ?? report.version}`),
      ),
    )
    .done();
}

function runSettings({ run, recipe, version }: Report, isOwn: boolean): Cell[][] {
  return [
    ["recipe", recipe.name],
    ...(run.method ? [["method", run.method]] : []),
    ["seed", `${run.seed ?? "–"}`],
    ...(isOwn ? [] : [["labels joined by", `${run.join ?? "–"}`]]),
    ...(run.join === "position" ? [["radius", `${run.radius_arcsec} arcsec`]] : []),
    ...Object.entries(run.mixture ?? {}).map(([key, value]): Cell[] => [
      `mixture: ${key.replaceAll("_", " ")}`,
      typeof value === "number" ? figure(value, 7) : `${value}`,
    ]),
    ...(run.method === "bayes"
      ? []
      : [["labelled members required of a class in a cluster", `${recipe.min_members}`]]),
    ["uhuru version of the run", run.uhuru_version ?? null],
    ["uhuru version of this report", version],
    ["threads", `${run.threads ?? "–"}`],
    ...Object.entries(run.seconds ?? {}).map(([stage, seconds]): Cell[] => [
      `time: ${stage}`,
      `${figure(seconds)} s`,
    ]),
  ];
}
