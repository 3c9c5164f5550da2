// A histogram as a figure for a paper.
import { linearTicks, logTicks } from "../../../common/ticks.js";
import { pathOf, type Shape } from "../../../common/shapes.js";
import { count } from "../../../common/numbers.js";
import { paperWidth, wrapped } from "./figure.js";
import { escaped, fontFamily, short, SvgPen, tag } from "./svg_pen.js";

export interface HistogramSpec {
  title: string; // of the axis
  edges: number[];
  isLog: boolean;
  series: { text: string; color: string; shape: Shape; counts: number[] }[];
  isStacked: boolean;
  caption: string;
}

export interface Bars {
  most: number;
  /** For each series, the outline of its bars: left, right, bottom, top as parts of the whole. */
  outlines: [number, number, number, number][][];
  xTicks: { part: number; text: string }[];
  yTicks: { part: number; text: string }[];
}

/** Where the bars and ticks are, as parts of the width and the height. */
export function barsOf(spec: Omit<HistogramSpec, "caption" | "title">, width: number): Bars {
  const { edges, isLog, series, isStacked } = spec;
  const [low, high] = [edges[0], edges[edges.length - 1]];
  const of = isLog ? Math.log10 : (x: number) => x;
  const part = (value: number): number => (of(value) - of(low)) / (of(high) - of(low));
  const bins = edges.length - 1;
  const sum = (bin: number): number => series.reduce((all, { counts }) => all + counts[bin], 0);
  const most = Math.max(
    1,
    ...Array.from({ length: bins }, (_, bin) =>
      isStacked ? sum(bin) : Math.max(0, ...series.map(({ counts }) => counts[bin])),
    ),
  );
  const base = new Array<number>(bins).fill(0);
  const outlines = series.map(({ counts }) =>
    counts.map((number, bin): [number, number, number, number] => {
      const bottom = isStacked ? base[bin] : 0;
      base[bin] += number;
      return [part(edges[bin]), part(edges[bin + 1]), bottom / most, (bottom + number) / most];
    }),
  );
  const xs = (isLog ? logTicks : linearTicks)(low, high, Math.max(2, Math.floor(width / 80)));
  const ys = linearTicks(0, most, 5);
  return {
    most,
    outlines,
    xTicks: xs.values.map((value) => ({ part: part(value), text: xs.text(value) })),
    yTicks: ys.values
      .filter(Number.isInteger)
      .map((value) => ({ part: value / most, text: count(value) })),
  };
}

/** Bars as a path; as steps without the lines between them if they are not stacked. */
export function barPath(bars: Bars["outlines"][0], width: number, height: number, isStacked: boolean): string {
  const at = (x: number, y: number): string => `${short(x * width)} ${short((1 - y) * height)}`;
  if (isStacked)
    return bars
      .filter(([, , bottom, top]) => top > bottom)
      .map(([l, r, b, t]) => `M${at(l, b)}L${at(l, t)}L${at(r, t)}L${at(r, b)}z`)
      .join("");
  const steps = bars.map(([l, r, , t]) => `L${at(l, t)}L${at(r, t)}`).join("");
  return `M${at(0, 0)}${steps}L${at(1, 0)}`;
}

export function histogramSvg(spec: HistogramSpec, width_mm = 180): string {
  const [width, height, left, top] = [paperWidth, 330, 66, 10];
  const bars = barsOf(spec, width);
  const ink = "#1a1a1a";
  const label = (text: string, x: number, y: number, more: Record<string, string | number | undefined> = {}) =>
    tag("text", { x, y, "font-family": fontFamily, "font-size": 12, fill: ink, ...more }, escaped(text));
  const parts = spec.series.map(({ color }, s) => {
    const d = barPath(bars.outlines[s], width, height, spec.isStacked);
    return spec.isStacked
      ? tag("path", { d, fill: color })
      : tag("path", { d, fill: "none", stroke: color, "stroke-width": 1.6 });
  });
  parts.push(tag("path", { d: `M0 0V${height}H${width}`, fill: "none", stroke: ink }));
  for (const { part, text } of bars.xTicks) {
    parts.push(tag("path", { d: `M${short(part * width)} ${height}v5`, stroke: ink }));
    parts.push(label(text, part * width, height + 18, { "text-anchor": "middle" }));
  }
  for (const { part, text } of bars.yTicks) {
    parts.push(tag("path", { d: `M0 ${short((1 - part) * height)}h-5`, stroke: ink }));
    parts.push(label(text, -9, (1 - part) * height + 4, { "text-anchor": "end" }));
  }
  parts.push(label(spec.title, width / 2, height + 36, { "text-anchor": "middle" }));
  const turned = `translate(-52 ${height / 2}) rotate(-90)`;
  parts.push(label("sources", 0, 0, { "text-anchor": "middle", transform: turned }));
  const measuring = new SvgPen();
  measuring.font = "12px Helvetica, Arial, sans-serif";
  let [x, y] = [-60, height + 62];
  for (const { text, color, shape } of spec.series) {
    const wide = measuring.measureText(text).width + 34;
    if (x > -60 && x + wide > width) [x, y] = [-60, y + 18];
    parts.push(tag("path", { d: pathOf(shape, 4.5, x + 6, y - 4), fill: color }), label(text, x + 16, y));
    x += wide;
  }
  const caption = wrapped(spec.caption, width + 54, (text) => measuring.measureText(text).width);
  caption.forEach((text, i) => parts.push(label(text, -60, y + 24 + 15 * i)));
  const [w, h] = [left + width + 8, top + y + 24 + 15 * caption.length + 4];
  return tag(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width: `${width_mm}mm`,
      height: `${short((width_mm * h) / w)}mm`,
      viewBox: `0 0 ${w} ${short(h)}`,
    },
    tag("rect", { x: 0, y: 0, width: w, height: h, fill: "#fff" }) +
      tag("g", { transform: `translate(${left} ${top})` }, parts.join("\n")),
  );
}
