// Classified detections or sources as a table.
import type { Cell } from "../api.js";
import { CellText, isNumeric } from "../components/cell.js";
import { count, percent } from "../../../common/numbers.js";

export const mostShown = 100;

interface Props {
  label: string;
  columns: string[];
  rows: Cell[][]; // the first of `total`
  total: number;
  classColumns: string[];
  identity: { ra: string | null; dec: string | null };
}

export function ClassifiedRows({ label, columns, rows, total, classColumns, identity }: Props) {
  const described = columns
    .map((name, place) => ({
      place,
      column: {
        name,
        role: classColumns.includes(name)
          ? "class"
          : name === identity.ra
            ? "ra"
            : name === identity.dec
              ? "dec"
              : /^set_\d+$/.test(name)
                ? "set"
                : "",
        type:
          typeof (rows.find((row) => row[place] !== null)?.[place] ?? "") === "number"
            ? ("number" as const)
            : ("text" as const),
      },
    }))
    .filter(({ place }) => rows.some((row) => row[place] !== null));
  const shown = Math.min(mostShown, rows.length);
  return (
    <>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={label}>
        <table class="data">
          <thead>
            <tr>
              {described.map(({ column }) => (
                <th key={column.name} scope="col" class={isNumeric(column) ? "number" : ""}>
                  <span>{column.name}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, mostShown).map((row, r) => (
              <tr key={r}>
                {described.map(({ column, place }) => (
                  <td key={column.name} class={isNumeric(column) ? "number" : ""}>
                    <CellText value={row[place]} column={column} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {total > shown && (
        <p class="hint">
          The first {count(shown)} rows ({percent(shown, total)}); the downloads have all rows.
        </p>
      )}
    </>
  );
}
