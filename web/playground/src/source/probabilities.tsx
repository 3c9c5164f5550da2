// The class probabilities of the source and of its detections, and the mean of the latter, by group.
import type { Source } from "../api.js";
import { ClassBar, percentOf } from "../components/class_bar.js";
import { lookOf } from "../components/facet.js";
import { Swatch } from "../components/swatch.js";
import { figure } from "../../../common/numbers.js";
import { noLook } from "../../../common/palette.js";
import { groupColumn, useCatalog } from "../state/catalog.js";

interface Row {
  name: string;
  soft: number | null;
  mean: number | null;
  deviation: number | null;
  each: number[];
}

function ClassRow({ row, several }: { row: Row; several: boolean }) {
  const { name, soft, mean, deviation, each } = row;
  const p = soft ?? mean;
  return (
    <tr>
      <ClassBar name={name} part={p ?? 0}>
        {several && each.map((p, i) => <i key={i} class="tick" style={{ left: percentOf(p) }} />)}
      </ClassBar>
      {p === null && each.length === 0 ? (
        <td class="number missing" colSpan={several ? 2 : 1}>
          not learned
        </td>
      ) : (
        <>
          <td class="number">{figure(p)}</td>
          {several && (
            <td class="number">{mean ? `${figure(mean)} ± ${figure(deviation)}` : "–"}</td>
          )}
        </>
      )}
    </tr>
  );
}

function GroupRow({ name, p, several }: { name: string; p: number | null; several: boolean }) {
  const look = lookOf(useCatalog(), "group", name) ?? noLook;
  return (
    <tr class="group">
      <th scope="rowgroup">
        <span class="class-name">
          <Swatch look={look} /> Group {name}
        </span>
      </th>
      <td class="bars" aria-hidden="true">
        <span class="track">
          <span class="bar" style={{ width: percentOf(p ?? 0), background: look.color }} />
        </span>
      </td>
      <td class="number">{p === null ? "not learned" : figure(p)}</td>
      {several && <td />}
    </tr>
  );
}

export function Probabilities({ source }: { source: Source }) {
  const catalog = useCatalog();
  const { detections, values } = source;
  const number = (name: string): number | null => {
    const value = values[name];
    return typeof value === "number" ? value : null;
  };
  const named = (suffix: string, role: string, name: string): number | null => {
    const column = catalog.columns.find((one) => one.role === role && one.name === name + suffix);
    return column ? number(column.name) : null;
  };
  const rows = catalog.classes.map(({ name, group }) => {
    const place = detections.columns.findIndex(
      (column) => column.role === "probability of" && column.name === name,
    );
    return {
      name,
      group,
      soft: named("", "probability of", name),
      mean: named("_mean", "mean of", name),
      deviation: named("_std", "deviation of", name),
      each: detections.rows
        .map((row) => row[place])
        .filter((p): p is number => typeof p === "number"),
    };
  });
  if (rows.every((row) => row.soft === null && row.mean === null && row.each.length === 0))
    return (
      <p>
        {values.standing === "classified"
          ? "The table has classes without probabilities."
          : "None of its detections was classified."}
      </p>
    );
  const several = (number("votes") ?? 0) > 1;
  return (
    <>
      <table class="probabilities">
        <thead>
          <tr>
            <th scope="col">Class</th>
            <th scope="col" class="bars">
              <span class="hidden">As a bar</span>
            </th>
            <th scope="col" class="number">
              p
            </th>
            {several && (
              <th scope="col" class="number">
                mean ± deviation
              </th>
            )}
          </tr>
        </thead>
        {[...new Set(rows.map((row) => row.group))].map((group) => (
          <tbody key={group}>
            {groupColumn(catalog, group) && (
              <GroupRow
                name={group}
                p={number(groupColumn(catalog, group)?.name ?? "")}
                several={several}
              />
            )}
            {rows
              .filter((row) => row.group === group)
              .map((row) => (
                <ClassRow key={row.name} row={row} several={several} />
              ))}
          </tbody>
        ))}
      </table>
      <p class="hint">
        Bars: the source{several && "; ticks: its detections, with their mean on the right"}.
        {catalog.method === "mahalanobis" &&
          rows.some((row) => row.soft === 0) &&
          " A class with exactly 0 was not learned in the cluster of any of its detections, or is too far from all of them."}
      </p>
    </>
  );
}
