// Searches for sources by the beginning of their names, or for a position on the sky.
import { useId, useMemo, useRef, useState } from "preact/hooks";
import * as api from "../api.js";
import { figure } from "../../../common/numbers.js";
import { latest } from "../state/latest.js";
import { addressOf, arrivals, go, sourceAddress } from "../state/url.js";
import { ClassName } from "./class_name.js";
import "../style/search.css";

interface Option {
  key: string;
  address: string;
  text: string;
  className?: string | null;
}

function optionsOf(found: api.Found): Option[] {
  const { position, names } = found;
  const options: Option[] = names.map((one) => ({
    key: one.name,
    address: sourceAddress(one.name),
    text: one.name,
    className: one.class,
  }));
  if (position) {
    const center = `${position.ra},${position.dec}`;
    options.push({
      key: "position",
      address: addressOf("/", { center, view: null }),
      text: `The sky at ${figure(position.ra, 8)}° ${figure(position.dec, 8)}°`,
    });
  }
  return options;
}

export function Search() {
  const list = useId();
  const [text, setText] = useState("");
  const [options, setOptions] = useState<Option[]>([]);
  const [failure, setFailure] = useState<string | null>(null);
  const [answered, setAnswered] = useState("");
  const [active, setActive] = useState(-1);
  const [open, setOpen] = useState(false);

  const ask = useMemo(
    () =>
      latest(
        (q: string, signal) => api.search(q, signal),
        (found: api.Found, q) => {
          setOptions(optionsOf(found));
          setAnswered(q);
          setActive(-1);
          setFailure(null);
        },
        (error) => setFailure(error instanceof Error ? error.message : `${error}`),
      ),
    [],
  );

  const typed = useRef("");
  const type = (value: string): void => {
    setText(value);
    setActive(-1);
    // Until the answer arrives, keep the previous options that still match.
    const start = value.trim().toLowerCase();
    setOptions((old) =>
      old.filter((one) => one.key !== "position" && one.text.toLowerCase().startsWith(start)),
    );
    setAnswered("");
    typed.current = value;
    setOpen(value.trim() !== "");
    if (value.trim()) ask(value.trim());
  };
  const choose = (option: Option): void => {
    setOpen(false);
    setText("");
    go(option.address);
  };
  const submit = async (): Promise<void> => {
    const q = text.trim();
    if (!q) return;
    if (active >= 0) return choose(options[active]);
    try {
      // The options shown may still be those of a shorter text.
      const since = arrivals.value;
      const now = answered === q ? options : optionsOf(await api.search(q));
      // The reader has done something else in the meantime.
      if (arrivals.value !== since || typed.current !== text) return;
      const exact = now.find((one) => one.text.toLowerCase() === q.toLowerCase());
      const first = exact ?? now.find((one) => one.key === "position") ?? now[0];
      if (first) return choose(first);
      setOptions([]);
      setAnswered(q);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : `${error}`);
    }
    setOpen(true);
  };
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length > 0) {
      event.preventDefault();
      setOpen(true);
      setActive((now) => (now + step + options.length + (now < 0 && step < 0 ? 1 : 0)) % options.length);
    } else if (event.key === "Escape") {
      setOpen(false);
      setActive(-1);
    }
  };

  const shown = open && text.trim() !== "";
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
        placeholder="Name or position"
        aria-label="Name or position"
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={shown}
        aria-controls={list}
        aria-activedescendant={active >= 0 ? `${list}-${active}` : undefined}
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={(event) => type(event.currentTarget.value)}
        onFocus={() => setOpen(true)}
        onKeyDown={press}
      />
      <ul id={list} role="listbox" aria-label="Sources and positions" hidden={!shown}>
        {failure ? (
          <li role="option" aria-disabled="true" aria-selected="false" class="none">{failure}</li>
        ) : options.length === 0 ? (
          <li role="option" aria-disabled="true" aria-selected="false" class="none">
            {answered === text.trim()
              ? "No such name. Positions look like 83.82 -5.39 or 05 35 17.3 -05 23 28"
              : "Searching …"}
          </li>
        ) : (
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
          ))
        )}
      </ul>
    </form>
  );
}
