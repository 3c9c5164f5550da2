// The errors of features as bars on a plane, and of positions as circles on the sky.
import type { Pen } from "../figure/svg_pen.js";
import type { PointSet } from "../points/point_set.js";
import { faint, type Shades } from "../points/shades.js";
import { toPlane, toScreen, type Point, type Size, type View } from "../points/view.js";

/** More errors than these would hide the points. */
const most = 2000;

/** The selected points in view; null if they are too many for errors. */
export function fewInView(
  points: PointSet,
  { of: shades }: Shades,
  view: View,
  size: Size,
): number[] | null {
  const corners = [0, 1].flatMap((i) =>
    [0, 1].map((j) => toPlane(view, size, i * size.width, j * size.height)),
  );
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const runs = points.runs(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys));
  const result: number[] = [];
  for (let r = 0; r < runs.length; r += 2)
    for (let i = runs[r]; i < runs[r + 1]; ++i) {
      if (shades[i] >= faint) continue;
      const [left, top] = toScreen(view, size, points.xs[i], points.ys[i]);
      if (left < 0 || top < 0 || left > size.width || top > size.height) continue;
      if (result.length === most) return null;
      result.push(i);
    }
  return result;
}

/** The limits of an axis: lower and upper of each source, as places on the axis; null if its errors
 *  are not known. An end that is not known is not drawn. */
export type AxisLimits = { values: Float32Array; place: (value: number) => number } | null;

export function drawErrorBars(
  pen: Pen,
  points: PointSet,
  places: number[],
  limits: { x: AxisLimits; y: AxisLimits },
  view: View,
  size: Size,
  color: string,
): void {
  pen.beginPath();
  const line = (from: Point, to: Point): void => {
    pen.moveTo(...toScreen(view, size, ...from));
    pen.lineTo(...toScreen(view, size, ...to));
  };
  const end = (of: AxisLimits, i: number, side: 0 | 1, otherwise: number): number => {
    const at = of ? of.place(of.values[2 * points.ids[i] + side]) : NaN;
    return Number.isFinite(at) ? at : otherwise;
  };
  for (const i of places) {
    const [x, y] = [points.xs[i], points.ys[i]];
    if (limits.x) line([end(limits.x, i, 0, x), y], [end(limits.x, i, 1, x), y]);
    if (limits.y) line([x, end(limits.y, i, 0, y)], [x, end(limits.y, i, 1, y)]);
  }
  pen.strokeStyle = color;
  pen.lineWidth = 1;
  pen.globalAlpha = 0.45;
  pen.stroke();
  pen.globalAlpha = 1;
}

/** Circles around the points, `radii` of each source in units of the plane; none without a
 *  radius. */
export function drawErrorCircles(
  pen: Pen,
  points: PointSet,
  places: number[],
  radii: (index: number) => number,
  view: View,
  size: Size,
  color: string,
): void {
  const scale = Math.sqrt(view.sx * view.sy);
  pen.beginPath();
  for (const i of places) {
    const radius = radii(points.ids[i]) * scale;
    if (!(radius > 1) || radius > 2000) continue;
    const [left, top] = toScreen(view, size, points.xs[i], points.ys[i]);
    pen.moveTo(left + radius, top);
    pen.arc(left, top, radius, 0, 2 * Math.PI);
  }
  pen.strokeStyle = color;
  pen.lineWidth = 1;
  pen.globalAlpha = 0.7;
  pen.stroke();
  pen.globalAlpha = 1;
}
