// The scales of an axis: where a value is along it, and the value at a place.
import type { Column } from "../api.js";
import { columnName } from "../state/expression.js";

export type ScaleName = "linear" | "log" | "asinh";

export interface Axis {
  column: Column;
  scale: ScaleName;
}

export const mayBeLog = (column: Column): boolean => column.positive_min !== null;

/** A scale that is linear around 0 and logarithmic beyond, for values of both signs. */
export const mayBeAsinh = (column: Column): boolean =>
  column.min !== null && column.max !== null && column.min < 0 && column.max > column.min;

/** Where the asinh scale turns from linear to logarithmic: a power of ten, from the column alone, so
 *  that an address always shows the same. */
export function softening({ min, max }: Column): number {
  const most = Math.max(Math.abs(min ?? 0), Math.abs(max ?? 0)) || 1;
  return 10 ** Math.round(Math.log10(most) - 3);
}

/** The place of a value on its axis; NaN if it has none. */
export function placer({ column, scale }: Axis): (value: number) => number {
  if (scale === "log") return (value) => (value > 0 ? Math.log10(value) : NaN);
  if (scale === "linear") return (value) => value;
  const unit = softening(column);
  return (value) => Math.asinh(value / unit);
}

/** The inverse. */
export function valuer({ column, scale }: Axis): (place: number) => number {
  if (scale === "log") return (place) => 10 ** place;
  if (scale === "linear") return (place) => place;
  const unit = softening(column);
  return (place) => Math.sinh(place) * unit;
}

/** The place on the axis as an expression of the column. */
export function expressionOf({ column, scale }: Axis): string {
  const name = columnName(column.name);
  if (scale === "log") return `log10(${name})`;
  return scale === "linear" ? name : `asinh(${name} / ${softening(column)})`;
}
