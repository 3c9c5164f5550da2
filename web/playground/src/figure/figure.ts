// A map or a plane as a figure for a paper: SVG of a given width, with axes, legend and caption.
import { pathOf, type Shape } from "../../../common/shapes.js";
import { ticksOf } from "../plane/axes.js";
import type { Margins } from "../plane/margins.js";
import type { Axis } from "../plane/scale.js";
import type { Layers } from "../points/plot.js";
import type { PointSet } from "../points/point_set.js";
import { finely, radiusFor, Raster, type Colors } from "../points/raster.js";
import { absent, faint, type Shades } from "../points/shades.js";
import { toScreen, type Size, type View } from "../points/view.js";
import { escaped, fontFamily, short, SvgPen, tag } from "./svg_pen.js";

export interface LegendEntry {
  text: string;
  color: string;
  shape: Shape;
}

/** What a figure shows; everything in the colours of paper. */
export interface FigureSpec {
  size: Size; // of the map or plane, in the figure's own units
  view: View;
  layers: Layers;
  points: PointSet | null;
  shades: Shades | null;
  colors: Colors | null;
  axes: { x: Axis; y: Axis; titles: [string, string]; low: [number, number]; high: [number, number] } | null;
  margins: Margins | null;
  drawsPoints?: boolean; // false: a layer shows their density
  legend: LegendEntry[];
  scale: { title: string; ends: string[]; colors: string[] } | null;
  caption: string;
}

/** The width of the map or plane in units of the figure, whatever it is on the screen, so that text
 *  has 8 to 9 pt on a page of 180 mm. */
export const paperWidth = 640;
const mostVectors = 20_000; // points; more become an image
const dotsPerUnit = 3.3; // about 300 dpi at 180 mm
const ink = "#1a1a1a";
const line = 14; // height of a line of text

const label = (text: string, x: number, y: number, more: Record<string, string | number | undefined> = {}) =>
  tag(
    "text",
    { x, y, "font-family": fontFamily, "font-size": 12, fill: ink, ...more },
    escaped(text),
  );

const rgb = (palette: Float32Array, shade: number): string =>
  `rgb(${[...palette.subarray(3 * shade, 3 * shade + 3)].map(Math.round).join(",")})`;

/** The points in view that are drawn, as places in the set. */
function inView({ points, shades, view, size }: FigureSpec): number[] {
  const places: number[] = [];
  if (!points || !shades) return places;
  for (let i = 0; i < points.size; ++i) {
    if (shades.of[i] === absent) continue;
    const [x, y] = toScreen(view, size, points.xs[i], points.ys[i]);
    if (x >= 0 && y >= 0 && x <= size.width && y <= size.height) places.push(i);
  }
  return places;
}

const layersOfPoints = 24;

/** Points as paths, one for each shade in each of a few layers, so that no shade covers all others;
 *  those that are not selected are below. */
function vectors(spec: FigureSpec, places: number[]): string {
  const { points, shades, colors, view, size } = spec;
  if (!points || !shades || !colors) return "";
  const selected = places.filter((i) => shades.of[i] < faint);
  const others = places.filter((i) => shades.of[i] === faint);
  const radius = Math.max(0.6, 0.7 * radiusFor(selected.length, size.width * size.height, finely));
  const paths = (members: number[], most: number, look: (shade: number) => [string, number]) => {
    const parts: string[] = [];
    for (let layer = 0; layer < most; ++layer) {
      const byShade = new Map<number, string>();
      // The members of a layer come from all of the plane: a set is in the order of its grid.
      for (let m = layer; m < members.length; m += most) {
        const [i, shade] = [members[m], shades.of[members[m]]];
        const shape = shade === faint ? "circle" : colors.shapes[shade];
        const at = toScreen(view, size, points.xs[i], points.ys[i]);
        byShade.set(shade, (byShade.get(shade) ?? "") + pathOf(shape, radius, ...at));
      }
      for (const [shade, d] of byShade) {
        const [fill, opacity] = look(shade);
        parts.push(tag("path", { d, fill, opacity }));
      }
    }
    return parts.join("\n");
  };
  return (
    paths(others, 1, () => [`rgb(${colors.faint.join(",")})`, 0.3]) +
    paths(selected, layersOfPoints, (shade) => [rgb(colors.palette, shade), 0.85])
  );
}

/** Points as an image with the resolution of print. */
function picture({ points, shades, colors, view, size }: FigureSpec): string {
  if (!points || !shades || !colors) return "";
  const [width, height] = [Math.round(size.width * dotsPerUnit), Math.round(size.height * dotsPerUnit)];
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const { image } = new Raster().draw(
    points,
    shades,
    colors,
    view,
    width,
    height,
    dotsPerUnit,
    1,
    finely,
  );
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return tag("image", { x: 0, y: 0, ...size, href: canvas.toDataURL("image/png") });
}

function axesOf({ axes, size }: FigureSpec): string {
  if (!axes) return "";
  const { x, y, titles, low, high } = axes;
  const parts: string[] = [tag("rect", { x: 0, y: 0, ...size, fill: "none", stroke: ink })];
  for (const { part, text } of ticksOf({ axis: x, low: low[0], high: high[0], length: size.width }, 80)) {
    const at = part * size.width;
    parts.push(tag("path", { d: `M${short(at)} ${short(size.height)}v5`, stroke: ink }));
    parts.push(label(text, at, size.height + 18, { "text-anchor": "middle" }));
  }
  for (const { part, text } of ticksOf({ axis: y, low: low[1], high: high[1], length: size.height }, 50)) {
    const at = (1 - part) * size.height;
    parts.push(tag("path", { d: `M0 ${short(at)}h-5`, stroke: ink }));
    parts.push(label(text, -9, at + 4, { "text-anchor": "end" }));
  }
  parts.push(label(titles[0], size.width / 2, size.height + 36, { "text-anchor": "middle" }));
  const turned = `translate(-52 ${short(size.height / 2)}) rotate(-90)`;
  parts.push(label(titles[1], 0, 0, { "text-anchor": "middle", transform: turned }));
  return parts.join("\n");
}

const marginHeight = 50;

/** Histograms above and on the right, stacked by shade. */
function marginsOf({ margins, colors, size }: FigureSpec): string {
  if (!margins || !colors) return "";
  const bars = (counts: Uint32Array, along: "x" | "y"): string => {
    const sums = Array.from({ length: margins.bins }, (_, bin) =>
      counts.subarray(256 * bin, 256 * bin + absent).reduce((sum, one) => sum + one, 0),
    );
    const unit = marginHeight / Math.max(1, ...sums);
    const step = (along === "x" ? size.width : size.height) / margins.bins;
    const paths = new Map<number, string>();
    for (let bin = 0; bin < margins.bins; ++bin) {
      let base = 0;
      for (let shade = 0; shade < absent; ++shade) {
        const number = counts[256 * bin + shade];
        if (!number) continue;
        const [from, length] = [base * unit, number * unit];
        const box =
          along === "x"
            ? [bin * step, -4 - from - length, step - 0.4, length]
            : [size.width + 4 + from, size.height - (bin + 1) * step, length, step - 0.4];
        const [left, top, width, height] = box.map(short);
        paths.set(shade, `${paths.get(shade) ?? ""}M${left} ${top}h${width}v${height}h-${width}z`);
        base += number;
      }
    }
    return [...paths]
      .map(([shade, d]) =>
        shade === faint
          ? tag("path", { d, fill: `rgb(${colors.faint.join(",")})`, opacity: 0.35 })
          : tag("path", { d, fill: rgb(colors.palette, shade) }),
      )
      .join("");
  };
  return bars(margins.x, "x") + bars(margins.y, "y");
}

/** Entries in rows; returns the height that they take. */
function legendOf(spec: FigureSpec, width: number, measure: (text: string) => number) {
  const parts: string[] = [];
  let [x, y] = [0, 0];
  for (const { text, color, shape } of spec.legend) {
    const wide = measure(text) + 34;
    if (x > 0 && x + wide > width) [x, y] = [0, y + line + 4];
    parts.push(tag("path", { d: pathOf(shape, 4.5, x + 6, y + 8), fill: color }), label(text, x + 16, y + 12));
    x += wide;
  }
  let height = spec.legend.length ? y + line + 8 : 0;
  if (spec.scale) {
    const { title, ends, colors } = spec.scale;
    const wide = 240 / colors.length;
    colors.forEach((color, i) =>
      parts.push(tag("rect", { x: i * wide, y: height + 18, width: wide + 0.3, height: 10, fill: color })),
    );
    parts.push(label(title, 0, height + 12));
    ends.forEach((text, i) =>
      parts.push(
        label(text, (240 * i) / (ends.length - 1), height + 42, {
          "text-anchor": ["start", "middle", "end"][Math.round((2 * i) / (ends.length - 1))],
        }),
      ),
    );
    height += 52;
  }
  return { text: parts.join("\n"), height };
}

/** Text in lines of at most this width. */
export function wrapped(text: string, width: number, measure: (text: string) => number): string[] {
  const lines: string[] = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last && measure(`${last} ${word}`) > width) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines;
}

/** The figure as an SVG document, `width_mm` wide. */
export function figureSvg(spec: FigureSpec, width_mm = 180): string {
  const { size, view, layers } = spec;
  const [below, above] = [new SvgPen(), new SvgPen()];
  layers.below(below, view, size);
  layers.above(above, view, size);
  const measuring = new SvgPen();
  measuring.font = "12px Helvetica, Arial, sans-serif";
  const measure = (text: string): number => measuring.measureText(text).width;
  const left = spec.axes ? 66 : 4;
  const top = spec.margins ? marginHeight + 10 : 6;
  const right = spec.margins ? marginHeight + 10 : 8;
  const width = left + size.width + right;
  const places = spec.drawsPoints === false ? [] : inView(spec);
  const legend = legendOf(spec, width - 12, measure);
  const captionTop = top + size.height + (spec.axes ? 46 : 8) + legend.height;
  const caption = wrapped(spec.caption, width - 12, measure);
  const height = captionTop + caption.length * (line + 1) + 8;
  const clip = tag("clipPath", { id: "view" }, tag("rect", { x: 0, y: 0, ...size }));
  const content = [
    tag("title", {}, escaped(spec.caption)),
    tag("defs", {}, clip),
    tag("rect", { x: 0, y: 0, width, height, fill: "#fff" }),
    tag(
      "g",
      { transform: `translate(${left} ${short(top)})` },
      tag("g", { "clip-path": "url(#view)" }, below.text()) +
        tag(
          "g",
          { "clip-path": "url(#view)" },
          (places.length > mostVectors ? picture(spec) : vectors(spec, places)) + above.text(),
        ) +
        marginsOf(spec) +
        axesOf(spec),
    ),
    tag(
      "g",
      { transform: `translate(6 ${short(top + size.height + (spec.axes ? 46 : 8))})` },
      legend.text || tag("g", {}),
    ),
    ...caption.map((text, i) => label(text, 6, captionTop + line + i * (line + 1))),
  ];
  const height_mm = (width_mm * height) / width;
  return tag(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width: `${width_mm}mm`,
      height: `${short(height_mm)}mm`,
      viewBox: `0 0 ${short(width)} ${short(height)}`,
    },
    `\n${content.join("\n")}\n`,
  );
}
