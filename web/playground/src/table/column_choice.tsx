// The menu that chooses the columns of the table.
import type { Column } from "../api.js";
import { Menu } from "../components/menu.js";
import { useView } from "../state/view_parameters.js";

const headings: Record<string, string> = {
  carried: "From the input",
  feature: "Features",
  "probability of": "Probabilities",
  "probability of group": "Probabilities of groups",
  "mean of": "Means over the detections",
  "deviation of": "Deviations over the detections",
};

export function ColumnChoice({ columns, chosen }: { columns: Column[]; chosen: Column[] }) {
  const own = useView();
  const names = chosen.map((column) => column.name);
  const heading = (column: Column): string => headings[column.role] ?? "Source";
  const set = (column: Column, on: boolean): void => {
    const now = on ? [...names, column.name] : names.filter((name) => name !== column.name);
    // Keep the order of the catalog, and at least one column.
    const ordered = columns.map(({ name }) => name).filter((name) => now.includes(name));
    if (ordered.length > 0) own.change({ columns: ordered });
  };
  return (
    <Menu label="Columns" class="columns-menu">
      {["Source", ...Object.values(headings)].map((title) => {
        const members = columns.filter((column) => heading(column) === title);
        if (members.length === 0) return null;
        return (
          <fieldset key={title}>
            <legend>{title}</legend>
            {members.map((column) => (
              <label key={column.name} title={column.description}>
                <input
                  type="checkbox"
                  checked={names.includes(column.name)}
                  onChange={(event) => set(column, event.currentTarget.checked)}
                />
                {column.name}
                {column.unit && <span class="unit"> {column.unit}</span>}
              </label>
            ))}
          </fieldset>
        );
      })}
      <button type="button" class="button" onClick={() => own.change({ columns: null })}>
        Default columns
      </button>
    </Menu>
  );
}
