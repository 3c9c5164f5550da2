// Curves of the selected evaluation, a line for each label.
import * as Plot from "@observablehq/plot";
import { axisLabel, drawing, tipStyle } from "../chart.js";
import type { Evaluation, Report } from "../data.js";
import { figure } from "../../../common/numbers.js";
import type { FigureSpec } from "../figure.js";
import { Legend, lineEntry } from "../legend.js";
import { classLook, groupLook } from "../../../common/palette.js";
import { domain } from "../view.js";
import { nameOf } from "./validation_figures.js";

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
        e.labels.map((label, key) =>
          lineEntry(
            key,
            label,
            e.of === "groups"
              ? groupLook(recipe.groups.indexOf(label), recipe)
              : classLook(recipe.classes.indexOf(label), recipe),
          ),
        ),
      );
      legends.set(e, legend);
    }
    return legend;
  };
  return {
    id: spec.id,
    title: spec.title,
    description: `${spec.y} against ${spec.x}, one line per label.`,
    caption: () =>
      `${nameOf(state())}. Each label against all others, as the probability that it takes is lowered.${spec.chance ? " Dashed: by chance." : ""}`,
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
          ...axisLabel(spec.x),
          ticks: 5,
          grid: true,
        },
        y: {
          domain: domain(axis, view.y0, view.y1),
          ...axisLabel(spec.y),
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
