// The input and settings of the run, and how to cite it.
import type { Report } from "../data.js";
import { element, fileName, table, type Cell } from "../../../common/dom.js";
import { figure } from "../../../common/numbers.js";
import { SectionBuilder, type Section } from "./section.js";

export function provenanceSection(report: Report): Section {
  const { run, recipe } = report;
  const files: Cell[][] = [];
  const file = (what: string, name: string, sha256: string): void => {
    files.push([fileName(name), what, element("code", {}, sha256)]);
  };
  if (run.detections) file("input: detections", run.detections.name, run.detections.sha256);
  if (run.labels) file("input: labels", run.labels.name, run.labels.sha256);
  for (const { name, sha256 } of report.files) file("output of the run", name, sha256);
  const settings: Cell[][] = [
    ["recipe", recipe.name],
    ...(run.method ? [["method", run.method]] : []),
    ["seed", `${run.seed ?? "–"}`],
    ["labels joined by", `${run.join ?? "–"}`],
    ["radius", run.radius_arcsec === undefined ? null : `${run.radius_arcsec} arcsec`],
    ...Object.entries(run.mixture ?? {}).map(([key, value]): Cell[] => [
      `mixture: ${key.replaceAll("_", " ")}`,
      typeof value === "number" ? figure(value, 7) : `${value}`,
    ]),
    ...(run.method === "bayes"
      ? []
      : [["labelled members required of a class in a cluster", `${recipe.min_members}`]]),
    ["uhuru version of the run", run.uhuru_version ?? null],
    ["uhuru version of this report", report.version],
    ["threads", `${run.threads ?? "–"}`],
    ...Object.entries(run.seconds ?? {}).map(([stage, seconds]): Cell[] => [
      `time: ${stage}`,
      `${figure(seconds)} s`,
    ]),
  ];
  return new SectionBuilder("provenance", "Provenance")
    .text(
      "Everything that is needed to repeat this run: the same input, recipe, seed and version give the same tables.",
    )
    .add(table("Files and their SHA-256", ["file", "what", "SHA-256"], files))
    .add(table("Settings of the run", ["setting", "value"], settings))
    .add(
      element(
        "details",
        { class: "recipe" },
        element("summary", {}, `The recipe ${recipe.name}: ${recipe.description}`),
        element("pre", { tabindex: "0" }, recipe.text),
      ),
      element("h3", {}, "How to cite"),
      element(
        "p",
        { class: "lead" },
        "The method: V. S. Pérez-Díaz, J. R. Martínez-Galarza, A. Caicedo, R. D'Abrusco, ",
        element(
          "cite",
          {},
          "Unsupervised machine learning for the classification of astrophysical X-ray sources",
        ),
        ", MNRAS 2024, arXiv:2401.12203. The data: the catalogs of the detections and labels; for the Chandra Source Catalog, Evans et al.; for SIMBAD, Wenger et al. 2000. ",
        `The program: uhuru ${run.uhuru_version ?? report.version}.`,
      ),
    )
    .done();
}
