// The set of classes that holds the true one with a given frequency.
import type { Source } from "../api.js";
import { setText } from "../components/cell.js";
import { useCatalog } from "../state/catalog.js";

export function ClassSet({ values }: { values: Source["values"] }) {
  const column = useCatalog().columns.find(({ role }) => role === "set");
  const set = column && values[column.name];
  if (!set) return null;
  const level = column.name.replace("set_", "");
  return (
    <>
      <p class="class-set">
        {level} % set: <strong>{setText(`${set}`)}</strong>
      </p>
      <p class="hint">
        In each group, such a set holds the true class of {level} % of the sources.
      </p>
    </>
  );
}
