// The visible part of a figure, as a rectangle in the unit square; y goes up.

export interface View {
  x0: number;
  x1: number;
  y0: number;
  y1: number;
}

export const whole: View = { x0: 0, x1: 1, y0: 0, y1: 1 };

export type Directions = "x" | "xy";

const nearest = 1e-4; // of the whole
const farthest = 4;

/** Zooms by `factor` (above 1: in) about a point, given as fractions of the view. */
export function zoomed(view: View, factor: number, x: number, y: number, along: Directions): View {
  const width = view.x1 - view.x0;
  const height = view.y1 - view.y0;
  const limited = 1 / Math.min(farthest / width, Math.max(nearest / width, 1 / factor));
  const x0 = view.x0 + x * width * (1 - 1 / limited);
  const next = { ...view, x0, x1: x0 + width / limited };
  if (along === "xy") {
    next.y0 = view.y0 + y * height * (1 - 1 / limited);
    next.y1 = next.y0 + height / limited;
  }
  return next;
}

/** Moves by fractions of the view. */
export function moved(view: View, x: number, y: number, along: Directions): View {
  const dx = x * (view.x1 - view.x0);
  const dy = along === "xy" ? y * (view.y1 - view.y0) : 0;
  return { x0: view.x0 + dx, x1: view.x1 + dx, y0: view.y0 + dy, y1: view.y1 + dy };
}

/** An axis, for example of a feature, linear or logarithmic. */
export interface Axis {
  low: number;
  high: number;
  logarithmic: boolean;
}

/** The part of an axis from `from` to `to`. */
export function domain(axis: Axis, from: number, to: number): [number, number] {
  if (!axis.logarithmic) {
    const length = axis.high - axis.low;
    return [axis.low + from * length, axis.low + to * length];
  }
  const ratio = Math.log(axis.high / axis.low);
  return [axis.low * Math.exp(from * ratio), axis.low * Math.exp(to * ratio)];
}
