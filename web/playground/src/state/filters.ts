// The filters in the page's address, as the server understands them.
import { computed } from "@preact/signals";
import { figure } from "../../../common/numbers.js";
import { allOf, both, conjuncts, describe, ExpressionError, tryParse } from "./expression.js";
import { change, query, type Changes } from "./url.js";

const lists = ["class", "group", "standing", "agreement", "hard_class", "label"];
const plane = ["plane", "plane.x", "plane.y", "plane.xscale", "plane.yscale"];
const single = ["name", "cone", "sky", "where", ...plane];

export const isFilter = (name: string): boolean =>
  lists.includes(name) || single.includes(name) || /^(min|max)\../.test(name);

/** The filters as a query, without those named. */
function filterQuery(without: string[] = []): string {
  const result = new URLSearchParams();
  for (const [name, value] of query.value)
    if (isFilter(name) && !without.includes(name)) result.append(name, value);
  result.sort();
  return result.toString();
}

/** All filters as a query; "" if there are none. */
export const filters = computed(() => filterQuery());

/** All filters except that on this column, so that its other values can be counted. */
export const filtersWithout = (name: string): string => filterQuery([name]);

export const listed = (name: string): string[] => query.value.getAll(name);
export const only = (name: string): string => query.value.get(name) ?? "";

/** Changes filters and returns to the first page of each table. */
export function filter(changes: Changes, kind?: "on the way"): void {
  const pages = [...query.value.keys()].filter((name) => /^(\d+\.)?page$/.test(name));
  change({ ...Object.fromEntries(pages.map((name) => [name, null])), ...changes }, kind);
}

/** Adds a value to those that the filter on a column accepts, or removes it. */
export function toggle(name: string, value: string): void {
  const now = listed(name);
  filter({ [name]: now.includes(value) ? now.filter((one) => one !== value) : [...now, value] });
}

export interface Chip {
  label: string;
  remove: () => void;
}

const nameOf = (value: string): string => value || "missing";

/** The active filters: what each says, and how to remove it. */
export const chips = computed<Chip[]>(() => {
  const result: Chip[] = [];
  for (const name of new Set(query.value.keys())) {
    const values = query.value.getAll(name);
    const add = (label: string, changes: string[] = [name]) =>
      result.push({
        label,
        remove: () => filter(Object.fromEntries(changes.map((one) => [one, null]))),
      });
    if (lists.includes(name))
      for (const value of values)
        result.push({ label: `${name} ${nameOf(value)}`, remove: () => toggle(name, value) });
    else if (name === "name") add(`name ${values[0]}…`);
    else if (name === "cone") {
      const [ra, dec, radius] = values[0].split(",").map(Number);
      add(`within ${figure(radius, 4)}° of ${figure(ra, 6)} ${figure(dec, 6)}`);
    } else if (name === "sky") add("lasso on the sky");
    else if (name === "plane") add(`lasso in ${only("plane.x")}, ${only("plane.y")}`, plane);
    else if (name === "where") addConditions(values, result);
    else if (/^(min|max)\../.test(name))
      add(`${name.slice(4)} ${name[1] === "i" ? "≥" : "≤"} ${figure(Number(values[0]), 4)}`);
  }
  return result;
});

/** A chip for each condition of the expressions that must hold. */
function addConditions(texts: string[], result: Chip[]): void {
  const parsed = tryParse(texts.reduce(both, ""));
  if (parsed instanceof ExpressionError)
    return void result.push({ label: texts.join(" and "), remove: () => filter({ where: null }) });
  const nodes = conjuncts(parsed);
  for (const node of nodes)
    result.push({
      label: describe(node),
      remove: () => filter({ where: allOf(nodes.filter((one) => one !== node)) }),
    });
}

export function clearFilters(): void {
  filter(Object.fromEntries([...query.value.keys()].filter(isFilter).map((name) => [name, null])));
}
