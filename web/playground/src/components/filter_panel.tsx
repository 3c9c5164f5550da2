// The filter panel shared by the sky, the properties and the table.
import { useEffect, useState } from "preact/hooks";
import { count, counted } from "../../../common/numbers.js";
import * as api from "../api.js";
import { columnOf, groupColumn, useCatalog } from "../state/catalog.js";
import { chips, clearFilters, filter, listed, only } from "../state/filters.js";
import { isElsewhere } from "../state/long_values.js";
import { selected, selecting, selectionError } from "../state/selection.js";
import { invert } from "../state/shape.js";
import { ErrorBox } from "./basics.js";
import { Caveat } from "./caveat.js";
import { Facet } from "./facet.js";
import { useNarrow } from "./fold.js";
import { ListField } from "./list_field.js";
import { MoreFilters } from "./more_filters.js";
import { RangeFilter } from "./range_filter.js";
import { SubsetPanel } from "./subset_panel.js";
import { WhereField } from "./where_field.js";

function Chips() {
  if (!chips.value.length) return null;
  return (
    <div class="chips">
      <ul>
        {chips.value.map((chip, i) => (
          // Two lassos have the same label.
          <li key={`${i} ${chip.label}`}>
            <span>{chip.label}</span>
            <button type="button" aria-label={`Remove: ${chip.label}`} onClick={chip.remove}>
              ×
            </button>
          </li>
        ))}
      </ul>
      <button type="button" class="clear" onClick={clearFilters}>
        Clear all
      </button>{" "}
      <button type="button" class="clear" onClick={invert}>
        Invert
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
  const missing = selected.value?.missing ?? 0;
  return (
    <p class="selected-count" role="status" aria-busy={selecting.value}>
      <strong>{number === null ? "…" : count(number)}</strong> of {counted(of, "source")}
      {missing > 0 && (
        <small>
          {counted(missing, "of the others lacks", "of the others lack")} a value that the filters ask for
        </small>
      )}
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

/** The position, in any form that the search accepts, or that of the field with this name. */
async function positionOf(place: string): Promise<{ ra: number; dec: number } | undefined> {
  const { position, fields } = await api.search(place);
  const plain = (name: string): string => name.replaceAll(" ", "").toLowerCase();
  return position ?? fields.find(({ name }) => plain(name) === plain(place));
}

/** Sets the cone from a position and a radius in degrees, or in minutes or seconds of arc:
 *  83.82 −5.39 0.5, M 31 30′. */
async function setCone(text: string): Promise<string | null> {
  if (!text) return filter({ cone: null }), null;
  const [, place, size, unit] = text.match(/^(.*?)[\s,]+([\d.]+)([°'′"″]?)$/) ?? [];
  const radius = Number(size) / perDegree[unit ?? ""];
  try {
    const position = place ? await positionOf(place) : null;
    if (position && radius > 0 && radius <= 180) {
      filter({ cone: `${position.ra},${position.dec},${Number(radius.toPrecision(8))}` });
      return null;
    }
  } catch (error) {
    if (error instanceof api.ApiError && error.status === 0) return error.message;
  }
  return "Enter a position and a radius in degrees, such as 83.82 −5.39 0.5, or the name of a field and a radius";
}

/** Whether the bound on the probability of a group stands below the groups: if that group alone is
 *  chosen. The others are in the menu; there they stay when they are set, under the pointer. */
export const isOnlyGroup = (group: string): boolean => listed("group").join() === group;

function Panel() {
  const catalog = useCatalog();
  const column = (name: string): api.Column | undefined => columnOf(catalog, name);
  // If all sources are of the training set, none has a probability.
  const has = (one: api.Column | undefined): one is api.Column => !!one && one.min !== null;
  const probability = column("probability");
  const detections = column("detections");
  const anomaly = column("tail_probability");
  return (
    <>
      <SelectedCount of={catalog.sources} />
      {has(probability) && <Caveat method={catalog.method} />}
      {isElsewhere(only("where")) ? (
        <p role="alert">This selection is too long for an address, and kept in another browser.</p>
      ) : (
        selectionError.value !== null && <ErrorBox error={selectionError.value} />
      )}
      <Chips />
      <SubsetPanel />
      <WhereField />
      <ListField />
      <Facet name="group" title="Group" />
      {catalog.groups.map((group) => {
        const ofGroup = groupColumn(catalog, group);
        if (!ofGroup || !isOnlyGroup(group)) return null;
        return (
          <RangeFilter key={group} column={ofGroup} end="min" label={`P(group ${group}) at least`} />
        );
      })}
      <Facet name="class" title="Class" />
      {column("standing") && <Facet name="standing" title="Standing" />}
      {has(probability) && <RangeFilter column={probability} end="min" label="Probability at least" />}
      {has(detections) && (
        <RangeFilter column={detections} end="min" label="Detections at least" logarithmic whole />
      )}
      {has(anomaly) && (
        <RangeFilter
          column={anomaly}
          end="max"
          label="Anomaly: tail probability at most"
          logarithmic
        />
      )}
      <MoreFilters />
      <TextFilter
        label="Name begins with"
        hint={catalog.mission.name_example ?? ""}
        value={only("name")}
        onChange={async (name) => (filter({ name }), null)}
      />
      {catalog.has_positions && (
        <TextFilter
          label="Cone: position, radius in degrees"
          hint="83.82 −5.39 0.5"
          value={only("cone").replaceAll(",", " ")}
          onChange={setCone}
        />
      )}
    </>
  );
}

/** Beside the page; on narrow screens above it, collapsed. */
export function FilterPanel() {
  const isNarrow = useNarrow();
  const filters = chips.value.length;
  return (
    <aside class="filters" aria-label="Filters">
      {isNarrow ? (
        <details>
          <summary>
            Filters{filters ? ` (${filters})` : ""}
            <span class="summary-count">
              {selected.value?.count != null && counted(selected.value.count, "source")}
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
