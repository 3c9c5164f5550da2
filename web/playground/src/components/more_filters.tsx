// Filters that are needed less often: on the probability of each group, the set of classes, the
// agreement of the votes, the label, and on any numeric column.
import { useState } from "preact/hooks";
import * as api from "../api.js";
import { columnOf, groupColumn, numericColumns, titleOf, useCatalog } from "../state/catalog.js";
import { columnName, textLiteral } from "../state/expression.js";
import { only } from "../state/filters.js";
import { select } from "../state/shape.js";
import { query } from "../state/url.js";
import { Select } from "./basics.js";
import { isOnlyGroup } from "./filter_panel.js";
import { Facet } from "./facet.js";
import { RangeFilter } from "./range_filter.js";

const mostValues = 40; // of a facet
const usual = ["probability", "detections", "tail_probability"]; // in the panel already

export function MoreFilters() {
  const catalog = useCatalog();
  const [chosen, setChosen] = useState<string[]>([]);
  const inUse = (name: string): boolean => only(`min.${name}`) !== "" || only(`max.${name}`) !== "";
  query.value; // filters in use are shown
  const ofGroups = catalog.groups
    .map((group) => ({ group, column: groupColumn(catalog, group) }))
    .filter((one): one is { group: string; column: api.Column } => !!one.column?.max)
    .filter(({ group }) => !isOnlyGroup(group));
  const others = numericColumns(catalog).filter(
    (column) => column.role !== "probability of group" && !usual.includes(column.name),
  );
  const facets = ["agreement", "label"].filter((name) => {
    const values = columnOf(catalog, name)?.values?.length ?? 0;
    return values > 0 && values <= mostValues;
  });
  const set = catalog.columns.find((column) => column.role === "set");
  const shown = others.filter(({ name }) => chosen.includes(name) || inUse(name));
  return (
    <details class="more-filters">
      <summary>More filters</summary>
      {ofGroups.map(({ group, column }) => (
        <RangeFilter key={group} column={column} end="min" label={`P(group ${group}) at least`} />
      ))}
      {set && (
        <Select
          label={`${set.name} with`}
          options={[
            { value: "", text: "a class …" },
            ...catalog.classes.map(({ name }) => ({ value: name, text: name })),
          ]}
          value=""
          onChange={(name) =>
            name && select(`contains(${columnName(set.name)}, ${textLiteral(name)})`, "intersect")
          }
        />
      )}
      {facets.map((name) => (
        <Facet key={name} name={name} title={name[0].toUpperCase() + name.slice(1)} />
      ))}
      <Select
        label="Limits of"
        options={[
          { value: "", text: "a column …" },
          ...others.map((one) => ({ value: one.name, text: titleOf(one) })),
        ]}
        value=""
        onChange={(name) => name && setChosen([...chosen, name])}
      />
      {shown.flatMap((column) =>
        (["min", "max"] as const).map((end) => (
          <RangeFilter
            key={column.name + end}
            column={column}
            end={end}
            label={`${column.name} at ${end === "min" ? "least" : "most"}`}
          />
        )),
      )}
    </details>
  );
}
