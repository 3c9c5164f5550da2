// Points sorted by the cells of a grid, so that those in view are close together in memory.
import type { View } from "./view.js";

/** The range that contains nearly all points; those outside of it are in the cells at the edge. */
function usualRange(xy: Float32Array, offset: 0 | 1): [number, number] {
  const step = Math.max(1, Math.floor(xy.length / 2 / 20000));
  const sample: number[] = [];
  for (let i = 0; 2 * i < xy.length; i += step) {
    const value = xy[2 * i + offset];
    if (Number.isFinite(value)) sample.push(value);
  }
  if (!sample.length) return [0, 1];
  sample.sort((a, b) => a - b);
  const at = (part: number): number => sample[Math.round(part * (sample.length - 1))];
  const [low, high] = [at(0.005), at(0.995)];
  return high > low ? [low, high] : [low - 0.5, low + 0.5];
}

export class PointSet {
  /** Coordinates in grid order, without the points that have none (NaN). */
  readonly xs: Float32Array;
  readonly ys: Float32Array;
  /** The index of each point in the arrays of the catalog. */
  readonly ids: Uint32Array;
  readonly size: number;
  readonly columns: number;
  readonly rows: number;
  /** The index at which each cell begins, row by row, and the end of the last one. */
  readonly starts: Uint32Array;
  private readonly left: number;
  private readonly bottom: number;
  private readonly perX: number; // cells per unit
  private readonly perY: number;

  /** `xy` has x and y interleaved. */
  constructor(xy: Float32Array) {
    const all = xy.length / 2;
    this.columns = this.rows = Math.max(1, Math.min(1024, Math.round(Math.sqrt(all / 24))));
    const [left, right] = usualRange(xy, 0);
    const [bottom, top] = usualRange(xy, 1);
    this.left = left;
    this.bottom = bottom;
    this.perX = this.columns / (right - left);
    this.perY = this.rows / (top - bottom);

    const cells = new Uint32Array(all);
    const starts = (this.starts = new Uint32Array(this.columns * this.rows + 1));
    const nowhere = 0xffffffff;
    let size = 0;
    for (let i = 0; i < all; ++i) {
      const x = xy[2 * i];
      const y = xy[2 * i + 1];
      if (!Number.isFinite(x) || !Number.isFinite(y)) {
        cells[i] = nowhere;
        continue;
      }
      const cell = this.row(y) * this.columns + this.column(x);
      cells[i] = cell;
      ++starts[cell + 1];
      ++size;
    }
    for (let c = 1; c < starts.length; ++c) starts[c] += starts[c - 1];
    const next = starts.slice();
    this.size = size;
    this.xs = new Float32Array(size);
    this.ys = new Float32Array(size);
    this.ids = new Uint32Array(size);
    for (let i = 0; i < all; ++i) {
      if (cells[i] === nowhere) continue;
      const at = next[cells[i]]++;
      this.xs[at] = xy[2 * i];
      this.ys[at] = xy[2 * i + 1];
      this.ids[at] = i;
    }
  }

  private column(x: number): number {
    return Math.max(0, Math.min(this.columns - 1, Math.floor((x - this.left) * this.perX)));
  }
  private row(y: number): number {
    return Math.max(0, Math.min(this.rows - 1, Math.floor((y - this.bottom) * this.perY)));
  }

  /** Runs [begin, end, …] of points that include all within a rectangle, and some around it. */
  runs(x0: number, y0: number, x1: number, y1: number): number[] {
    const result: number[] = [];
    const [c0, c1] = [this.column(x0), this.column(x1)];
    for (let row = this.row(y0), last = this.row(y1); row <= last; ++row) {
      const begin = this.starts[row * this.columns + c0];
      const end = this.starts[row * this.columns + c1 + 1];
      if (begin === end) continue;
      if (result.length && result[result.length - 1] === begin) result[result.length - 1] = end;
      else result.push(begin, end);
    }
    return result;
  }

  /** The index in grid order of the point nearest to (x, y) on the screen among those within
   *  `reach` pixels that `shows` accepts; −1 if there is none. */
  nearest(
    x: number,
    y: number,
    { sx, sy, k }: View,
    reach: number,
    shows: (place: number) => boolean,
  ): number {
    const dy = reach / sy;
    const dx = reach / sx + Math.abs(k) * dy;
    const runs = this.runs(x - dx, y - dy, x + dx, y + dy);
    let best = -1;
    let least = reach * reach;
    for (let r = 0; r < runs.length; r += 2)
      for (let i = runs[r]; i < runs[r + 1]; ++i) {
        const up = this.ys[i] - y;
        const distance = ((this.xs[i] - x + k * up) * sx) ** 2 + (up * sy) ** 2;
        if (distance <= least && shows(i)) {
          least = distance;
          best = i;
        }
      }
    return best;
  }
}
