// Searches for sources by name, for fields and positions on the sky if the catalog has positions,
// and for lists of these. A name that nothing here has may be asked for elsewhere, if the server may
// do that and the reader wants it.
import { useId, useMemo, useRef, useState } from "preact/hooks";
import * as api from "../api.js";
import { latest } from "../state/latest.js";
import { arrivals, go } from "../state/url.js";
import { ClassName } from "./class_name.js";
import { askOption, best, optionsOf, resolvedOption, type Option } from "./search_options.js";
import "../style/search.css";

const longest = 7000; // bytes of an encoded text, so that the address is not too long
const mostMissing = 5; // that are named

async function ask(q: string, signal?: AbortSignal): Promise<api.Found> {
  if (encodeURIComponent(q).length > longest)
    throw new Error("The list is too long: search for fewer names at once");
  return api.search(q, signal);
}

/** A pasted list in one line, since the field would drop its line ends. */
const inOneLine = (text: string): string =>
  text.split(/[\r\n]+/).map((line) => line.trim()).filter(Boolean).join("; ");

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : `${error}`);

function missingText(missing: string[]): string {
  const more = missing.length - mostMissing;
  const named = missing.slice(0, mostMissing).join("; ");
  return `Not found: ${named}${more > 0 ? ` and ${more} more` : ""}`;
}

interface Props {
  positions: boolean;
  outside: boolean;
}

/** What the search knows of a text: null while it is not answered. */
interface Outcome {
  q: string | null;
  options: Option[];
  missing: string[];
  failure: string | null;
}
const nothing: Outcome = { q: null, options: [], missing: [], failure: null };

export function Search({ positions, outside }: Props) {
  const list = useId();
  const [text, setText] = useState("");
  const [outcome, setOutcome] = useState<Outcome>(nothing);
  const [active, setActive] = useState(-1);
  const [open, setOpen] = useState(false);
  const typed = useRef("");

  const outcomeOf = (found: api.Found, q: string): Outcome => {
    const options = optionsOf(found, positions);
    if (options.length === 0 && !found.list && outside && positions) options.push(askOption(q));
    return { q, options, missing: found.list?.missing ?? [], failure: null };
  };
  const request = useMemo(
    () =>
      latest(
        (q: string, signal) => ask(q, signal),
        (found: api.Found, q) => {
          setOutcome(outcomeOf(found, q));
          setActive(-1);
        },
        (error) => setOutcome((old) => ({ ...old, failure: messageOf(error) })),
      ),
    [positions, outside],
  );

  const type = (value: string): void => {
    setText(value);
    setActive(-1);
    // Until the answer arrives, keep the previous names that still match.
    const start = value.trim().toLowerCase();
    setOutcome(({ options }) => ({
      ...nothing,
      options: options.filter(
        (one) => one.kind === "name" && one.text.toLowerCase().startsWith(start),
      ),
    }));
    typed.current = value;
    setOpen(value.trim() !== "");
    if (value.trim()) request(value.trim());
  };
  const paste = (event: ClipboardEvent & { currentTarget: HTMLInputElement }): void => {
    const pasted = event.clipboardData?.getData("text") ?? "";
    if (!/[\r\n]/.test(pasted.trim())) return;
    event.preventDefault();
    const field = event.currentTarget;
    const [start, end] = [field.selectionStart ?? 0, field.selectionEnd ?? 0];
    field.setRangeText(inOneLine(pasted), start, end, "end");
    type(field.value);
  };
  /** Asks the resolver of names; its answer becomes an option, which is only taken by the reader. */
  const askElsewhere = async (q: string): Promise<void> => {
    const show = (next: Partial<Outcome>, at = -1): void => {
      if (typed.current.trim() !== q) return; // the reader has typed something else
      setOutcome({ ...nothing, q, ...next });
      setActive(at);
    };
    show({ q: null });
    try {
      show({ options: [resolvedOption(await api.resolve(q))] }, 0);
    } catch (error) {
      const found = error instanceof api.ApiError && error.found;
      show({ failure: messageOf(error) + (found ? ` (${found})` : "") });
    }
  };
  const choose = (option: Option): void => {
    if (option.kind === "ask") return void askElsewhere(text.trim());
    setOpen(false);
    setText("");
    typed.current = "";
    go(option.address);
  };
  const submit = async (): Promise<void> => {
    const q = text.trim();
    if (!q) return;
    if (active >= 0) return choose(outcome.options[active]);
    try {
      // The options shown may still be those of a shorter text.
      const since = arrivals.value;
      const now = outcome.q === q ? outcome : outcomeOf(await ask(q), q);
      // The reader has done something else in the meantime.
      if (arrivals.value !== since || typed.current !== text) return;
      const first = best(now.options, q);
      // What was not found should be read before the page changes.
      if (first && first.kind !== "ask" && now.missing.length === 0) return choose(first);
      setOutcome(now);
      setActive(first ? now.options.indexOf(first) : -1);
    } catch (error) {
      setOutcome((old) => ({ ...old, failure: messageOf(error) }));
    }
    setOpen(true);
  };
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const { length } = outcome.options;
    if (step && length > 0) {
      event.preventDefault();
      setOpen(true);
      setActive((now) => (now + step + length + (now < 0 && step < 0 ? 1 : 0)) % length);
    } else if (event.key === "Escape") {
      setOpen(false);
      setActive(-1);
    }
  };

  const shown = open && text.trim() !== "";
  const label = positions ? "Name or position" : "Name";
  const note = (what: string) => (
    <li role="option" aria-disabled="true" aria-selected="false" class="none">
      {what}
    </li>
  );
  const { q, options, missing, failure } = outcome;
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      onFocusOut={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOpen(false);
      }}
    >
      <input
        type="text"
        inputMode="search"
        placeholder={label}
        aria-label={label}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={shown}
        aria-controls={list}
        aria-activedescendant={active >= 0 ? `${list}-${active}` : undefined}
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={(event) => type(event.currentTarget.value)}
        onPaste={paste}
        onFocus={() => setOpen(true)}
        onKeyDown={press}
      />
      <ul
        id={list}
        role="listbox"
        aria-label={positions ? "Sources and positions" : "Sources"}
        hidden={!shown}
      >
        {!failure &&
          options.map((option, i) => (
            <li
              key={option.key}
              id={`${list}-${i}`}
              role="option"
              aria-selected={i === active}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => choose(option)}
            >
              <span class="found-name">{option.text}</span>
              {option.className && <ClassName name={option.className} />}
            </li>
          ))}
        {failure
          ? note(failure)
          : missing.length > 0
            ? note(missingText(missing))
            : (options.length === 0 || options[0].kind === "ask") &&
              note(
                q === text.trim()
                  ? `No such name.${positions ? " Positions look like 83.82 -5.39, 05 35 17.3 -05 23 28 or l=209.0 b=-19.4" : ""}`
                  : "Searching …",
              )}
      </ul>
    </form>
  );
}
