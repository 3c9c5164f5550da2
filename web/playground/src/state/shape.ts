// What is marked on a map or a plane as an expression, and applied to the selection.
import type { Frame } from "../api.js";
import { expressionOf, type Axis } from "../plane/scale.js";
import { lassoText } from "../points/lasso.js";
import type { Point } from "../points/view.js";
import { fromFrame, inFrame } from "../sky/frames.js";
import { continueTo, skyLasso } from "../sky/overlay.js";
import { mollweide, unmollweide } from "../sky/mollweide.js";
import {
  both,
  either,
  ExpressionError,
  fromFilters,
  insideText,
  regions,
  skyText,
  tryParse,
} from "./expression.js";
import { filter, isFilter } from "./filters.js";
import { mode, type Mode } from "./tool.js";
import { query, type Changes } from "./url.js";

/** Lassos in addresses of earlier versions. */
const lassos = ["sky", "plane", "plane.x", "plane.y", "plane.xscale", "plane.yscale"];
const none = Object.fromEntries(lassos.map((name) => [name, null]));

/** The conditions in the address that have no field in the panel, as one expression; "" without
 *  any. */
export function written(): string {
  const kept = new URLSearchParams();
  for (const [name, value] of query.value)
    if (name === "where" || lassos.includes(name)) kept.append(name, value);
  return fromFilters(kept);
}

/** Replaces these conditions. */
export const write = (where: string): void => filter({ ...none, where });

/** Replaces all filters, those in the panel as well. */
export function replace(filters: URLSearchParams): void {
  const now: Changes = {};
  for (const name of [...query.value.keys()].filter(isFilter)) now[name] = null;
  for (const name of new Set([...filters.keys()].filter(isFilter))) now[name] = filters.getAll(name);
  filter(now);
}
const replaceBy = (where: string): void => replace(new URLSearchParams({ where }));

/** Changes the selection by an expression. The filters in the panel stay as they are, unless sources
 *  are added, which these filters would leave out. */
export function select(expression: string, how: Mode = mode.value): void {
  const [before, all] = [written(), fromFilters(query.value)];
  if (how === "new") write(expression);
  else if (how === "add") replaceBy(all ? either(all, expression) : expression);
  else write(both(before, how === "subtract" ? `not holds(${expression})` : expression));
}

/** Selects all sources that are not selected now. */
export function invert(): void {
  const before = fromFilters(query.value);
  const inner = before.match(/^not holds\((.*)\)$/)?.[1];
  const whole = inner && !(tryParse(inner) instanceof ExpressionError); // not "not holds(a) and b(c)"
  if (before) replaceBy(whole ? inner : `not holds(${before})`);
}

/** Null if the outline encloses nothing. `sx`, `sy`: pixels per unit. */
export function skyPolygon(frame: Frame, outline: Point[], sx: number, sy: number): string | null {
  const corners = lassoText(outline, sx, sy);
  return corners && skyText(frame, corners);
}

export function planePolygon(x: Axis, y: Axis, outline: Point[], sx: number, sy: number) {
  const corners = lassoText(outline, sx, sy);
  return corners && insideText(expressionOf(x), expressionOf(y), corners);
}

const degree = Math.PI / 180;

/** A circle on the sky around the first point through the second, both on the map. */
export function skyCircle(frame: Frame, circle: [Point, Point]): string | null {
  const [center, edge] = circle.map(([x, y]) => unmollweide(x, y));
  if (!center || !edge) return null;
  const [[ra, dec], [ra1, dec1]] = [fromFrame(frame, ...center), fromFrame(frame, ...edge)];
  const half =
    Math.sin(((dec1 - dec) / 2) * degree) ** 2 +
    Math.cos(dec * degree) * Math.cos(dec1 * degree) * Math.sin(((ra1 - ra) / 2) * degree) ** 2;
  const radius = (2 * Math.asin(Math.min(1, Math.sqrt(half)))) / degree;
  const digits = Math.max(2, Math.min(7, Math.ceil(3 - Math.log10(radius))));
  return `cone(${ra.toFixed(digits)}, ${dec.toFixed(digits)}, ${Number(radius.toPrecision(4))})`;
}

const pieces = 96; // of a circle

/** A circle on the sky as the corners of a polygon on the map. */
function circleOnMap(frame: Frame, ra: number, dec: number, radius: number): Point[] {
  const [d, r] = [dec * degree, radius * degree];
  return Array.from({ length: pieces }, (_, i) => {
    const angle = (2 * Math.PI * i) / pieces;
    const dec1 = Math.asin(Math.sin(d) * Math.cos(r) + Math.cos(d) * Math.sin(r) * Math.cos(angle));
    const along = Math.atan2(
      Math.sin(angle) * Math.sin(r) * Math.cos(d),
      Math.cos(r) - Math.sin(d) * Math.sin(dec1),
    );
    return mollweide(...inFrame(frame, ra + along / degree, dec1 / degree));
  });
}

/** The outlines of what an expression selects on the map of the sky. */
export function regionsOnSky(where: string, frame: Frame): Point[][] {
  return regionsOf(where).flatMap((region) => {
    if (region.kind === "sky")
      return skyLasso([region.frame, ...region.corners.flat()].join(), frame);
    if (region.kind !== "cone") return [];
    const corners = circleOnMap(frame, region.ra, region.dec, region.radius);
    const lines: Point[][] = [[]];
    for (const at of [...corners, corners[0]]) continueTo(lines, at);
    return lines;
  });
}

/** The outlines of what an expression selects in a plane with these axes. */
export function regionsOnPlane(where: string, x: Axis, y: Axis): Point[][] {
  const spaceless = (text: string): string => text.replaceAll(" ", "");
  const [ofX, ofY] = [spaceless(expressionOf(x)), spaceless(expressionOf(y))];
  return regionsOf(where).flatMap((region) =>
    region.kind === "inside" && spaceless(region.x) === ofX && spaceless(region.y) === ofY
      ? [[...region.corners, region.corners[0]]]
      : [],
  );
}

function regionsOf(where: string) {
  const parsed = where ? tryParse(where) : null;
  return !parsed || parsed instanceof ExpressionError ? [] : regions(parsed);
}
