// The filters of sky, properties and table, one panel for all: what holds, and what may be chosen.
import { useEffect, useState } from "preact/hooks";
import { count } from "../../../common/numbers.js";
import * as api from "../api.js";
import { columnOf, useCatalog } from "../state/catalog.js";
import { chips, clearFilters, only } from "../state/filters.js";
import { selected, selecting, selectionError } from "../state/selection.js";
import { change } from "../state/url.js";
import { ErrorBox } from "./basics.js";
import { Facet } from "./facet.js";
import { RangeFilter } from "./range_filter.js";

function Chips() {
  if (!chips.value.length) return null;
  return (
    <div class="chips">
      <ul>
        {chips.value.map((chip) => (
          <li key={chip.label}>
            <span>{chip.label}</span>
            <button type="button" aria-label={`Remove: ${chip.label}`} onClick={chip.remove}>
              ×
            </button>
          </li>
        ))}
      </ul>
      <button type="button" class="clear" onClick={clearFilters}>
        Clear all
      </button>
    </div>
  );
}

/** "1,234 of 7,065 sources": how many the filters let through. */
export function SelectedCount({ of }: { of: number }) {
  const number = selected.value.count ?? of;
  return (
    <p class="selected-count" role="status" aria-busy={selecting.value}>
      <strong>{count(number)}</strong> of {count(of)} sources
    </p>
  );
}

/** A text that takes effect when it is left, or a moment after the last key. */
function TextFilter(props: {
  label: string;
  hint: string;
  value: string;
  onChange: (text: string) => string | null; // what is wrong with it
}) {
  const [text, setText] = useState(props.value);
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => {
    setText(props.value);
    setWrong(null);
  }, [props.value]);
  const apply = () => text !== props.value && setWrong(props.onChange(text.trim()));
  return (
    <label class="text-filter">
      <span>{props.label}</span>
      <input
        type="text"
        value={text}
        placeholder={props.hint}
        aria-invalid={wrong !== null}
        spellcheck={false}
        onInput={(event) => setText(event.currentTarget.value)}
        onBlur={apply}
        onKeyDown={(event) => event.key === "Enter" && apply()}
      />
      {wrong && <small role="alert">{wrong}</small>}
    </label>
  );
}

/** "83.8 -5.4 0.5" as the server wants it; null is wrong. */
function coneOf(text: string): string | null {
  const parts = text.split(/[\s,]+/).map(Number);
  const [ra, dec, radius] = parts;
  const right = parts.length === 3 && parts.every(Number.isFinite);
  return right && Math.abs(dec) <= 90 && radius > 0 && radius <= 180
    ? `${ra},${dec},${radius}`
    : null;
}

function setCone(text: string): string | null {
  const cone = text ? coneOf(text) : "";
  if (cone === null) return "Three numbers in degrees: 83.8 −5.4 0.5";
  change({ cone });
  return null;
}

function Panel() {
  const catalog = useCatalog();
  const column = (name: string): api.Column | undefined => columnOf(catalog, name);
  const probability = column("probability");
  const detections = column("detections");
  const anomaly = column("tail_probability");
  return (
    <>
      <SelectedCount of={catalog.sources} />
      {selectionError.value !== null && <ErrorBox error={selectionError.value} />}
      <Chips />
      <Facet name="group" title="Group" />
      <Facet name="class" title="Class" />
      {column("standing") && <Facet name="standing" title="Standing" />}
      {probability && <RangeFilter column={probability} end="min" label="Probability at least" />}
      {detections && (
        <RangeFilter column={detections} end="min" label="Detections at least" logarithmic whole />
      )}
      {anomaly && (
        <RangeFilter
          column={anomaly}
          end="max"
          label="Anomaly: tail probability at most"
          logarithmic
        />
      )}
      <TextFilter
        label="Name begins with"
        hint="2CXO J05"
        value={only("name")}
        onChange={(name) => (change({ name }), null)}
      />
      <TextFilter
        label="Cone: RA, Dec, radius in degrees"
        hint="83.82 −5.39 0.5"
        value={only("cone").replaceAll(",", " ")}
        onChange={setCone}
      />
    </>
  );
}

const narrow = matchMedia("(max-width: 50rem)");

/** Beside the page; on narrow screens above it, folded. */
export function FilterPanel() {
  const [isNarrow, set] = useState(narrow.matches);
  useEffect(() => {
    const changed = () => set(narrow.matches);
    narrow.addEventListener("change", changed);
    return () => narrow.removeEventListener("change", changed);
  }, []);
  const filters = chips.value.length;
  return (
    <aside class="filters" aria-label="Filters">
      {isNarrow ? (
        <details>
          <summary>
            Filters{filters ? ` (${filters})` : ""}
            <span class="summary-count">
              {selected.value.count !== null && `${count(selected.value.count)} sources`}
            </span>
          </summary>
          <Panel />
        </details>
      ) : (
        <Panel />
      )}
    </aside>
  );
}
