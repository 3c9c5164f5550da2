// The detections of a source, with all columns.
import { useState } from "preact/hooks";
import type { Source } from "../api.js";
import { CellText, isNumeric } from "../components/cell.js";
import { count } from "../../../common/numbers.js";
import { dateText } from "./times.js";

const mostAtOnce = 100;

const dateOf = (mjd: number | null): string => (mjd === null ? "–" : dateText(mjd, true));

export function Detections({ detections }: { detections: Source["detections"] }) {
  const [all, setAll] = useState(false);
  const { columns, rows, times, links } = detections;
  const shown = all ? rows : rows.slice(0, mostAtOnce);
  const places = columns
    .map((column, place) => ({ column, place }))
    .filter(({ column }) => column.role !== "name");
  // A time that is a number is shown as a date, too.
  const dates = times && columns.some((one) => one.name === times.column && one.type !== "text");
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
              {dates && (
                <th scope="col">
                  <span title={`Date of ${times.column}`}>date</span>
                </th>
              )}
              {links.length > 0 && (
                <th scope="col">
                  <span>elsewhere</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, r) => (
              <tr key={r}>
                {places.map(({ column, place }) => (
                  <td
                    key={column.name}
                    class={isNumeric(column) ? "number" : undefined}
                    data-name={column.name}
                  >
                    <CellText value={row[place]} column={column} />
                  </td>
                ))}
                {dates && <td>{dateOf(times.mjd[r])}</td>}
                {links.length > 0 && (
                  <td class="row-links">
                    {links[r].map((link) => (
                      <a key={link.title} href={link.url} target="_blank" rel="noopener noreferrer">
                        {link.title}
                      </a>
                    ))}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < rows.length && (
        <p class="hint">
          The first {count(shown.length)} of {count(rows.length)} detections.{" "}
          <button type="button" class="button" onClick={() => setAll(true)}>
            Show all {count(rows.length)}
          </button>
        </p>
      )}
    </>
  );
}
