// The class probabilities of the source and of its detections, and the mean of the latter.
import type { Source } from "../api.js";
import { ClassBar, percentOf } from "../components/class_bar.js";
import { figure } from "../../../common/numbers.js";
import { useCatalog } from "../state/catalog.js";

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
  const rows = catalog.classes.map(({ name }) => {
    const place = detections.columns.findIndex(
      (column) => column.role === "probability of" && column.name === name,
    );
    return {
      name,
      soft: named("", "probability of", name),
      mean: named("_mean", "mean of", name),
      deviation: named("_std", "deviation of", name),
      each: detections.rows
        .map((row) => row[place])
        .filter((p): p is number => typeof p === "number"),
    };
  });
  if (rows.every((row) => row.soft === null && row.mean === null && row.each.length === 0))
    return <p>None of its detections was classified.</p>;
  const several = detections.rows.length > 1;
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
            <th scope="col" class="number">
              mean ± deviation
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, soft, mean, deviation, each }) => (
            <tr key={name}>
              <ClassBar name={name} part={soft ?? mean ?? 0}>
                {several &&
                  each.map((p, i) => <i key={i} class="tick" style={{ left: percentOf(p) }} />)}
              </ClassBar>
              <td class="number">{figure(soft ?? mean)}</td>
              <td class="number">
                {mean === null ? "–" : `${figure(mean)} ± ${figure(deviation)}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="hint">
        Bars: the source{several && "; ticks: its detections, with their mean on the right"}.
      </p>
    </>
  );
}
