// Helpers shared by the figures: plots, small multiples, many points as few paths.
import * as Plot from "@observablehq/plot";
import { svgElement } from "../../common/dom.js";
import { noLook, type Look } from "../../common/palette.js";
import { pathOf } from "../../common/shapes.js";
import { logTicks } from "../../common/ticks.js";
import type { Drawing, Panel } from "./zoom.js";
import { domain, type Axis } from "./view.js";

export const fontSize = 12;
export const gridColor = "var(--line)";
export const tipStyle = {
  fill: "var(--paper)",
  stroke: "var(--muted)",
  fontSize,
  lineHeight: 1.3,
} as const;

/** The name of an axis, along its middle. */
export const axisLabel = (label: string) =>
  ({ label, labelAnchor: "center", labelArrow: "none" }) as const;

/** The margin that the longest of these names needs beside an axis. */
export function roomFor(names: string[]): number {
  return 12 + 0.6 * fontSize * Math.max(...names.map((name) => [...name].length));
}

/** The frames of a plot, in its pixels. */
function panelsOf(plot: SVGSVGElement & Plot.Plot): Panel[] {
  const span = (name: "x" | "y"): [number, number] => {
    const range = plot.scale(name)?.range as [number, number] | undefined;
    return range ? [Math.min(...range), Math.max(...range)] : [0, 1];
  };
  const facets = (name: "fx" | "fy", [begin, end]: [number, number]): [number, number][] => {
    const scale = plot.scale(name);
    if (!scale?.domain) return [[begin, end]];
    return [...(scale.domain as unknown[])].map((value) => {
      const at = scale.apply(value) as number;
      return [at, at + (scale.bandwidth ?? 0)];
    });
  };
  const columns = facets("fx", span("x"));
  return facets("fy", span("y")).flatMap(([top, bottom]) =>
    columns.map(([left, right]) => ({ left, top, width: right - left, height: bottom - top })),
  );
}

export function drawing(options: Plot.PlotOptions, panels?: Panel[]): Drawing {
  const plot = Plot.plot({
    className: "plot",
    ...options,
    style: { fontSize: `${fontSize}px`, background: "none", ...(options.style as object) },
  }) as unknown as SVGSVGElement & Plot.Plot;
  return { svg: plot, panels: panels ?? panelsOf(plot) };
}

/** The layout of small multiples, in columns that are at least `least` pixels wide. */
export class Multiples {
  readonly columns: number;
  readonly rows: number;

  constructor(
    private readonly keys: number[],
    width: number,
    least: number,
  ) {
    const fits = Math.max(1, Math.floor(width / least));
    this.rows = Math.max(1, Math.ceil(keys.length / fits));
    this.columns = Math.max(1, Math.ceil(keys.length / this.rows));
  }
  x = (key: number): number => this.keys.indexOf(key) % this.columns;
  y = (key: number): number => Math.floor(this.keys.indexOf(key) / this.columns);
  /** Title of each panel. */
  titles(text: (key: number) => string, options: Plot.TextOptions = {}): Plot.Markish {
    return Plot.text(this.keys, {
      fx: this.x,
      fy: this.y,
      text,
      frameAnchor: "top-left",
      dy: -16,
      fontWeight: 600,
      fontSize: fontSize + 1,
      ...options,
    });
  }
}

/** The scale of a part of an axis, with its name and at most `most` labels. */
export function scaleOf(
  axis: Axis,
  from: number,
  to: number,
  name: string,
  most: number,
): Plot.ScaleOptions {
  const [low, high] = domain(axis, from, to);
  const options = {
    domain: [low, high],
    ...axisLabel(name),
  };
  if (!axis.logarithmic) return { ...options, type: "linear", ticks: most };
  const ticks = logTicks(low, high, most);
  return { ...options, type: "log", ticks: ticks.values, tickFormat: ticks.text };
}

/** Dots of a few looks. All dots of a look are one path, so that thousands cost little. */
export function dots(
  ids: number[],
  options: Plot.DotOptions & { r?: number; look?: (id: number) => Look },
): Plot.Markish {
  const { r = 1.5, look = () => noLook, ...rest } = options;
  return Plot.dot(ids, {
    ...rest,
    render(index, scales, values, dimensions, context, next) {
      const paths = new Map<string, { look: Look; path: string[] }>();
      const { x, y } = values as unknown as Record<"x" | "y", ArrayLike<number>>;
      for (const i of index) {
        const { color, shape } = look(ids[i]);
        const key = `${color} ${shape}`;
        let of = paths.get(key);
        if (!of) paths.set(key, (of = { look: look(ids[i]), path: [] }));
        of.path.push(
          shape === "circle"
            ? `M${x[i].toFixed(1)} ${y[i].toFixed(1)}h0`
            : pathOf(shape, r, x[i], y[i]),
        );
      }
      const opacity = Number(options.fillOpacity ?? 0.55);
      // Drawing no points gives the mark's own group, clipped and placed in its panel.
      const group = (next?.([], scales, values, dimensions, context) ??
        svgElement("g")) as SVGElement;
      for (const [name, value] of Object.entries({
        fill: "none",
        "stroke-linecap": "round",
        "stroke-width": 2 * r,
        "stroke-opacity": opacity,
      }))
        group.setAttribute(name, `${value}`);
      for (const { look, path } of paths.values())
        group.append(
          svgElement("path", {
            d: path.join(""),
            // A circle is the round end of a line without length.
            ...(look.shape === "circle"
              ? { stroke: look.color }
              : { fill: look.color, "fill-opacity": opacity, "stroke-width": 0 }),
          }),
        );
      return group;
    },
  });
}
