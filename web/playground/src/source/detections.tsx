// The detections of a source, with all columns.
import { useState } from "preact/hooks";
import type { Source } from "../api.js";
import { CellText, isNumeric } from "../components/cell.js";
import { count } from "../../../common/numbers.js";

const mostAtOnce = 100;

export function Detections({ detections }: { detections: Source["detections"] }) {
  const [all, setAll] = useState(false);
  const { columns, rows } = detections;
  const shown = all ? rows : rows.slice(0, mostAtOnce);
  const places = columns
    .map((column, place) => ({ column, place }))
    .filter(({ column }) => column.role !== "name");
  return (
    <>
      <div class="table-scroll" tabIndex={0} role="region" aria-label="Detections">
        <table class="data">
          <thead>
            <tr>
              {places.map(({ column }) => (
                <th key={column.name} scope="col" class={isNumeric(column) ? "number" : undefined}>
                  <span title={column.description}>
                    {column.name} <span class="unit">{column.unit}</span>
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, r) => (
              <tr key={r}>
                {places.map(({ column, place }) => (
                  <td key={column.name} class={isNumeric(column) ? "number" : undefined}>
                    <CellText value={row[place]} column={column} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < rows.length && (
        <button type="button" class="button" onClick={() => setAll(true)}>
          Show all {count(rows.length)}
        </button>
      )}
    </>
  );
}
