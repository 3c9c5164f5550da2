// What the map shows besides points: names of fields, the position searched for, lassos.
import type { Field, Frame } from "../api.js";
import type { Pen } from "../figure/svg_pen.js";
import { toScreen, type Point, type Size, type View } from "../points/view.js";
import { verticesOf } from "../points/lasso.js";
import { inFrame, fromFrame } from "./frames.js";
import { font, outlined, touch, type Ink, type Strip } from "./graticule.js";
import { mollweide, unmollweide } from "./mollweide.js";

const placeOf = (frame: Frame, ra: number, dec: number): Point =>
  mollweide(...inFrame(frame, ra, dec));

/** Draws fields; of names that would overlap, only the first in the list. Returns the space that
 *  circles and names take. */
export function drawFields(
  context: Pen,
  fields: Field[],
  frame: Frame,
  view: View,
  size: Size,
  ink: Ink,
  covered: Strip[],
): Strip[] {
  context.font = `italic 12px ${font()}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  const taken: Strip[] = [];
  for (const field of fields) {
    const [x, y] = toScreen(view, size, ...placeOf(frame, field.ra, field.dec));
    if (x < -20 || y < -10 || x > size.width + 20 || y > size.height + 10) continue;
    const width = context.measureText(field.name).width + 14;
    const around = (from: number): Strip => ({ left: from - 8, right: from + width + 8, y });
    const isHidden = covered.some((other) => touch(around(x), other));
    const left = x + width > size.width || isHidden ? x - width : x;
    const strip = around(left);
    if ([...covered, ...taken].some((other) => touch(strip, other))) continue;
    taken.push(strip);
    context.beginPath();
    context.arc(x, y, 7, 0, 2 * Math.PI);
    context.strokeStyle = ink.name;
    context.lineWidth = 1;
    context.stroke();
    outlined(context, field.name, left === x ? x + 11 : left - 2, y, ink.name, ink.ground);
  }
  return taken;
}

/** Draws a cross-hair with an empty centre. */
export function drawMarker(
  context: Pen,
  frame: Frame,
  [ra, dec]: number[],
  view: View,
  size: Size,
  color: string,
): void {
  const [x, y] = toScreen(view, size, ...placeOf(frame, ra, dec));
  context.beginPath();
  for (const [dx, dy] of [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ]) {
    context.moveTo(x + 8 * dx, y + 8 * dy);
    context.lineTo(x + 20 * dx, y + 20 * dy);
  }
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.stroke();
}

const pieces = 24; // of an edge, which is curved in the other frame

/** Continues the last line to a point; at the edge of the map, on the other side. */
export function continueTo(lines: Point[][], at: Point): void {
  const line = lines[lines.length - 1];
  const before = line[line.length - 1];
  if (before && Math.hypot(at[0] - before[0], at[1] - before[1]) > 0.7) lines.push([at]);
  else line.push(at);
}

/** The lasso of a filter "FRAME,x1,y1,…" as lines on the map, even if the map shows the other
 *  frame. */
export function skyLasso(text: string, frame: Frame): Point[][] {
  const [name, ...rest] = text.split(",");
  const corners = verticesOf(rest.map(Number));
  if (corners.length < 3 || !corners.flat().every(Number.isFinite)) return [];
  if (name === frame) return [[...corners, corners[0]]];
  const lines: Point[][] = [[]];
  corners.forEach(([x, y], i) => {
    const [toX, toY] = corners[(i + 1) % corners.length];
    for (let p = 0; p <= pieces; ++p) {
      const part = p / pieces;
      const place = unmollweide(x + part * (toX - x), y + part * (toY - y));
      if (!place) continue;
      continueTo(lines, placeOf(frame, ...fromFrame(name as Frame, ...place)));
    }
  });
  return lines;
}

export function drawLasso(
  context: Pen,
  lines: Point[][],
  view: View,
  size: Size,
  color: string,
): void {
  context.beginPath();
  for (const line of lines)
    line.forEach(([x, y], i) => {
      const at = toScreen(view, size, x, y);
      if (i) context.lineTo(...at);
      else context.moveTo(...at);
    });
  context.setLineDash([5, 4]);
  context.strokeStyle = color;
  context.lineWidth = 1.5;
  context.stroke();
  context.setLineDash([]);
}
