// The set of classes that holds the true one with a given frequency.
import type { Source } from "../api.js";
import { setText } from "../components/cell.js";
import { useCatalog } from "../state/catalog.js";

export function ClassSet({ values }: { values: Source["values"] }) {
  const catalog = useCatalog();
  const column = catalog.columns.find(({ role }) => role === "set");
  const set = column && values[column.name];
  if (!set) return null;
  const level = column.name.replace("set_", "");
  const names = `${set}`.split("|");
  const groups = new Set(
    names.map((name) => catalog.classes.find((one) => one.name === name)?.group),
  );
  const of = `${names.length} of ${catalog.classes.length}`;
  return (
    <>
      <p class="class-set">
        {level} % set: <strong>{setText(`${set}`)}</strong>
      </p>
      <p class="hint">
        {names.length === 1
          ? "No other class is left at this level. "
          : `${of} classes are left at this level${groups.size === 1 ? `, all of the group ${[...groups][0]}` : ""}. `}
        In each group, such a set holds the true class of {level} % of the sources.
      </p>
    </>
  );
}
