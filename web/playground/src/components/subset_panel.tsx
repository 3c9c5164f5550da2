// The named subsets: save, apply, combine, colour, delete, take to another browser.
import { useRef, useState } from "preact/hooks";
import { count } from "../../../common/numbers.js";
import { otherLook } from "../../../common/palette.js";
import { fromFilters } from "../state/expression.js";
import { filters } from "../state/filters.js";
import { useLoad } from "../state/load.js";
import { replace, select } from "../state/shape.js";
import {
  exported,
  imported,
  membersOf,
  recolor,
  remove,
  save,
  subsets,
  type Subset,
} from "../state/subsets.js";
import { mode } from "../state/tool.js";
import { saveBlob } from "../state/save_blob.js";
import { Swatch } from "./swatch.js";

const verbs = {
  new: "Select",
  add: "Add to the selection:",
  subtract: "Subtract from the selection:",
  intersect: "Intersect the selection with",
};

function Row({ subset }: { subset: Subset }) {
  const { name, hue, filters: own } = subset;
  const { value, error } = useLoad(() => membersOf(subset), [own]);
  const apply = (): void => {
    const parameters = new URLSearchParams(own);
    if (mode.value === "new") replace(parameters);
    else select(fromFilters(parameters) || "1"); // a subset without filters has all sources
  };
  const verb = `${verbs[mode.value]} ${name}`;
  return (
    <li class={own === filters.value ? "current" : undefined}>
      <button
        type="button"
        class="icon"
        aria-label={`Another colour for ${name}`}
        title="Another colour"
        onClick={() => recolor(name)}
      >
        <Swatch look={otherLook(hue)} />
      </button>
      <button type="button" class="name" aria-label={verb} title={verb} onClick={apply}>
        {name}
      </button>
      <span class="number">{value ? count(value.count) : error ? "?" : ""}</span>
      <button
        type="button"
        class="icon"
        aria-label={`Delete ${name}`}
        title="Delete"
        onClick={() => remove(name)}
      >
        ×
      </button>
    </li>
  );
}

export function SubsetPanel() {
  const [name, setName] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const file = useRef<HTMLInputElement>(null);
  return (
    <details class="subsets" open={subsets.value.length > 0}>
      <summary>Subsets{subsets.value.length ? ` (${subsets.value.length})` : ""}</summary>
      <ul>
        {subsets.value.map((subset) => (
          <Row key={subset.name} subset={subset} />
        ))}
      </ul>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          try {
            save(name, filters.value);
            setName("");
            setFault(null);
          } catch (error) {
            setFault((error as Error).message);
          }
        }}
      >
        <input
          type="text"
          aria-label="Name of the subset"
          placeholder="Name of the selection"
          maxLength={60}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <button type="submit" class="button" disabled={!name.trim()}>
          Save
        </button>
      </form>
      <div class="row">
        {subsets.value.length > 0 && (
          <button
            type="button"
            class="button"
            onClick={() => saveBlob(exported(), "uhuru_subsets.json")}
          >
            Export
          </button>
        )}
        <button type="button" class="button" onClick={() => file.current?.click()}>
          Import
        </button>
        <input
          ref={file}
          type="file"
          accept=".json,application/json"
          hidden
          aria-label="File with subsets"
          onChange={async (event) => {
            const chosen = event.currentTarget.files?.[0];
            event.currentTarget.value = "";
            if (!chosen) return;
            setFault(await imported(chosen).then(() => null, (error: Error) => error.message));
          }}
        />
      </div>
      {fault && <small role="alert">{fault}</small>}
    </details>
  );
}
