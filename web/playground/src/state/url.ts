// The state of a page is its address: path and query as signals. Steps (a filter, a sort order,
// another page) add entries to the history; continuous changes (a view, a slider) replace the
// current entry, at most four times per second.
import { batch, signal } from "@preact/signals";
import { addressAt, shownPath } from "./base.js";
import { forAddress, fromAddress } from "./long_values.js";

/** The parameters in the address bar. */
function shownQuery(): URLSearchParams {
  const result = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(location.search))
    result.append(name, fromAddress(value));
  return result;
}

export const path = signal(shownPath());
export const query = signal(shownQuery());

/** Counts arrivals at an address by link, search or the browser's buttons: each time, the view in
 *  the address is shown. */
export const arrivals = signal(0);

export type Changes = Record<string, string | string[] | null>;

let timer = 0;

/** The address of a page with its query; commas, brackets and apostrophes stay unencoded, which is
 *  easier to read. */
function addressWith(page: string, parameters: URLSearchParams): string {
  const short = [...parameters].map(([name, value]) => [name, forAddress(value)]);
  const text = new URLSearchParams(short)
    .toString()
    .replace(/%2C|%28|%29|%27/g, (code) => decodeURIComponent(code));
  return addressAt(text ? `${page}?${text}` : page);
}

const written = (): string => addressWith(path.value, query.value);

function writeNow(): void {
  clearTimeout(timer);
  timer = 0;
  if (written() !== location.pathname + location.search) history.replaceState(null, "", written());
}

/** Sets parameters; null or "" removes one (an array may contain "", which means missing). */
export function change(changes: Changes, kind: "step" | "on the way" = "step"): void {
  const next = new URLSearchParams(query.value);
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name);
    if (Array.isArray(value)) value.forEach((one) => next.append(name, one));
    else if (value) next.append(name, value);
  }
  if (next.toString() === query.value.toString()) return;
  if (kind === "step") writeNow();
  query.value = next;
  if (kind === "step") history.pushState(null, "", written());
  else timer ||= window.setTimeout(writeNow, 250);
}

/** Goes to another page of the playground. */
export function go(address: string): void {
  writeNow();
  const url = new URL(address, location.href);
  if (url.href !== location.href) history.pushState(null, "", url);
  arrive();
  window.scrollTo(0, 0);
}

function arrive(): void {
  clearTimeout(timer);
  timer = 0;
  batch(() => {
    query.value = shownQuery();
    path.value = shownPath();
    ++arrivals.value;
  });
}

window.addEventListener("popstate", arrive);
window.addEventListener("pagehide", writeNow);

/** The address of another page with the current state and these changes. */
export function addressOf(page: string, changes: Changes = {}): string {
  const next = new URLSearchParams(query.value);
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name);
    if (typeof value === "string" && value) next.set(name, value);
  }
  return addressWith(page, next);
}

/** The address that shows a source: its page, or the view of a source beside others. */
export const sourceAddress = (name: string): string =>
  path.value === "/views" && /(^|,)source\./.test(query.value.get("views") ?? "")
    ? addressOf("/views", { source: name })
    : addressOf(`/source/${encodeURIComponent(name)}`);
