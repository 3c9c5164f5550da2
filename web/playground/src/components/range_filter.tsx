// A filter by the lower or upper bound of a column, as a slider and as a number field.
import { useMemo } from "preact/hooks";
import { figure } from "../../../common/numbers.js";
import { roundStep } from "../../../common/ticks.js";
import type { Column } from "../api.js";
import { filter, only } from "../state/filters.js";

const most = 200; // steps of the slider

interface Props {
  column: Column;
  end: "min" | "max";
  label: string;
  logarithmic?: boolean;
  whole?: boolean;
}

/** Round values that cover the range from `low` to `high`, without duplicates. */
function ladder(low: number, high: number, isLog: boolean, whole: boolean): number[] {
  const values: number[] = [];
  if (isLog) {
    const [from, to] = [Math.log10(low), Math.log10(high)];
    for (let i = 0; i <= most; ++i) {
      const value = 10 ** (from + ((to - from) * i) / most);
      values.push(whole ? Math.round(value) : Number(value.toPrecision(2)));
    }
  } else {
    const step = roundStep(low, high, most);
    for (let i = Math.floor(low / step); i <= Math.ceil(high / step); ++i)
      values.push(Number((i * step).toPrecision(12)));
  }
  return [...new Set(values)];
}

/** The bound can be set by slider or typed as a number. */
export function RangeFilter({ column, end, label, logarithmic, whole }: Props) {
  const key = `${end}.${column.name}`;
  const isLog = logarithmic === true && column.positive_min !== null && (column.max ?? 0) > 0;
  const low = isLog ? (column.positive_min ?? 1) : (column.min ?? 0);
  const high = column.max ?? 1;
  const values = useMemo(
    () => (high > low ? ladder(low, high, isLog, whole === true) : []),
    [low, high, isLog, whole],
  );
  if (values.length < 2) return null;
  const rest = end === "min" ? 0 : values.length - 1; // where the slider does not filter
  const text = only(key);
  const place = values.findIndex((value) => value >= Number(text));
  const at = !text ? rest : place < 0 ? values.length - 1 : place;
  const type = (input: HTMLInputElement): void => {
    const typed = input.value.trim().replace("−", "-");
    if (Number.isFinite(Number(typed))) filter({ [key]: typed });
    else input.value = text;
  };
  return (
    <div class="range">
      <span>{label}</span>
      <input
        type="text"
        inputMode="decimal"
        placeholder="any"
        value={text}
        aria-label={`${label}, a number`}
        onChange={(event) => type(event.currentTarget)}
      />
      <input
        type="range"
        min={0}
        max={values.length - 1}
        value={at}
        aria-label={label}
        aria-valuetext={text ? figure(Number(text), 4) : "any"}
        onInput={(event) => {
          const step = event.currentTarget.valueAsNumber;
          filter({ [key]: step === rest ? null : `${values[step]}` }, "on the way");
        }}
      />
    </div>
  );
}
