// The values of a text column as checkboxes with their counts.
import { useEffect, useState } from "preact/hooks";
import { count } from "../../../common/numbers.js";
import * as api from "../api.js";
import { returns } from "../state/alive.js";
import { classesOf, useCatalog } from "../state/catalog.js";
import { filtersWithout, listed, toggle } from "../state/filters.js";
import { latest } from "../state/latest.js";
import { classLook, groupLook, noLook, type Look } from "../../../common/palette.js";
import { Swatch } from "./swatch.js";

/** The number of sources per value that pass the other filters; null until the server has
 *  answered. */
export function useCounts(name: string): api.Count[] | null {
  const [state, set] = useState<{ name: string; counts: api.Count[] } | null>(null);
  const [ask] = useState(() =>
    latest(
      ({ name, filters }: { name: string; filters: string }, signal) =>
        api.counts(name, filters, signal),
      ({ counts }, { name }) => set({ name, counts }),
      () => {}, // the filter panel shows the same error for the selection
    ),
  );
  const filters = filtersWithout(name);
  useEffect(() => ask({ name, filters }), [name, filters, returns.value]);
  return state?.name === name ? state.counts : null;
}

/** The values in the order of the catalog, so that rows do not move when a filter changes. */
export function valuesOf(catalog: api.Catalog, name: string, counts: api.Count[]): string[] {
  const known =
    name === "class"
      ? catalog.classes.map((one) => one.name)
      : name === "group"
        ? catalog.groups
        : (catalog.columns.find((column) => column.name === name)?.values ?? []);
  const values = new Set(known);
  for (const { value } of counts) values.add(value ?? "");
  const missing = (catalog.columns.find((column) => column.name === name)?.missing ?? 0) > 0;
  if (missing) values.add("");
  return [...values];
}

/** How a value of a column looks; null if values of this column have no look of their own. */
export function lookOf(catalog: api.Catalog, name: string, value: string): Look | null {
  const classes = classesOf(catalog);
  if (name === "class" || name === "hard_class")
    return value ? classLook(classes.classes.indexOf(value), classes) : noLook;
  if (name === "group") return value ? groupLook(classes.groups.indexOf(value), classes) : noLook;
  return null;
}

export function Facet({ name, title }: { name: string; title: string }) {
  const catalog = useCatalog();
  const counts = useCounts(name);
  const chosen = listed(name);
  const of = new Map(counts?.map((one) => [one.value ?? "", one.count]));
  return (
    <fieldset class="facet">
      <legend>{title}</legend>
      {valuesOf(catalog, name, counts ?? []).map((value) => {
        const look = lookOf(catalog, name, value);
        return (
          <label key={value}>
            <input
              type="checkbox"
              checked={chosen.includes(value)}
              onChange={() => toggle(name, value)}
            />
            {look && <Swatch look={look} />}
            <span class="value">{value || "missing"}</span>
            <span class="number">{counts ? count(of.get(value) ?? 0) : ""}</span>
          </label>
        );
      })}
    </fieldset>
  );
}
