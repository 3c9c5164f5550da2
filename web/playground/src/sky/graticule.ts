// Lines of longitude and latitude with labels, spaced to suit the view.
import type { Pen } from "../figure/svg_pen.js";
import { scaleOf, toPlane, toScreen, type Point, type Size, type View } from "../points/view.js";
import { halfHeight, halfWidth, mollweide, unmollweide } from "./mollweide.js";

const degrees = [30, 10, 5, 2, 1];
const parts = [30, 10, 5, 2, 1]; // steps in minutes and in seconds
const steps = [...degrees, ...parts.map((m) => m / 60), ...parts.map((s) => s / 3600), 0.5 / 3600];
const apart = 95; // minimum distance between lines, pixels

export interface Ink {
  line: string;
  label: string;
  name: string; // of a field
  ground: string;
  limb: string;
  sky: string;
}

export interface Label {
  text: string;
  x: number;
  y: number;
  align: "left" | "center" | "right";
  above?: number; // the alternative if the place at y is taken
  across?: Point; // the same at the right edge
}

/** The space that a line of text takes on the screen; y is its middle. */
export interface Strip {
  left: number;
  right: number;
  y: number;
}

const lineHeight = 13;

export const touch = (a: Strip, b: Strip): boolean =>
  Math.abs(a.y - b.y) < lineHeight && a.left < b.right && b.left < a.right;

export interface Graticule {
  lines: Point[][]; // in screen coordinates
  labels: Label[];
  isWhole: boolean;
}

/** An angle with the precision that the step needs: 30°, 83°30′ or 83°49′12″. */
export function angleText(value: number, step: number, sign = false): string {
  const text = sign ? (value < 0 ? "−" : value > 0 ? "+" : "") : "";
  const size = Math.abs(value);
  if (step >= 1) return `${text}${Math.round(size)}°`;
  const unit = step >= 1 / 60 ? 60 : 3600;
  const tenths = step < 1 / 3600;
  const whole = Math.round(size * unit * (tenths ? 10 : 1)) / (tenths ? 10 : 1);
  const two = (n: number): string => `${n < 10 ? "0" : ""}${tenths ? n.toFixed(1) : n}`;
  if (unit === 60) return `${text}${Math.floor(whole / 60)}°${two(whole % 60)}′`;
  const minutes = Math.floor(whole / 60);
  const rest = minutes % 60;
  return `${text}${Math.floor(minutes / 60)}°${rest < 10 ? "0" : ""}${rest}′${two(whole % 60)}″`;
}

/** The ranges of longitude (−180…180) and latitude in view. */
function ranges(view: View, size: Size) {
  let [l0, l1, b0, b1] = [180, -180, 90, -90];
  for (let i = 0; i <= 24; ++i)
    for (let j = 0; j <= 16; ++j) {
      const [x, y] = toPlane(view, size, (size.width * i) / 24, (size.height * j) / 16);
      const position = unmollweide(x, y);
      if (!position) continue;
      const l = position[0] > 180 ? position[0] - 360 : position[0];
      l0 = Math.min(l0, l);
      l1 = Math.max(l1, l);
      b0 = Math.min(b0, position[1]);
      b1 = Math.max(b1, position[1]);
    }
  // Near a pole, all longitudes are in view.
  if (b1 > 88 || b0 < -88) [l0, l1] = [-180, 180];
  return { l0, l1, b0, b1 };
}

export function isWhole(view: View, size: Size): boolean {
  const [left, top] = toScreen(view, size, -halfWidth, halfHeight);
  const [right, bottom] = toScreen(view, size, halfWidth, -halfHeight);
  return left >= -2 && top >= -2 && right <= size.width + 2 && bottom <= size.height + 2;
}

export function graticule(view: View, size: Size): Graticule {
  const whole = isWhole(view, size);
  const perPixel = 180 / Math.PI / scaleOf(view); // degrees, approximately
  const step = [...steps].reverse().find((one) => one >= apart * perPixel) ?? 30;
  const found = whole ? { l0: -180, l1: 180, b0: -90, b1: 90 } : ranges(view, size);
  if (found.l0 > found.l1) return { lines: [], labels: [], isWhole: whole };
  const { l0, l1, b0, b1 } = found;
  // Meridians converge towards the poles.
  const shrink = Math.cos((Math.min(Math.abs(b0), Math.abs(b1)) * Math.PI) / 180);
  const lonStep = steps.find((one, i) => one * Math.max(0.02, shrink) <= step * 1.6 || i > 20);
  const across = Math.max(step, lonStep ?? step);
  const at = (low: number, high: number, by: number, limit: number): number[] => {
    const values = [];
    for (let i = Math.ceil(low / by) - 1; i <= Math.floor(high / by) + 1; ++i)
      if (Math.abs(i * by) <= limit) values.push(i * by);
    return values;
  };
  const run = (from: number, to: number, of: (t: number) => Point): Point[] => {
    const pieces = 64;
    return Array.from({ length: pieces + 1 }, (_, i) => {
      const [lon, lat] = of(from + ((to - from) * i) / pieces);
      return toScreen(view, size, ...mollweide(lon, lat));
    });
  };
  const wide = (low: number, high: number, by: number, limit: number): [number, number] => [
    Math.max(-limit, low - by),
    Math.min(limit, high + by),
  ];
  const lines: Point[][] = [];
  const labels: Label[] = [];
  const latRange = wide(b0, b1, step, 90);
  const lonRange = wide(l0, l1, across, 179.999999);
  for (const l of at(l0, l1, across, 179.999)) {
    const line = run(...latRange, (b) => [l, b]);
    lines.push(line);
    const text = angleText((l + 360) % 360, across);
    const place = whole ? null : crossing(line, 1, size.height - 12, size.width);
    if (place && !labels.some((one) => Math.abs(one.x - place[0]) < 62))
      labels.push({ text, x: place[0], y: size.height - 12, align: "center" });
    if (whole && Math.abs(l) < 170 && l % 60 === 0) {
      const [x, y] = toScreen(view, size, ...mollweide(l, 0));
      labels.push({ text, x, y: y + lineHeight, align: "center", above: y - lineHeight });
    }
  }
  for (const b of at(b0, b1, step, 89.9999)) {
    const line = run(...lonRange, (l) => [l, b]);
    lines.push(line);
    const text = angleText(b, step, true);
    if (whole) {
      if (b === 0 || (step < 30 && b % 30 !== 0)) continue;
      const [x, y] = toScreen(view, size, ...mollweide(179.9999, b));
      if (x > 38) labels.push({ text, x: x - 5, y: y + (b > 0 ? -5 : 5), align: "right" });
    } else {
      const place = crossing(line, 0, 6, size.height - 28);
      const other = crossing(line, 0, size.width - 6, size.height - 28);
      const across: Point | undefined = other ? [other[0], other[1] - 7] : undefined;
      if (place) labels.push({ text, x: 6, y: place[1] - 7, align: "left", across });
    }
  }
  return { lines, labels, isWhole: whole };
}

/** Where a line crosses a row (axis 1) or column (axis 0) of the screen. */
function crossing(line: Point[], axis: 0 | 1, where: number, limit: number): Point | null {
  for (let i = 0; i + 1 < line.length; ++i) {
    const [a, b] = [line[i], line[i + 1]];
    if (a[axis] < where === b[axis] < where) continue;
    const part = (where - a[axis]) / (b[axis] - a[axis]);
    const other = a[1 - axis] + part * (b[1 - axis] - a[1 - axis]);
    if (other > 8 && other < limit) return axis ? [other, where] : [where, other];
  }
  return null;
}

/** The path around the sky, or around the canvas if the sky fills it. */
function limb(context: Pen, view: View, size: Size): void {
  const { width, height } = size;
  context.beginPath();
  const corners: Point[] = [
    [0, 0],
    [width, 0],
    [0, height],
    [width, height],
  ];
  if (corners.every(([left, top]) => unmollweide(...toPlane(view, size, left, top)))) {
    context.rect(-2, -2, width + 4, height + 4);
    return;
  }
  const pieces = 1440;
  for (let i = 0; i < pieces; ++i) {
    const turn = (2 * Math.PI * i) / pieces;
    const [x, y] = [halfWidth * Math.cos(turn), halfHeight * Math.sin(turn)];
    context.lineTo(...toScreen(view, size, x, y));
  }
  context.closePath();
}

export function drawGround(
  context: Pen,
  view: View,
  size: Size,
  { lines }: Graticule,
  ink: Ink,
): void {
  limb(context, view, size);
  context.fillStyle = ink.sky;
  context.fill();
  context.strokeStyle = ink.line;
  context.lineWidth = 1;
  context.beginPath();
  for (const line of lines) {
    let isDrawing = false;
    for (let i = 0; i < line.length; ++i) {
      // Draw only pieces near the canvas: distant coordinates cost time and precision.
      const near = isNear(line[i], size) || (i > 0 && isNear(line[i - 1], size));
      const next = i + 1 < line.length && isNear(line[i + 1], size);
      if (near && isDrawing) context.lineTo(...line[i]);
      else if (near || next) {
        context.moveTo(...line[i]);
        isDrawing = true;
      } else isDrawing = false;
    }
  }
  context.stroke();
}

function isNear([x, y]: Point, { width, height }: Size): boolean {
  return x > -2 * width && x < 3 * width && y > -2 * height && y < 3 * height;
}

type Place = [x: number, y: number, align: Label["align"]];

/** Leaves out labels that would be cut, or overlap what is taken: their lines have others, or are
 *  next to one that has. */
export function drawLabels(
  context: Pen,
  view: View,
  size: Size,
  { labels, isWhole: whole }: Graticule,
  ink: Ink,
  taken: Strip[],
): void {
  limb(context, view, size);
  context.strokeStyle = ink.limb;
  context.lineWidth = 1;
  context.stroke();
  context.font = `12px ${font()}`;
  context.textBaseline = "middle";
  for (const { text, x: at, y: below, align: usual, above = below, across } of labels) {
    const { width } = context.measureText(text);
    const isFree = ([x, y, align]: Place): boolean => {
      const left = x - width * { left: 0, center: 0.5, right: 1 }[align];
      const right = left + width;
      const isInside = left >= 0 && right <= size.width && y >= 7 && y <= size.height - 7;
      return isInside && !taken.some((strip) => touch(strip, { left, right, y }));
    };
    const places: Place[] = [[at, below, usual], [at, above, usual]];
    if (across) places.push([...across, "right"]);
    const place = places.find(isFree);
    if (!place) continue;
    const [x, y, align] = place;
    context.textAlign = align;
    outlined(context, text, x, y, ink.label, whole && align === "right" ? null : ink.ground);
  }
}

/** Draws text that stands out from what is below it. */
export function outlined(
  context: Pen,
  text: string,
  x: number,
  y: number,
  color: string,
  ground: string | null,
): void {
  if (ground) {
    context.lineJoin = "round";
    context.lineWidth = 3.5;
    context.strokeStyle = ground;
    context.strokeText(text, x, y);
  }
  context.fillStyle = color;
  context.fillText(text, x, y);
}

let family = "";
export const font = (): string => (family ||= getComputedStyle(document.body).fontFamily);
