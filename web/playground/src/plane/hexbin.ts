// The density of the selected points in a plane, as hexagons coloured by the number of points.
import { interpolateViridis } from "d3-scale-chromatic";
import type { Pen } from "../figure/svg_pen.js";
import type { PointSet } from "../points/point_set.js";
import { faint, type Shades } from "../points/shades.js";
import { toPlane, type Size, type View } from "../points/view.js";

const side = 6; // of a hexagon, pixels
const across = Math.sqrt(3) * side; // from column to column
const down = 1.5 * side; // from row to row

export interface Hexbins {
  /** The hexagon in column c and row r has its centre at ((c + r % 2 / 2) across, r down). */
  columns: number;
  rows: number;
  first: [number, number]; // column and row
  counts: Uint32Array; // row by row
  most: number;
}

/** Counts the selected points in view. The hexagons are fixed in the plane, so that they move with
 *  it. Of every `stride` points one is counted, for all of them. */
export function hexbinsOf(
  points: PointSet,
  { of: shades }: Shades,
  view: View,
  size: Size,
  stride = 1,
): Hexbins {
  const [x0, y1] = toPlane(view, size, 0, 0);
  const [x1, y0] = toPlane(view, size, size.width, size.height);
  // In pixels from the origin of the plane, rows downwards.
  const [left, top] = [x0 * view.sx, -y1 * view.sy];
  const firstColumn = Math.floor(left / across) - 1;
  const firstRow = 2 * (Math.floor(top / down / 2) - 1); // even
  const columns = Math.ceil(size.width / across) + 4;
  const rows = Math.ceil(size.height / down) + 5;
  const counts = new Uint32Array(columns * rows);
  let most = 0;
  const runs = points.runs(x0, y0, x1, y1);
  for (let k = 0; k < runs.length; k += 2)
    for (let i = runs[k]; i < runs[k + 1]; i += stride) {
      if (shades[i] >= faint) continue;
      const x = points.xs[i] * view.sx;
      const y = -points.ys[i] * view.sy;
      // Of the nearest centres in an even and an odd row, the nearer.
      const even = 2 * Math.round(y / (2 * down));
      const odd = 2 * Math.floor(y / (2 * down)) + 1;
      const c = Math.round(x / across);
      const d = Math.round(x / across - 0.5);
      const toEven = (x - c * across) ** 2 + (y - even * down) ** 2;
      const toOdd = (x - (d + 0.5) * across) ** 2 + (y - odd * down) ** 2;
      const column = (toEven <= toOdd ? c : d) - firstColumn;
      const row = (toEven <= toOdd ? even : odd) - firstRow;
      if (column < 0 || row < 0 || column >= columns || row >= rows) continue;
      const count = (counts[row * columns + column] += stride);
      if (count > most) most = count;
    }
  return { columns, rows, first: [firstColumn, firstRow], counts, most };
}

/** The colour of a count, by its logarithm. */
export const densityColor = (count: number, most: number, isDark: boolean): string => {
  const part = most > 1 ? Math.log(count) / Math.log(most) : 1;
  return interpolateViridis(isDark ? 0.15 + 0.85 * part : 0.92 * (1 - part));
};

export function drawHexbins(pen: Pen, bins: Hexbins, view: View, size: Size, isDark: boolean): void {
  const [x0, y1] = toPlane(view, size, 0, 0);
  const shades = 32; // one path for each
  const byShade = new Map<number, [number, number][]>();
  for (let row = 0; row < bins.rows; ++row)
    for (let column = 0; column < bins.columns; ++column) {
      const count = bins.counts[row * bins.columns + column];
      if (!count) continue;
      const part = bins.most > 1 ? Math.log(count) / Math.log(bins.most) : 1;
      const shade = Math.round(part * (shades - 1));
      const r = row + bins.first[1];
      const x = (column + bins.first[0] + (r & 1) / 2) * across - x0 * view.sx;
      const y = r * down + y1 * view.sy;
      const same = byShade.get(shade);
      if (same) same.push([x, y]);
      else byShade.set(shade, [[x, y]]);
    }
  for (const [shade, centers] of byShade) {
    pen.beginPath();
    for (const [x, y] of centers) {
      pen.moveTo(x, y - side);
      pen.lineTo(x + across / 2, y - side / 2);
      pen.lineTo(x + across / 2, y + side / 2);
      pen.lineTo(x, y + side);
      pen.lineTo(x - across / 2, y + side / 2);
      pen.lineTo(x - across / 2, y - side / 2);
      pen.closePath();
    }
    pen.fillStyle = densityColor(bins.most ** (shade / (shades - 1)), bins.most, isDark);
    pen.fill();
  }
}
