// Formats numbers for display.

/** 4906 as "4,906". */
export function count(n: number): string {
  return n.toLocaleString("en-US", { maximumFractionDigits: 6 });
}

/** A number of things: "1 source", "4,906 sources". */
export function counted(n: number, one: string, several = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : several}`;
}

/** A number with `digits` significant digits: 0.0123, 1.23e−7. */
export function figure(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (size >= 1e-3 && size < 1e6) return `${sign}${Number(size.toPrecision(digits))}`;
  const [mantissa, exponent] = size.toExponential(digits - 1).split("e");
  return `${sign}${mantissa}e${exponent.replace("-", "−").replace("+", "")}`;
}

export function percent(part: number, whole: number): string {
  if (whole === 0) return "–";
  const value = (100 * part) / whole;
  return value > 0 && value < 0.1 ? "< 0.1 %" : `${value.toFixed(value < 10 ? 1 : 0)} %`;
}

/** Text shortened to `most` characters, for axes; tooltips and tables have all of it. */
export function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : characters.slice(0, most - 1).join("") + "…";
}
