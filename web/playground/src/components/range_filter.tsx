// One end of a range of a column, as a slider and as a number.
import { figure } from "../../../common/numbers.js";
import type { Column } from "../api.js";
import { only } from "../state/filters.js";
import { change } from "../state/url.js";

const steps = 200;

interface Props {
  column: Column;
  end: "min" | "max";
  label: string;
  logarithmic?: boolean;
  whole?: boolean;
}

export function RangeFilter({ column, end, label, logarithmic, whole }: Props) {
  const key = `${end}.${column.name}`;
  const isLog = logarithmic === true && column.positive_min !== null && (column.max ?? 0) > 0;
  const low = isLog ? Math.log10(column.positive_min ?? 1) : (column.min ?? 0);
  const high = isLog ? Math.log10(column.max ?? 1) : (column.max ?? 1);
  if (!(high > low)) return null;
  const rest = end === "min" ? 0 : steps; // where the slider filters nothing
  const valueAt = (step: number): number => {
    const at = low + ((high - low) * step) / steps;
    const value = isLog ? 10 ** at : at;
    return whole ? Math.round(value) : Number(value.toPrecision(3));
  };
  const text = only(key);
  const value = Number(text);
  const at = text ? (((isLog ? Math.log10(value) : value) - low) / (high - low)) * steps : rest;
  const shown = text ? figure(value, 4) : "any";
  return (
    <label class="range">
      <span>{label}</span>
      <output>{shown}</output>
      <input
        type="range"
        min={0}
        max={steps}
        step={whole ? "any" : 1}
        value={at}
        aria-label={label} // the element around it is the label of the output, too
        aria-valuetext={shown}
        onInput={(event) => {
          const step = event.currentTarget.valueAsNumber;
          change({ [key]: Math.abs(step - rest) < 0.5 ? null : `${valueAt(step)}` });
        }}
      />
    </label>
  );
}
