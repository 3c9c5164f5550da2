// A plane of two columns: the places of its points, the default view, and views as text in the
// address.
import type { Size, View } from "../points/view.js";
import { placer, type Axis } from "./scale.js";

/** x and y interleaved; NaN where a value is missing or has no place on its axis. */
export function placesOf(xs: Float32Array, ys: Float32Array, x: Axis, y: Axis): Float32Array {
  const xy = new Float32Array(2 * xs.length);
  const put = (values: Float32Array, axis: Axis, offset: number): void => {
    const place = placer(axis);
    for (let i = 0; i < values.length; ++i) xy[2 * i + offset] = place(values[i]);
  };
  put(xs, x, 0);
  put(ys, y, 1);
  return xy;
}

export interface Box {
  x0: number;
  x1: number;
  y0: number;
  y1: number;
}

/** The box that contains nearly all points, so that a few outliers do not squeeze the others. */
export function boxOf(xy: Float32Array): Box {
  const step = Math.max(1, Math.floor(xy.length / 2 / 40000));
  const range = (offset: number): [number, number] => {
    const sample: number[] = [];
    for (let i = 0; 2 * i < xy.length; i += step)
      if (Number.isFinite(xy[2 * i]) && Number.isFinite(xy[2 * i + 1]))
        sample.push(xy[2 * i + offset]);
    if (!sample.length) return [0, 1];
    sample.sort((a, b) => a - b);
    const at = (part: number): number => sample[Math.round(part * (sample.length - 1))];
    const [low, high] = [at(0.001), at(0.999)];
    const edge = high > low ? 0.05 * (high - low) : 0.5;
    return [low - edge, high + edge];
  };
  const [x0, x1] = range(0);
  const [y0, y1] = range(1);
  return { x0, x1, y0, y1 };
}

export const viewOf = (box: Box, { width, height }: Size): View => ({
  x: (box.x0 + box.x1) / 2,
  y: (box.y0 + box.y1) / 2,
  sx: Math.max(1, width) / (box.x1 - box.x0),
  sy: Math.max(1, height) / (box.y1 - box.y0),
  k: 0,
});

/** The inverse of `viewOf`; also works for a canvas that has no size yet. */
export function seenOf(view: View, { width, height }: Size): Box {
  const [dx, dy] = [Math.max(1, width) / 2 / view.sx, Math.max(1, height) / 2 / view.sy];
  return { x0: view.x - dx, x1: view.x + dx, y0: view.y - dy, y1: view.y + dy };
}

/** Limits a view to between four times the whole and a hundred-thousandth of it. */
export function limitedTo(box: Box, view: View, size: Size): View {
  const whole = viewOf(box, size);
  const within = (s: number, of: number): number => Math.max(of / 4, Math.min(1e5 * of, s));
  return { ...view, sx: within(view.sx, whole.sx), sy: within(view.sy, whole.sy) };
}

export function boxText(view: View, size: Size, whole: Box): string | null {
  const all = viewOf(whole, size);
  const same = (a: number, b: number): boolean => Math.abs(a / b - 1) < 1e-6;
  if (same(view.sx, all.sx) && same(view.sy, all.sy) && Math.abs(view.x - all.x) * view.sx < 0.5)
    if (Math.abs(view.y - all.y) * view.sy < 0.5) return null;
  const { x0, x1, y0, y1 } = seenOf(view, size);
  return [x0, x1, y0, y1].map((value) => Number(value.toPrecision(7))).join(",");
}

export function boxFrom(text: string | null): Box | null {
  const numbers = (text ?? "").split(",").map(Number);
  if (!text || numbers.length !== 4 || !numbers.every(Number.isFinite)) return null;
  const [x0, x1, y0, y1] = numbers;
  return x1 > x0 && y1 > y0 ? { x0, x1, y0, y1 } : null;
}
