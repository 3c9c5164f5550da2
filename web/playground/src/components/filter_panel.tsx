// The filter panel shared by the sky, the properties and the table.
import { useEffect, useState } from "preact/hooks";
import { count } from "../../../common/numbers.js";
import * as api from "../api.js";
import { columnOf, groupColumn, useCatalog } from "../state/catalog.js";
import { chips, clearFilters, filter, listed, only } from "../state/filters.js";
import { selected, selecting, selectionError } from "../state/selection.js";
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

/** The number of selected sources; null while it is unknown. */
export function selectedNumber(of: number): number | null {
  return selected.value && selectionError.value === null ? (selected.value.count ?? of) : null;
}

/** "1,234 of 7,065 sources". */
export function SelectedCount({ of }: { of: number }) {
  const number = selectedNumber(of);
  return (
    <p class="selected-count" role="status" aria-busy={selecting.value}>
      <strong>{number === null ? "…" : count(number)}</strong> of {count(of)} sources
    </p>
  );
}

/** A text field that takes effect on Enter or when it loses the focus. */
function TextFilter(props: {
  label: string;
  hint: string;
  value: string;
  onChange: (text: string) => Promise<string | null>; // an error message, or null
}) {
  const [text, setText] = useState(props.value);
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => {
    setText(props.value);
    setWrong(null);
  }, [props.value]);
  const apply = async () => text !== props.value && setWrong(await props.onChange(text.trim()));
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

const perDegree: Record<string, number> = { "": 1, "°": 1, "'": 60, "′": 60, '"': 3600, "″": 3600 };

/** Sets the cone from a position, in any form that the search accepts, and a radius in degrees, or
 *  in minutes or seconds of arc: 83.82 −5.39 0.5, 83.82 −5.39 30′. */
async function setCone(text: string): Promise<string | null> {
  if (!text) return filter({ cone: null }), null;
  const [, place, size, unit] = text.match(/^(.*?)[\s,]+([\d.]+)([°'′"″]?)$/) ?? [];
  const radius = Number(size) / perDegree[unit ?? ""];
  try {
    const position = place ? (await api.search(place)).position : null;
    if (position && radius > 0 && radius <= 180) {
      filter({ cone: `${position.ra},${position.dec},${Number(radius.toPrecision(8))}` });
      return null;
    }
  } catch (error) {
    if (error instanceof api.ApiError && error.status === 0) return error.message;
  }
  return "Enter a position and a radius in degrees: 83.82 −5.39 0.5";
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
      {catalog.groups.map((group) => {
        const ofGroup = groupColumn(catalog, group);
        const isOnly = listed("group").join() === group;
        // A bound that is set stays visible, whatever groups are chosen.
        if (!ofGroup || (!isOnly && !only(`min.${ofGroup.name}`))) return null;
        return (
          <RangeFilter key={group} column={ofGroup} end="min" label={`P(group ${group}) at least`} />
        );
      })}
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
        onChange={async (name) => (filter({ name }), null)}
      />
      <TextFilter
        label="Cone: position, radius in degrees"
        hint="83.82 −5.39 0.5"
        value={only("cone").replaceAll(",", " ")}
        onChange={setCone}
      />
    </>
  );
}

const narrow = matchMedia("(max-width: 50rem)");

/** Beside the page; on narrow screens above it, collapsed. */
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
              {selected.value?.count != null && `${count(selected.value.count)} sources`}
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
