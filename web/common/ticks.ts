// The ticks of an axis and their labels.
import { figure } from "./numbers.js";

export interface Ticks {
  values: number[];
  text(value: number): string;
}

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A power of ten: 10⁻¹⁴. */
export function power(exponent: number): string {
  if (Math.abs(exponent) < 3) return figure(10 ** exponent);
  const digits = [...`${Math.abs(exponent)}`].map((digit) => superscripts[Number(digit)]);
  return `10${exponent < 0 ? "⁻" : ""}${digits.join("")}`;
}

/** A step of 1, 2 or 5 times a power of ten, of which at most `most` fit between `low` and
 *  `high`. */
export function roundStep(low: number, high: number, most: number): number {
  const rough = (high - low) / most;
  const unit = 10 ** Math.floor(Math.log10(rough));
  return unit * ([1, 2, 5].find((factor) => factor * unit >= rough) ?? 10);
}

/** Round numbers from `low` to `high`, about `most` of them. */
export function linearTicks(low: number, high: number, most: number): Ticks {
  const step = roundStep(low, high, most);
  const values = [];
  for (let i = Math.ceil(low / step); i * step <= high; ++i)
    values.push(Number((i * step).toPrecision(12)));
  // Enough digits to distinguish adjacent ticks.
  const digits = Math.ceil(Math.log10(Math.max(Math.abs(low), Math.abs(high)) / step)) + 1;
  return { values, text: (value) => figure(value, Math.min(12, Math.max(6, digits))) };
}

/** The same for a logarithmic axis; both ends must be positive. */
export function logTicks(low: number, high: number, most: number): Ticks {
  const decades = Math.log10(high / low);
  if (decades > 2) {
    const step = Math.max(1, Math.ceil(decades / most));
    const values = [];
    for (let e = Math.ceil(Math.log10(low) / step) * step; e <= Math.log10(high); e += step)
      values.push(10 ** e);
    return { values, text: (value) => power(Math.round(Math.log10(value))) };
  }
  if (decades <= 0.6) return linearTicks(low, high, most);
  const values = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.log10(high); ++e)
    for (const factor of [1, 2, 5])
      if (factor * 10 ** e >= low && factor * 10 ** e <= high) values.push(factor * 10 ** e);
  return { values, text: (value) => figure(value, 6) };
}

/** The same for an axis that is linear within ± `unit` and logarithmic beyond. */
export function asinhTicks(low: number, high: number, unit: number, most: number): Ticks {
  if (high - low < 4 * unit) return linearTicks(low, high, most);
  const decades = (end: number): number => Math.max(0, Math.ceil(Math.log10(Math.abs(end) / unit)));
  const all = (low < 0 ? decades(low) : 0) + (high > 0 ? decades(high) : 0) + 1;
  const step = Math.max(1, Math.ceil(all / most));
  const values = [0];
  for (let e = Math.round(Math.log10(unit)) + step; 10 ** e <= Math.max(-low, high); e += step)
    values.push(10 ** e, -(10 ** e));
  const text = (value: number): string =>
    value === 0 ? "0" : (value < 0 ? "−" : "") + power(Math.round(Math.log10(Math.abs(value))));
  const shown = values.filter((value) => value >= low && value <= high).sort((a, b) => a - b);
  return shown.length < 2 ? linearTicks(low, high, most) : { values: shown, text };
}
