// To the sources before and after this one, in the selection and the order of the table.
import { useLayoutEffect } from "preact/hooks";
import * as api from "../api.js";
import { Link } from "../components/basics.js";
import { count } from "../../../common/numbers.js";
import { useCatalog } from "../state/catalog.js";
import { filters } from "../state/filters.js";
import { useLoad } from "../state/load.js";
import { addressOf, go, query, sourceAddress } from "../state/url.js";
import { tableState } from "../table/state.js";

/** Whether keys have a meaning of their own where they are pressed. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.closest("input, select, textarea") !== null);

/** Shift with an arrow goes to a neighbour: not a letter alone, which speech input would press. The keys
 *  work as soon as the neighbours are shown: an effect after drawing would lose a quick press. */
function useKeys(before: api.Named | null, after: api.Named | null): void {
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (!event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
      const to = event.key === "ArrowLeft" ? before : event.key === "ArrowRight" ? after : null;
      if (!to || event.defaultPrevented || isTyping(event.target)) return;
      event.preventDefault();
      go(sourceAddress(to.name));
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [before?.name, after?.name]);
}

function Step(props: { to: api.Named | null; label: string; sign: string; keys: string }) {
  const { to, label, sign, keys } = props;
  if (!to)
    return (
      <span class="step none" aria-hidden="true">
        {sign}
      </span>
    );
  return (
    <Link
      class="step"
      href={sourceAddress(to.name)}
      aria-keyshortcuts={keys}
      aria-label={`${label}: ${to.name}`}
      title={`${label}: ${to.name}`}
    >
      {sign}
    </Link>
  );
}

export function Steps({ id }: { id: number }) {
  const catalog = useCatalog();
  const { sort, descending } = tableState(catalog, query.value);
  const order = descending ? "desc" : "asc";
  const { value } = useLoad(
    (signal) => api.place({ id, sort, order }, filters.value, signal),
    [id, sort, order, filters.value],
  );
  const [before, after] = [value?.before ?? null, value?.after ?? null];
  useKeys(before, after);
  if (!value) return <nav class="steps" aria-label="Sources of the table" aria-busy="true" />;
  const which = filters.value ? "selected sources" : "sources";
  return (
    <nav class="steps" aria-label="Sources of the table">
      <Step to={before} label="Source before" sign="‹" keys="Shift+ArrowLeft" />
      <span>
        {value.offset === null ? (
          <>
            not among the {count(value.total)} {which}
          </>
        ) : (
          <>
            {count(value.offset + 1)} of {count(value.total)} {which}, by {sort}
            {descending && ", descending"}
          </>
        )}
      </span>
      <Step to={after} label="Source after" sign="›" keys="Shift+ArrowRight" />
      <Link href={addressOf("/table")}>table</Link>
      {(before || after) && (
        <span class="keys">
          <kbd>Shift</kbd> + <kbd>←</kbd> <kbd>→</kbd>
        </span>
      )}
    </nav>
  );
}
