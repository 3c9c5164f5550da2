// Small components shared by all pages.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { ApiError } from "../api.js";
import { go } from "../state/url.js";

/** Shows an error with its details. */
export function ErrorBox({ error }: { error: unknown }) {
  const known = error instanceof ApiError ? error : null;
  const line = (name: string, text?: string) =>
    text ? (
      <>
        <dt>{name}</dt>
        <dd>{text}</dd>
      </>
    ) : null;
  return (
    <div class="error-box" role="alert">
      <strong>{error instanceof Error ? error.message : `${error}`}</strong>
      <dl>
        {line("Where", known?.where)}
        {line("Expected", known?.expected)}
        {line("Found", known?.found)}
      </dl>
    </div>
  );
}

export function Loading({ what }: { what: string }) {
  return (
    <p class="loading" role="status">
      Loading {what} …
    </p>
  );
}

interface LinkProps {
  href: string;
  class?: string;
  current?: boolean;
  title?: string;
  "aria-label"?: string;
  "aria-keyshortcuts"?: string;
  children: ComponentChildren;
}

/** A link to a page of the playground, followed without reloading. */
export function Link({ href, current, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent): void => {
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(href);
  };
  return (
    <a href={href} {...rest} aria-current={current ? "page" : undefined} onClick={follow}>
      {children}
    </a>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  options: readonly (readonly [T, string])[];
  value: T;
  onChange: (value: T) => void;
  quiet?: boolean; // the label is only for screen readers
}

/** A few alternatives, all visible. */
export function Choice<T extends string>({
  label,
  options,
  value,
  onChange,
  quiet,
}: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend class={quiet ? "hidden" : undefined}>{label}</legend>
      {options.map(([key, text]) => (
        <label key={key}>
          <input
            type="radio"
            name={name}
            value={key}
            checked={key === value}
            onChange={() => onChange(key)}
          />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

interface SelectProps {
  label: string; // shown before the list; "" shows none
  name?: string; // for screen readers, where no label is shown
  options: { value: string; text: string; group?: string }[];
  value: string;
  onChange: (value: string) => void;
}

/** A drop-down list; options with a group are listed under a heading. */
export function Select({ label, name, options, value, onChange }: SelectProps) {
  const groups = [...new Set(options.map((option) => option.group ?? ""))];
  const of = (group: string) =>
    options
      .filter((option) => (option.group ?? "") === group)
      .map((option) => (
        <option key={option.value} value={option.value} selected={option.value === value}>
          {option.text}
        </option>
      ));
  return (
    <label class="select">
      {label && <span>{label}</span>}
      <select aria-label={name} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {groups.map((group) =>
          group ? (
            <optgroup key={group} label={group}>
              {of(group)}
            </optgroup>
          ) : (
            of(group)
          ),
        )}
      </select>
    </label>
  );
}

export function Toggle(props: { label: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <button
      type="button"
      class="toggle"
      aria-pressed={props.on}
      onClick={() => props.onChange(!props.on)}
    >
      {props.label}
    </button>
  );
}
