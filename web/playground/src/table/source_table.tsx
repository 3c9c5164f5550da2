// The rows of the table; a click on the name of a column sorts by it.
import { useEffect, useRef } from "preact/hooks";
import type { Column, SourcePage } from "../api.js";
import { CellText, isNumeric } from "../components/cell.js";
import { filters } from "../state/filters.js";
import { hovered } from "../state/marked.js";
import { useView } from "../state/view_parameters.js";
import type { TableState } from "./state.js";

function Heading({ column, state }: { column: Column; state: TableState }) {
  const own = useView();
  const sorted = state.sort === column.name;
  const direction = sorted ? (state.descending ? "descending" : "ascending") : undefined;
  // Sort numbers in descending order first, text in ascending order.
  const next = sorted ? !state.descending : isNumeric(column);
  const content = (
    <>
      <span class="column-name">{column.name}</span>
      <span class="unit">{column.unit}</span>
    </>
  );
  return (
    <th scope="col" class={isNumeric(column) ? "number" : undefined} aria-sort={direction}>
      {column.sortable ? (
        <button
          type="button"
          title={column.description}
          onClick={() => own.change({ sort: column.name, order: next ? "desc" : null, page: null })}
        >
          {content}
          <span class="arrow" aria-hidden="true">
            {sorted ? (state.descending ? "▾" : "▴") : ""}
          </span>
        </button>
      ) : (
        <span title={column.description}>{content}</span>
      )}
    </th>
  );
}

/** The scroll position of the rows that were shown last. */
let left = { shown: "", top: 0 };

export function SourceTable(props: { page: SourcePage; state: TableState; busy: boolean }) {
  const { page, state, busy } = props;
  // While other columns are loading, show those of the last answer.
  const columns = page.columns
    .map((name) => state.columns.find((column) => column.name === name))
    .filter((column) => column !== undefined);
  // New rows start at the top; coming back from a source restores the position.
  const rows = useRef<HTMLDivElement>(null);
  const own = useView();
  const shown = [own.id, page.offset, state.sort, state.descending, filters.value].join();
  useEffect(() => {
    if (rows.current) rows.current.scrollTop = left.shown === shown ? left.top : 0;
  }, [shown]);
  const places = columns.map((column) => page.columns.indexOf(column.name));
  return (
    <div
      ref={rows}
      class="table-scroll"
      tabIndex={0}
      role="region"
      aria-label={own.id ? `Sources of view ${own.id}` : "Sources"}
      aria-busy={busy}
      onScroll={(event) => (left = { shown, top: event.currentTarget.scrollTop })}
    >
      <table class="data">
        <thead>
          <tr>
            {columns.map((column) => (
              <Heading key={column.name} column={column} state={state} />
            ))}
          </tr>
        </thead>
        <tbody>
          {page.rows.map((row, r) => (
            <tr
              key={page.ids[r]}
              class={hovered.value === page.ids[r] - 1 ? "marked" : undefined}
              onPointerEnter={() => (hovered.value = page.ids[r] - 1)}
              onPointerLeave={() => (hovered.value = null)}
            >
              {columns.map((column, c) => (
                <td key={column.name} class={isNumeric(column) ? "number" : undefined}>
                  <CellText value={row[places[c]]} column={column} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
