// A view of the selected sources as a table, loaded page by page.
import * as api from "../api.js";
import { ErrorBox, Loading } from "../components/basics.js";
import { CopyAs } from "../components/copy_as.js";
import { Send } from "../components/send.js";
import { count, percent } from "../../../common/numbers.js";
import { useCatalog } from "../state/catalog.js";
import { filters } from "../state/filters.js";
import { useLoad } from "../state/load.js";
import { useView } from "../state/view_parameters.js";
import { ColumnChoice } from "../table/column_choice.js";
import { Downloads } from "../table/downloads.js";
import { Pager } from "../table/pager.js";
import { SourceTable } from "../table/source_table.js";
import { tableState } from "../table/state.js";
import "../style/table.css";

export function TableView() {
  const catalog = useCatalog();
  const own = useView();
  const state = tableState(catalog, own.all());
  const { value, error, loading } = useLoad(
    (signal) =>
      api.sources(
        {
          columns: state.columns.map((column) => column.name),
          sort: state.sort,
          order: state.descending ? "desc" : "asc",
          offset: state.offset,
          limit: state.rows,
        },
        filters.value,
        signal,
      ),
    [filters.value, own.all().toString()],
  );
  return (
    <section class="table-main" aria-label={own.id ? undefined : "Table of sources"}>
      <div class="table-head">
        <h1>
          {value ? count(value.total) : "…"}{" "}
          <small>
            of {count(catalog.sources)} sources
            {value && value.total < catalog.sources && ` (${percent(value.total, catalog.sources)})`}
          </small>
        </h1>
        <ColumnChoice columns={catalog.columns} chosen={state.columns} />
        <Downloads state={state} />
        <CopyAs />
        <Send />
      </div>
      {error ? (
        <ErrorBox error={error} />
      ) : !value ? (
        <Loading what="sources" />
      ) : value.rows.length === 0 ? (
        <p class="empty">
          {value.total === 0
            ? "No source matches these filters. Remove a filter."
            : "The table has no such page."}
          {value.total > 0 && (
            <button type="button" class="button" onClick={() => own.change({ page: null })}>
              Go to the first page
            </button>
          )}
        </p>
      ) : (
        <>
          <SourceTable page={value} state={state} busy={loading} />
          <Pager total={value.total} state={state} />
        </>
      )}
    </section>
  );
}
