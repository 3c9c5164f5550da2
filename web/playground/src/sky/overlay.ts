// What the map says besides its points: names of fields, the position that was searched for, lassos.
import type { Frame } from "../api.js";
import { toScreen, type Point, type Size, type View } from "../points/view.js";
import fields from "./fields.json";
import { inFrame, fromFrame } from "./frames.js";
import { font, outlined, type Ink } from "./graticule.js";
import { mollweide, unmollweide } from "./mollweide.js";

export type Field = (typeof fields)[number];
export { fields };

const placeOf = (frame: Frame, ra: number, dec: number): Point =>
  mollweide(...inFrame(frame, ra, dec));

/** Names that would lie on one another are left out: the first of the list wins. */
export function drawFields(
  context: CanvasRenderingContext2D,
  frame: Frame,
  view: View,
  size: Size,
  ink: Ink,
): void {
  context.font = `italic 12px ${font()}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  const taken: [number, number, number][] = [];
  for (const field of fields) {
    const [x, y] = toScreen(view, size, ...placeOf(frame, field.ra, field.dec));
    if (x < -20 || y < -10 || x > size.width + 20 || y > size.height + 10) continue;
    const width = context.measureText(field.name).width + 14;
    const left = x + width > size.width ? x - width : x;
    if (taken.some(([a, b, w]) => Math.abs(b - y) < 14 && left < a + w && a < left + width))
      continue;
    taken.push([left, y, width]);
    context.beginPath();
    context.arc(x, y, 7, 0, 2 * Math.PI);
    context.strokeStyle = ink.label;
    context.lineWidth = 1;
    context.stroke();
    outlined(context, field.name, left === x ? x + 11 : left - 2, y, ink.label, ink.ground);
  }
}

/** A cross-hair that leaves its middle free. */
export function drawMarker(
  context: CanvasRenderingContext2D,
  frame: Frame,
  [ra, dec]: number[],
  view: View,
  size: Size,
  color: string,
): void {
  const [x, y] = toScreen(view, size, ...placeOf(frame, ra, dec));
  context.beginPath();
  for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
    context.moveTo(x + 8 * dx, y + 8 * dy);
    context.lineTo(x + 20 * dx, y + 20 * dy);
  }
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.stroke();
}

/** The lasso of a filter "FRAME,x1,y1,…", also where the map shows the other frame. */
export function skyLasso(text: string, frame: Frame): Point[] {
  const [name, ...rest] = text.split(",");
  const numbers = rest.map(Number);
  if (!numbers.every(Number.isFinite)) return [];
  const own = name as Frame;
  const result: Point[] = [];
  for (let i = 0; i + 1 < numbers.length; i += 2) {
    const [x, y] = [numbers[i], numbers[i + 1]];
    if (own === frame) {
      result.push([x, y]);
      continue;
    }
    const place = unmollweide(x, y);
    if (place) result.push(placeOf(frame, ...fromFrame(own, ...place)));
  }
  return result;
}

export function drawLasso(
  context: CanvasRenderingContext2D,
  vertices: Point[],
  view: View,
  size: Size,
  color: string,
): void {
  if (vertices.length < 3) return;
  context.beginPath();
  for (const [x, y] of vertices) context.lineTo(...toScreen(view, size, x, y));
  context.closePath();
  context.setLineDash([5, 4]);
  context.strokeStyle = color;
  context.lineWidth = 1.5;
  context.stroke();
  context.setLineDash([]);
}
