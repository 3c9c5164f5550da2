// A field for a condition on any columns, with completion.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { ExpressionError, tryParse } from "../state/expression.js";
import { completions, type Completion } from "../state/expression_completions.js";
import { groupColumn, useCatalog } from "../state/catalog.js";
import { select, write, written } from "../state/shape.js";
import { mode } from "../state/tool.js";
import { modes } from "./point_tools.js";
import { Select } from "./basics.js";

/** The error in a text as a sentence. */
function faultOf(text: string): string | null {
  const parsed = text.trim() ? tryParse(text) : null;
  return parsed instanceof ExpressionError ? parsed.message : null;
}

export function WhereField() {
  const catalog = useCatalog();
  const list = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const [options, setOptions] = useState<Completion[]>([]);
  const [active, setActive] = useState(-1);
  const where = written();
  // The field shows what is in force, so that it can be edited.
  useEffect(() => {
    setText(where);
    setFault(null);
  }, [where]);

  const suggest = (node: HTMLTextAreaElement): void => {
    setActive(-1);
    setOptions(
      completions(
        node.value,
        node.selectionStart,
        catalog.columns,
        catalog.classes.map(({ name }) => name),
        catalog.groups,
      ).slice(0, 8),
    );
  };
  const choose = ({ text: chosen, from, to }: Completion): void => {
    const next = text.slice(0, from) + chosen + text.slice(to);
    setText(next);
    setOptions([]);
    // At once: who types on would find the caret elsewhere.
    const node = field.current;
    if (!node) return;
    node.value = next;
    node.focus();
    node.setSelectionRange(from + chosen.length, from + chosen.length);
  };
  const apply = (): void => {
    setOptions([]);
    const wrong = faultOf(text);
    setFault(wrong);
    if (wrong) return;
    if (!text.trim() || mode.value === "new") write(text.trim());
    else select(text.trim());
  };
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length) {
      event.preventDefault();
      setActive((now) => (now + step + options.length + Number(now < 0 && step < 0)) % options.length);
    } else if (event.key === "Escape") setOptions([]);
    else if ((event.key === "Enter" || event.key === "Tab") && active >= 0 && options.length) {
      event.preventDefault();
      choose(options[active]);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      apply();
    }
  };
  return (
    <div
      class="where-field"
      onFocusOut={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOptions([]);
      }}
    >
      <label>
        <span>Condition</span>
        <textarea
          ref={field}
          rows={2}
          spellcheck={false}
          autocomplete="off"
          placeholder={hintOf(catalog)}
          value={text}
          aria-autocomplete="list"
          aria-controls={list}
          aria-activedescendant={active >= 0 ? `${list}-${active}` : undefined}
          aria-invalid={fault !== null}
          onInput={(event) => {
            setText(event.currentTarget.value);
            suggest(event.currentTarget);
          }}
          onKeyDown={press}
        />
      </label>
      {fault && <small role="alert">{fault}</small>}
      <div class="row">
        <Select
          label=""
          name="What becomes of the selection"
          options={modes}
          value={mode.value}
          onChange={(value) => (mode.value = value as typeof mode.value)}
        />
        <button type="button" class="button" onClick={apply}>
          Apply
        </button>
      </div>
      <ul id={list} role="listbox" aria-label="Completions" hidden={!options.length}>
        {options.map((option, i) => (
          <li
            key={option.text}
            id={`${list}-${i}`}
            role="option"
            aria-selected={i === active}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(option)}
          >
            <code>{option.text}</code> <span>{option.description}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** An example with columns and groups of this catalog that have values. */
function hintOf(catalog: ReturnType<typeof useCatalog>): string {
  const { columns } = catalog;
  const groups = catalog.groups.filter((group) => groupColumn(catalog, group)?.max);
  const feature = columns.find((column) => column.role === "feature" && column.type === "number");
  const parts = [feature && `${feature.name} > 0.2`, groups[0] && `P(${groups.at(-1)}) > 0.8`];
  return parts.filter(Boolean).join(" and ");
}
