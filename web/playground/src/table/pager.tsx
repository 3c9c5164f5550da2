import { count } from "../../../common/numbers.js";
import { Select } from "../components/basics.js";
import { useView } from "../state/view_parameters.js";
import { rowChoices, type TableState } from "./state.js";

export function Pager({ total, state }: { total: number; state: TableState }) {
  const own = useView();
  const last = Math.max(0, Math.ceil(total / state.rows) - 1);
  const first = state.offset + 1;
  const to = (page: number, label: string, sign: string) => (
    <button
      type="button"
      class="button"
      aria-label={label}
      title={label}
      disabled={page < 0 || page > last || page === state.page}
      onClick={() => own.change({ page: page > 0 ? `${page + 1}` : null })}
    >
      {sign}
    </button>
  );
  return (
    <nav class="pager" aria-label="Pages of the table">
      {to(0, "First page", "«")}
      {to(state.page - 1, "Previous page", "‹")}
      <span role="status">
        {count(first)} – {count(Math.min(total, state.offset + state.rows))} of {count(total)}
      </span>
      {to(state.page + 1, "Next page", "›")}
      {to(last, "Last page", "»")}
      <Select
        label="Rows"
        options={rowChoices.map((rows) => ({ value: `${rows}`, text: `${rows}` }))}
        value={`${state.rows}`}
        onChange={(rows) => own.change({ rows, page: null })}
      />
    </nav>
  );
}
