// Confusion matrix, reliability and curves of the selected evaluation.
import * as Plot from "@observablehq/plot";
import { drawing, fontSize, roomFor, tipStyle } from "../chart.js";
import { choice } from "../controls.js";
import type { Evaluation, Report } from "../data.js";
import { table } from "../../../common/dom.js";
import { count, figure, percent } from "../../../common/numbers.js";
import type { FigureSpec } from "../figure.js";
import { Legend } from "../legend.js";
import { classColor, classDash, groupColor, groupDash } from "../../../common/palette.js";
import { domain } from "../view.js";

export function confusion(state: () => Evaluation): FigureSpec {
  let by: "share" | "count" = "share";
  return {
    id: "confusion",
    title: "Confusion matrix",
    description:
      "Rows are the true labels, columns the assigned ones; the colour of a cell is its share of the row.",
    caption: () => "Rows: truth. Columns: assigned. Colour: share of the row.",
    controls: (redraw) => [
      choice<"share" | "count">(
        "Numbers",
        [
          ["share", "% of the row"],
          ["count", "counts"],
        ],
        by,
        (value) => {
          by = value;
          redraw();
        },
      ),
    ],
    draw: (width) => {
      const e = state();
      const cells = e.labels.flatMap((truth, row) => {
        const sum = e.confusion[row].reduce((a, b) => a + b, 0);
        return e.labels.map((assigned, column) => ({
          truth,
          assigned,
          n: e.confusion[row][column],
          share: sum ? e.confusion[row][column] / sum : 0,
          sum,
        }));
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
        x: {
          domain: e.labels,
          axis: "top",
          label: "assigned",
          labelAnchor: "left",
          labelArrow: "none",
          tickSize: 0,
          padding: 0.04,
          tickRotate: slanted ? -60 : 0,
        },
        y: { domain: e.labels, label: "truth", labelArrow: "none", tickSize: 0, padding: 0.04 },
        marks: [
          Plot.cell(cells, { x: "assigned", y: "truth", fill: "var(--wash)" }),
          Plot.cell(cells, {
            x: "assigned",
            y: "truth",
            fill: "var(--accent)",
            fillOpacity: "share",
          }),
          cell > 22
            ? Plot.text(cells, {
                x: "assigned",
                y: "truth",
                text: (d: Entry) =>
                  d.n === 0 ? "" : by === "count" ? count(d.n) : (100 * d.share).toFixed(0),
                fill: (d: Entry) => (d.share > 0.55 ? "var(--paper)" : "var(--ink)"),
                fontSize: cell > 40 ? fontSize : 10,
              })
            : null,
          Plot.tip(
            cells,
            Plot.pointer({
              x: "assigned",
              y: "truth",
              title: (d: Entry) =>
                `truth ${d.truth}, assigned ${d.assigned}\n${count(d.n)} of ${count(d.sum)}, ${percent(d.n, d.sum)}`,
              ...tipStyle,
            }),
          ),
        ],
      });
    },
    table: () => {
      const e = state();
      return table(
        "Confusion matrix, rows are the truth",
        ["truth", ...e.labels],
        e.labels.map((label, row) => [label, ...e.confusion[row]]),
      );
    },
  };
}

export function reliability(state: () => Evaluation): FigureSpec {
  return {
    id: "reliability",
    title: "Reliability",
    description:
      "The fraction of correctly assigned labels against their mean probability; on the diagonal, probabilities are frequencies.",
    caption: () =>
      "Points: fraction of correctly assigned labels, by probability. On the dashed line, probabilities are frequencies; below it, the classifier is overconfident. Bars: share of the rows.",
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
        x: {
          domain: [0, 1],
          label: "mean probability",
          labelAnchor: "center",
          labelArrow: "none",
          ticks: 5,
        },
        y: {
          domain: [0, 1],
          label: "fraction correct",
          labelAnchor: "center",
          labelArrow: "none",
          ticks: 5,
          grid: true,
        },
        marks: [
          Plot.rectY(bins, {
            x1: "low",
            x2: "high",
            y: (bin: Bin) => (0.3 * bin.count) / most,
            fill: "var(--accent-soft)",
            insetLeft: 1,
            insetRight: 1,
          }),
          Plot.line(
            [
              [0, 0],
              [1, 1],
            ],
            { stroke: "var(--muted)", strokeDasharray: "4 3" },
          ),
          Plot.line(points, {
            x: "mean_probability",
            y: "accuracy",
            stroke: "var(--accent)",
            strokeWidth: 1.8,
          }),
          Plot.dot(points, { x: "mean_probability", y: "accuracy", fill: "var(--accent)", r: 3.5 }),
          Plot.ruleY([0], { stroke: "var(--muted)" }),
          Plot.tip(
            points,
            Plot.pointer({
              x: "mean_probability",
              y: "accuracy",
              title: (bin: Bin) =>
                `probability ${figure(bin.low)} to ${figure(bin.high)}, mean ${figure(bin.mean_probability)}\nfraction correct ${figure(bin.accuracy)}\n${count(bin.count)} rows, ${percent(bin.count, sum)}`,
              ...tipStyle,
            }),
          ),
        ],
      });
    },
    table: () =>
      table(
        "Reliability",
        ["from", "to", "rows", "mean probability", "fraction correct"],
        (state().reliability ?? []).map((bin) => [
          figure(bin.low),
          figure(bin.high),
          bin.count,
          figure(bin.mean_probability),
          figure(bin.accuracy),
        ]),
      ),
  };
}

export function pairs(
  x: number[] | undefined,
  y: number[] | undefined,
): { x: number; y: number }[] {
  return (x ?? [])
    .map((value, i) => ({ x: value, y: y?.[i] ?? NaN }))
    .filter((p) => Number.isFinite(p.x) && Number.isFinite(p.y));
}

interface CurveSpec {
  id: string;
  title: string;
  x: string;
  y: string;
  points: (label: string) => { x: number; y: number }[];
  chance: boolean;
}

export function curves(report: Report, state: () => Evaluation, spec: CurveSpec): FigureSpec {
  const { recipe } = report;
  const legends = new Map<Evaluation, Legend>();
  const legendOf = (e: Evaluation): Legend => {
    let legend = legends.get(e);
    if (!legend) {
      legend = new Legend(
        e.labels.map((label, key) => {
          const place =
            e.of === "groups" ? recipe.groups.indexOf(label) : recipe.classes.indexOf(label);
          return e.of === "groups"
            ? { key, label, color: groupColor(place, recipe), dash: groupDash(place) }
            : { key, label, color: classColor(place, recipe), dash: classDash(place, recipe) };
        }),
      );
      legends.set(e, legend);
    }
    return legend;
  };
  return {
    id: spec.id,
    title: spec.title,
    description: `${spec.y} against ${spec.x}, one line per label.`,
    caption: () => "Each label against all others.",
    legend: () => legendOf(state()),
    zoom: "xy",
    draw: (width, view) => {
      const axis = { low: 0, high: 1, logarithmic: false };
      const shown = legendOf(state())
        .shown()
        .map((entry) => ({ entry, points: spec.points(entry.label) }));
      const all = shown.flatMap(({ entry, points }) =>
        points.map((point) => ({ ...point, label: entry.label })),
      );
      return drawing({
        width,
        height: Math.min(width * 0.85, 440),
        marginLeft: 48,
        marginBottom: 40,
        marginTop: 10,
        x: {
          domain: domain(axis, view.x0, view.x1),
          label: spec.x,
          labelAnchor: "center",
          labelArrow: "none",
          ticks: 5,
          grid: true,
        },
        y: {
          domain: domain(axis, view.y0, view.y1),
          label: spec.y,
          labelAnchor: "center",
          labelArrow: "none",
          ticks: 5,
          grid: true,
        },
        marks: [
          Plot.frame({ stroke: "var(--line)" }),
          spec.chance
            ? Plot.line(
                [
                  [0, 0],
                  [1, 1],
                ],
                { stroke: "var(--muted)", strokeDasharray: "4 3", clip: true },
              )
            : null,
          ...shown.map(({ entry, points }) =>
            Plot.line(points, {
              x: "x",
              y: "y",
              stroke: entry.color,
              strokeWidth: 1.8,
              strokeDasharray: entry.dash || undefined,
              clip: true,
            }),
          ),
          Plot.tip(
            all,
            Plot.pointer({
              x: "x",
              y: "y",
              title: (point: { x: number; y: number; label: string }) =>
                `${point.label}\n${spec.x} ${figure(point.x)}\n${spec.y} ${figure(point.y)}`,
              ...tipStyle,
            }),
          ),
        ],
      });
    },
  };
}
