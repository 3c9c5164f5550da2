// Confusion matrix and reliability of the selected evaluation.
import * as Plot from "@observablehq/plot";
import { axisLabel, drawing, fontSize, roomFor, tipStyle } from "../chart.js";
import { choice } from "../controls.js";
import type { Evaluation } from "../data.js";
import { table } from "../../../common/dom.js";
import { count, counted, figure, percent } from "../../../common/numbers.js";
import type { FigureSpec } from "../figure.js";

/** "Soft vote, classes" */
export const nameOf = ({ level, of }: Evaluation): string =>
  `${level.charAt(0).toUpperCase()}${level.slice(1)}, ${of}`;

const mostRows = ({ reliability }: Evaluation): number =>
  Math.max(0, ...(reliability ?? []).map((bin) => bin.count));

export function confusion(state: () => Evaluation): FigureSpec {
  let by: "share" | "count" = "share";
  return {
    id: "confusion",
    title: "Confusion matrix",
    description:
      "Rows are the true labels, columns the assigned ones; the colour of a cell is its share of the row.",
    caption: () => `${nameOf(state())}. Rows: truth. Columns: assigned. Colour: share of the row.`,
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
      `${nameOf(state())}. Points: fraction of correctly assigned labels, by probability. On the dashed line, probabilities are frequencies; below it, the classifier is overconfident. Bars, not on this axis: number of rows, at most ${counted(mostRows(state()), "row")}.`,
    draw: (width) => {
      const bins = state().reliability ?? [];
      const most = Math.max(1, mostRows(state()));
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
          ...axisLabel("mean probability"),
          ticks: 5,
        },
        y: {
          domain: [0, 1],
          ...axisLabel("fraction correct"),
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
                `probability ${figure(bin.low)} to ${figure(bin.high)}, mean ${figure(bin.mean_probability)}\nfraction correct ${figure(bin.accuracy)}\n${counted(bin.count, "row")}, ${percent(bin.count, sum)}`,
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
