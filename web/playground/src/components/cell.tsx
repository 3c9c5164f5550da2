// Formats the value of a column for display.
import type { Cell as Value, Column } from "../api.js";
import { count, figure } from "../../../common/numbers.js";
import { sourceAddress } from "../state/url.js";
import { Link } from "./basics.js";
import { ClassName } from "./class_name.js";

type Described = Pick<Column, "name" | "role"> & { type?: Column["type"] };

const either = new Intl.ListFormat("en-GB", { type: "disjunction" });

/** A set of classes, "QSO|AGN|XB", as "QSO, AGN or XB". */
export const setText = (set: string): string => either.format(set.split("|"));

export function textOf(value: Value, column: Described): string {
  if (value === null) return "–";
  if (column.role === "set") return setText(`${value}`);
  if (typeof value !== "number") return `${value}`;
  // Observations, and what is carried from the input, may be numbers that identify something.
  if (column.type === "integer")
    return column.role === "observation" || column.role === "carried" ? `${value}` : count(value);
  if (column.role === "ra" || column.role === "dec") return value.toFixed(5).replace("-", "−");
  return figure(value, 4);
}

export const isNumeric = (column: Described): boolean => column.type !== "text";

export function CellText({ value, column }: { value: Value; column: Described }) {
  if (value === null) return <span class="missing">–</span>;
  if (column.role === "name") return <Link href={sourceAddress(`${value}`)}>{`${value}`}</Link>;
  if (column.role === "class" || column.role === "hard_class")
    return <ClassName name={`${value}`} />;
  const text = textOf(value, column);
  // All digits of a number, and all of a set that is too long for its cell.
  const title = typeof value === "number" ? `${value}` : column.role === "set" ? text : undefined;
  return <span title={title}>{text}</span>;
}
