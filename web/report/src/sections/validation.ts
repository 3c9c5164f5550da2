// The quality of the classes, from cross-validation.
import { select } from "../controls.js";
import {
  caveatOf,
  isAllLabelled,
  type Evaluation,
  type Measure,
  type Report,
  type Validation,
} from "../data.js";
import { element, table, type Cell } from "../../../common/dom.js";
import { counted } from "../../../common/numbers.js";
import { SectionBuilder, type Section } from "./section.js";
import { curves, pairs } from "./validation_curves.js";
import { confusion, reliability } from "./validation_figures.js";

const measures: [key: string, name: string][] = [
  ["accuracy", "accuracy"],
  ["balanced_accuracy", "balanced accuracy"],
  ["balanced_accuracy_equal_priors", "balanced, equal priors"],
  ["macro_f1", "macro F1"],
  ["log_loss", "log loss"],
  ["brier", "Brier score"],
  ["calibration_error", "calibration error"],
];
const labelMeasures: [key: string, name: string][] = [
  ["precision", "precision"],
  ["recall", "recall"],
  ["f1", "F1"],
  ["roc_auc", "area under ROC"],
  ["average_precision", "average precision"],
];

/** "0.683 (0.65–0.71)" */
function measureText(measure: unknown): string {
  const { value, low, high } = (measure ?? {}) as Partial<Measure>;
  if (typeof value !== "number") return "–";
  const text = value.toFixed(3);
  return typeof low === "number" && typeof high === "number"
    ? `${text} (${low.toFixed(2)}–${high.toFixed(2)})`
    : text;
}

export function validationSection(report: Report): Section {
  const builder = new SectionBuilder("validation", "Quality");
  const { validation } = report;
  if (!validation?.evaluations.length)
    return builder
      .text(
        (report.is_run
          ? "This run was not validated (its folder does not contain validation.json), so "
          : "There is no validation.json about these classes, so ") +
          (isAllLabelled(report)
            ? "it is not known how well it classifies."
            : "the quality of the classes is not known. Use the probabilities to rank, not as frequencies."),
      )
      .done();
  const evaluations = validation.evaluations;
  const preferred = evaluations.findIndex((e) => e.level === "soft vote" && e.of === "classes");
  let current = Math.max(0, preferred);
  const state = (): Evaluation => evaluations[current];
  const perLabel = element("div", { class: "table" });
  const showLabels = (): void => perLabel.replaceChildren(...labelTable(state()).childNodes);
  showLabels();
  let refresh = (): void => {};
  const pick = select("Show", evaluations.map(evaluationName), current, (index) => {
    current = index;
    showLabels();
    refresh();
  });
  const figures = [
    confusion(state),
    reliability(state),
    curves(report, state, {
      id: "roc",
      title: "ROC curves",
      x: "false positive rate",
      y: "true positive rate",
      points: (label) => {
        const curve = state().roc?.[label];
        return pairs(curve?.false_positive_rate, curve?.true_positive_rate);
      },
      chance: true,
    }),
    curves(report, state, {
      id: "precision-recall",
      title: "Precision and recall",
      x: "recall",
      y: "precision",
      points: (label) => {
        const curve = state().precision_recall?.[label];
        return pairs(curve?.recall, curve?.precision);
      },
      chance: false,
    }),
  ];
  const caveat = caveatOf(report);
  const section = builder
    .text(methodText(validation), caveat && ` ${caveat}`)
    .add(
      table(
        "Measures of each evaluation, with their intervals",
        ["evaluation", "rows", ...measures.map(([, name]) => name)],
        evaluations.map((e): Cell[] => [
          evaluationName(e),
          e.rows ?? null,
          ...measures.map(([key]) => measureText(e[key])),
        ]),
      ),
      element("div", { class: "controls" }, pick),
    )
    .grid("two", ...figures)
    .add(perLabel, ...ofSources(validation), ...samples(validation))
    .done();
  refresh = () => section.figures.forEach((f) => f.refresh());
  return section;
}

function evaluationName(e: Evaluation): string {
  return `${e.level}, ${e.of}`;
}

function methodText(validation: Validation): string {
  const { method, split, sample } = validation;
  const parts = [method ? `Method: ${method}.` : ""];
  if (split)
    parts.push(
      `Cross-validated${split.folds ? ` in ${counted(split.folds, "fold")}` : ""}${split.by ? `, split by ${split.by}` : ""}${split.repeats && split.repeats > 1 ? `, ${split.repeats} times` : ""}${split.seed === undefined ? "" : `, seed ${split.seed}`}.`,
    );
  if (sample?.detections)
    parts.push(
      `${counted(sample.detections, "labelled detection")}${sample.sources ? ` of ${counted(sample.sources, "source")}` : ""}.`,
    );
  if (validation.scores_count) parts.push(`Scores of detections count ${validation.scores_count}.`);
  return parts.filter(Boolean).join(" ");
}

/** The sets of classes, and what was said and true of sources with few and with many detections. */
function ofSources({ of_sources }: Validation): HTMLElement[] {
  const tables: HTMLElement[] = [];
  if (of_sources?.sets?.length) {
    const promised = Math.round(1000 * (of_sources.promised_coverage ?? 0.9)) / 10;
    tables.push(
      table(
        `Sets of classes: the part of the sources whose class is in their set (promised: ${promised} % of each group), and the mean number of classes in a set`,
        ["group", "sources", "coverage", "classes"],
        of_sources.sets.map((of): Cell[] => [
          of.group ?? "all",
          of.sources,
          measureText(of.coverage),
          of.mean_size.toFixed(2),
        ]),
      ),
    );
  }
  if (of_sources?.by_detections?.length)
    tables.push(
      table(
        "Probability of each group as said and as true, by the number of detections of a source",
        ["group", "detections", "sources", "said", "true"],
        of_sources.by_detections.map((of): Cell[] => [
          of.group,
          of.detections.replace("-", "–").replace("+", " or more"),
          of.sources,
          of.said.toFixed(3),
          measureText(of.true),
        ]),
      ),
    );
  return tables;
}

function labelTable(e: Evaluation): HTMLElement {
  return table(
    `Measures of each of the ${e.of} (${evaluationName(e)})`,
    ["label", "support", ...labelMeasures.map(([, name]) => name)],
    (e.per_label ?? []).map((row): Cell[] => [
      row.label,
      row.support,
      ...labelMeasures.map(([key]) => measureText(row[key])),
    ]),
  );
}

function samples(validation: Validation): Node[] {
  const { classes, excluded } = validation.sample ?? {};
  const nodes: Node[] = [];
  if (excluded?.length)
    nodes.push(
      table(
        "Left out",
        ["class", "detections", "sources", "why"],
        excluded.map((row) => [row.class, row.detections, row.sources, row.why]),
      ),
    );
  if (classes?.length)
    nodes.push(
      table(
        "Labelled sample",
        ["class", "detections", "sources"],
        classes.map((row) => [row.class, row.detections, row.sources]),
      ),
    );
  return nodes;
}
