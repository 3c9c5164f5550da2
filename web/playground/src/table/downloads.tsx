// Links to download the selection.
import { downloadAddress } from "../api.js";
import { Menu } from "../components/menu.js";
import { filters } from "../state/filters.js";
import type { TableState } from "./state.js";

const formats = [
  ["votable", "VOTable"],
  ["fits", "FITS"],
  ["ecsv", "ECSV"],
  ["csv", "CSV"],
] as const;

export function Downloads({ state }: { state: TableState }) {
  const { columns, sort, descending } = state;
  const links = (names: string[], what: string) => (
    <p>
      {what}:{" "}
      {formats.map(([format, title]) => (
        <a key={format} href={downloadAddress(filters.value, { columns: names, sort, order: descending ? "desc" : "asc", format })} download>
          {title}
        </a>
      ))}
    </p>
  );
  return (
    <Menu label="Download" class="downloads">
      <p class="hint">All selected sources, not only this page.</p>
      {links(
        columns.map((column) => column.name),
        "These columns",
      )}
      {links([], "All columns")}
    </Menu>
  );
}
