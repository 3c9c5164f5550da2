// Numbers as a reader sees them, and round ones for axes.

/** 4906 as "4,906". */
export function count(n: number): string {
  return n.toLocaleString("en-US", { maximumFractionDigits: 6 });
}

/** A number with so many significant digits: 0.0123, 1.23e-7. */
export function figure(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (size >= 1e-3 && size < 1e6) return `${sign}${Number(size.toPrecision(digits))}`;
  const [mantissa, exponent] = size.toExponential(digits - 1).split("e");
  return `${sign}${mantissa}e${Number(exponent)}`;
}

export function percent(part: number, whole: number): string {
  if (whole === 0) return "–";
  const value = (100 * part) / whole;
  return value > 0 && value < 0.1 ? "< 0.1 %" : `${value.toFixed(value < 10 ? 1 : 0)} %`;
}

/** At most so many characters, for places on an axis; the whole stands in tooltip and table. */
export function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : characters.slice(0, most - 1).join("") + "…";
}

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A power of ten as an axis writes it: 10⁻¹⁴. */
export function power(exponent: number): string {
  if (Math.abs(exponent) < 3) return figure(10 ** exponent);
  const digits = [...`${Math.abs(exponent)}`].map((digit) => superscripts[Number(digit)]);
  return `10${exponent < 0 ? "⁻" : ""}${digits.join("")}`;
}

/** Round numbers from `low` to `high`, about so many. */
export function roundNumbers(low: number, high: number, most: number): number[] {
  const rough = (high - low) / most;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * ([1, 2, 5].find((factor) => factor * unit >= rough) ?? 10);
  const result = [];
  for (let i = Math.ceil(low / step); i * step <= high; ++i)
    result.push(Number((i * step).toPrecision(12)));
  return result;
}
