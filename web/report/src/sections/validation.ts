// How good the classes are, by cross-validation.
import * as Plot from "@observablehq/plot";
import { drawing, fontSize, roomFor, tipStyle } from "../chart.js";
import { choice, select } from "../controls.js";
import type { Evaluation, Measure, Report, Validation } from "../data.js";
import { count, element, figure, percent, table, type Cell } from "../dom.js";
import type { FigureSpec } from "../figure.js";
import { Legend } from "../legend.js";
import { classColor, classDash, groupColor } from "../palette.js";
import { domain } from "../view.js";
import { SectionBuilder, type Section } from "./section.js";

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
  if (value === null || value === undefined) return "–";
  const text = value.toFixed(3);
  return typeof low === "number" && typeof high === "number" ? `${text} (${low.toFixed(2)}–${high.toFixed(2)})` : text;
}

export function validationSection(report: Report): Section {
  const builder = new SectionBuilder("validation", "Quality");
  const { validation } = report;
  if (!validation?.evaluations.length)
    return builder
      .text("This run was not validated, so the page says nothing of the quality of its classes: its folder holds no validation.json. Take the probabilities as an order, not as frequencies.")
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
  const section = builder
    .text(methodText(validation))
    .add(
      table(
        "Measures of each evaluation, with their intervals",
        ["evaluation", "rows", ...measures.map(([, name]) => name)],
        evaluations.map((e): Cell[] => [evaluationName(e), e.rows ?? null, ...measures.map(([key]) => measureText(e[key]))]),
      ),
      element("div", { class: "controls" }, pick),
    )
    .grid("two", ...figures)
    .add(perLabel, ...samples(validation))
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
      `Cross-validated${split.folds ? ` in ${split.folds} folds` : ""}${split.by ? `, split by ${split.by}` : ""}${split.repeats && split.repeats > 1 ? `, ${split.repeats} times` : ""}${split.seed === undefined ? "" : `, seed ${split.seed}`}.`,
    );
  if (sample?.detections) parts.push(`${count(sample.detections)} labelled detections${sample.sources ? ` of ${count(sample.sources)} sources` : ""}.`);
  return parts.filter(Boolean).join(" ");
}

function labelTable(e: Evaluation): HTMLElement {
  return table(
    `Each of the ${e.of} (${evaluationName(e)})`,
    ["label", "support", ...labelMeasures.map(([, name]) => name)],
    (e.per_label ?? []).map((row): Cell[] => [row.label, row.support, ...labelMeasures.map(([key]) => measureText(row[key]))]),
  );
}

function samples(validation: Validation): Node[] {
  const { classes, excluded } = validation.sample ?? {};
  const nodes: Node[] = [];
  if (excluded?.length)
    nodes.push(
      table("Left out", ["class", "detections", "sources", "why"], excluded.map((row) => [row.class, row.detections, row.sources, row.why])),
    );
  if (classes?.length)
    nodes.push(table("Labelled sample", ["class", "detections", "sources"], classes.map((row) => [row.class, row.detections, row.sources])));
  return nodes;
}

function confusion(state: () => Evaluation): FigureSpec {
  let by: "share" | "count" = "share";
  return {
    id: "confusion",
    title: "Confusion matrix",
    description: "Rows are the true labels, columns the assigned ones; a cell's colour is the share of its row.",
    caption: () => ["Rows: truth. Columns: assigned. Colour: share of the row."],
    controls: (redraw) => [
      choice<"share" | "count">("Numbers", [["share", "% of the truth"], ["count", "counts"]], by, (value) => {
        by = value;
        redraw();
      }),
    ],
    draw: (width) => {
      const e = state();
      const cells = e.labels.flatMap((truth, row) => {
        const sum = e.confusion[row].reduce((a, b) => a + b, 0);
        return e.labels.map((assigned, column) => ({ truth, assigned, n: e.confusion[row][column], share: sum ? e.confusion[row][column] / sum : 0, sum }));
      });
      type Entry = (typeof cells)[number];
      const marginLeft = roomFor(e.labels) + 14;
      const cell = (width - marginLeft - 4) / e.labels.length;
      const slanted = cell < 66;
      const marginTop = slanted ? 76 : 44;
      const row = Math.min(cell, 46);
      return drawing({
        width,
        height: marginTop + e.labels.length * row + 4,
        marginLeft,
        marginTop,
        marginRight: 4,
        marginBottom: 4,
        x: { domain: e.labels, axis: "top", label: "assigned", labelAnchor: "left", labelArrow: "none", tickSize: 0, padding: 0.04, tickRotate: slanted ? -60 : 0 },
        y: { domain: e.labels, label: "truth", labelArrow: "none", tickSize: 0, padding: 0.04 },
        marks: [
          Plot.cell(cells, { x: "assigned", y: "truth", fill: "var(--wash)" }),
          Plot.cell(cells, { x: "assigned", y: "truth", fill: "var(--accent)", fillOpacity: "share" }),
          cell > 22
            ? Plot.text(cells, {
                x: "assigned",
                y: "truth",
                text: (d: Entry) => (d.n === 0 ? "" : by === "count" ? count(d.n) : (100 * d.share).toFixed(0)),
                fill: (d: Entry) => (d.share > 0.55 ? "var(--paper)" : "var(--ink)"),
                fontSize: cell > 40 ? fontSize : 10,
              })
            : null,
          Plot.tip(
            cells,
            Plot.pointer({ x: "assigned", y: "truth", title: (d: Entry) => `truth ${d.truth}, assigned ${d.assigned}\n${count(d.n)} of ${count(d.sum)}, ${percent(d.n, d.sum)}`, ...tipStyle }),
          ),
        ],
      });
    },
    table: () => {
      const e = state();
      return table("Confusion matrix, rows are the truth", ["truth", ...e.labels], e.labels.map((label, row) => [label, ...e.confusion[row]]));
    },
  };
}

function reliability(state: () => Evaluation): FigureSpec {
  return {
    id: "reliability",
    title: "Reliability",
    description: "How often the assigned label is right against its mean probability; on the diagonal probabilities are frequencies.",
    caption: () => ["Points: how often the assigned label is right, by its probability. On the line probabilities are frequencies; below it the classifier is too sure. Bars: share of the rows."],
    draw: (width) => {
      const bins = state().reliability ?? [];
      const most = Math.max(1, ...bins.map((bin) => bin.count));
      const sum = bins.reduce((total, bin) => total + bin.count, 0);
      const points = bins.filter((bin) => bin.mean_probability !== null && bin.accuracy !== null);
      type Bin = (typeof bins)[number];
      return drawing({
        width,
        height: Math.min(width * 0.85, 440),
        marginLeft: 48,
        marginBottom: 40,
        marginTop: 10,
        x: { domain: [0, 1], label: "mean probability", labelAnchor: "center", labelArrow: "none", ticks: 5 },
        y: { domain: [0, 1], label: "right", labelAnchor: "center", labelArrow: "none", ticks: 5, grid: true },
        marks: [
          Plot.rectY(bins, { x1: "low", x2: "high", y: (bin: Bin) => (0.3 * bin.count) / most, fill: "var(--accent-soft)", insetLeft: 1, insetRight: 1 }),
          Plot.line([[0, 0], [1, 1]], { stroke: "var(--muted)", strokeDasharray: "4 3" }),
          Plot.line(points, { x: "mean_probability", y: "accuracy", stroke: "var(--accent)", strokeWidth: 1.8 }),
          Plot.dot(points, { x: "mean_probability", y: "accuracy", fill: "var(--accent)", r: 3.5 }),
          Plot.ruleY([0], { stroke: "var(--muted)" }),
          Plot.tip(
            points,
            Plot.pointer({
              x: "mean_probability",
              y: "accuracy",
              title: (bin: Bin) => `probability ${figure(bin.low)} to ${figure(bin.high)}, mean ${figure(bin.mean_probability)}\nright ${figure(bin.accuracy)}\n${count(bin.count)} rows, ${percent(bin.count, sum)}`,
              ...tipStyle,
            }),
          ),
        ],
      });
    },
    table: () =>
      table(
        "Reliability",
        ["from", "to", "rows", "mean probability", "right"],
        (state().reliability ?? []).map((bin) => [figure(bin.low), figure(bin.high), bin.count, figure(bin.mean_probability), figure(bin.accuracy)]),
      ),
  };
}

function pairs(x: number[] | undefined, y: number[] | undefined): { x: number; y: number }[] {
  return (x ?? []).map((value, i) => ({ x: value, y: y?.[i] ?? NaN })).filter((p) => Number.isFinite(p.x) && Number.isFinite(p.y));
}

interface CurveSpec {
  id: string;
  title: string;
  x: string;
  y: string;
  points: (label: string) => { x: number; y: number }[];
  chance: boolean;
}

function curves(report: Report, state: () => Evaluation, spec: CurveSpec): FigureSpec {
  const { recipe } = report;
  const legends = new Map<Evaluation, Legend>();
  const legendOf = (e: Evaluation): Legend => {
    let legend = legends.get(e);
    if (!legend) {
      legend = new Legend(
        e.labels.map((label, key) => {
          const place = e.of === "groups" ? recipe.groups.indexOf(label) : recipe.classes.indexOf(label);
          return e.of === "groups"
            ? { key, label, color: groupColor(place, recipe), dash: ["", "7 3", "2 2.5", "9 3 2 3"][Math.max(0, place) % 4] }
            : { key, label, color: classColor(place, recipe), dash: place < 0 ? "" : classDash(place, recipe) };
        }),
      );
      legends.set(e, legend);
    }
    return legend;
  };
  return {
    id: spec.id,
    title: spec.title,
    description: `${spec.y} against ${spec.x}, a line a label.`,
    caption: () => ["Each label against all others."],
    legend: () => legendOf(state()),
    zoom: "xy",
    draw: (width, view) => {
      const axis = { low: 0, high: 1, logarithmic: false };
      const shown = legendOf(state()).shown().map((entry) => ({ entry, points: spec.points(entry.label) }));
      const all = shown.flatMap(({ entry, points }) => points.map((point) => ({ ...point, label: entry.label })));
      return drawing({
        width,
        height: Math.min(width * 0.85, 440),
        marginLeft: 48,
        marginBottom: 40,
        marginTop: 10,
        x: { domain: domain(axis, view.x0, view.x1), label: spec.x, labelAnchor: "center", labelArrow: "none", ticks: 5, grid: true },
        y: { domain: domain(axis, view.y0, view.y1), label: spec.y, labelAnchor: "center", labelArrow: "none", ticks: 5, grid: true },
        marks: [
          Plot.frame({ stroke: "var(--line)" }),
          spec.chance ? Plot.line([[0, 0], [1, 1]], { stroke: "var(--muted)", strokeDasharray: "4 3", clip: true }) : null,
          ...shown.map(({ entry, points }) =>
            Plot.line(points, { x: "x", y: "y", stroke: entry.color, strokeWidth: 1.8, strokeDasharray: entry.dash || undefined, clip: true }),
          ),
          Plot.tip(
            all,
            Plot.pointer({
              x: "x",
              y: "y",
              title: (point: { x: number; y: number; label: string }) => `${point.label}\n${spec.x} ${figure(point.x)}\n${spec.y} ${figure(point.y)}`,
              ...tipStyle,
            }),
          ),
        ],
      });
    },
  };
}
