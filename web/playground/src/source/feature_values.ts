// The features of a source with their errors. Without a page, so that it can be tested alone.
import type { Source } from "../api.js";
import { figure } from "../../../common/numbers.js";

export interface FeatureValue {
  value: number | null;
  lower: number | null; // 68 % limits
  upper: number | null;
}

/** Of the detection that represents the source: the first classified one, or else the first. */
export function featureValues({ values, detections }: Source): Map<string, FeatureValue> {
  const { columns, rows, limits } = detections;
  const standing = columns.findIndex(({ role }) => role === "standing");
  const classified = rows.findIndex((row) => row[standing] === "classified");
  const row = Math.max(0, classified);
  const number = (cell: unknown): number | null => (typeof cell === "number" ? cell : null);
  return new Map(
    columns
      .filter(({ role }) => role === "feature")
      .map(({ name }) => {
        const own = limits.find(({ feature }) => feature === name);
        return [
          name,
          {
            value: number(values[name]),
            lower: own?.lower[row] ?? null,
            upper: own?.upper[row] ?? null,
          },
        ];
      }),
  );
}

/** The decimals of an error that are worth showing: two significant digits. */
const decimalsOf = (error: number): number =>
  Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(error))));

/** "1.70 ± 0.12", "1.70 +0.31 −0.12", or only the value if its limits are not known. */
export function valueText(of: FeatureValue | undefined, unit = ""): string {
  if (!of || of.value === null) return "–";
  const { value, lower, upper } = of;
  const after = unit && ` ${unit}`;
  const [minus, plus] = [lower === null ? 0 : value - lower, upper === null ? 0 : upper - value];
  const small = Math.min(...[minus, plus].filter((error) => error > 0));
  const tiny = Math.abs(value) > 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6);
  if (!Number.isFinite(small) || tiny) {
    const errors = Number.isFinite(small) ? ` (${figure(lower, 2)} … ${figure(upper, 2)})` : "";
    return `${figure(value, 4)}${errors}${after}`;
  }
  const digits = decimalsOf(small);
  const text = (x: number): string => x.toFixed(digits).replace("-", "−");
  const errors =
    text(minus) === text(plus)
      ? `± ${text(plus)}`
      : [plus > 0 && `+${text(plus)}`, minus > 0 && `−${text(minus)}`].filter(Boolean).join(" ");
  return `${text(value)} ${errors}${after}`;
}
