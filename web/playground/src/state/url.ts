// The address of the page is its state: path and query as signals. Changes of the query replace the
// entry of the history, at most four times a second; other pages are new entries.
import { signal } from "@preact/signals";

export const path = signal(location.pathname);
export const query = signal(new URLSearchParams(location.search));

export type Changes = Record<string, string | string[] | null>;

let timer = 0;

/** A page with its query; commas need no code, and are read better without. */
function addressWith(page: string, parameters: URLSearchParams): string {
  const text = parameters.toString().replaceAll("%2C", ",");
  return text ? `${page}?${text}` : page;
}

const written = (): string => addressWith(path.value, query.value);

function writeNow(): void {
  clearTimeout(timer);
  timer = 0;
  if (written() !== location.pathname + location.search) history.replaceState(null, "", written());
}

/** Sets parameters; null or "" takes one away (an array may hold "", which stands for missing). */
export function change(changes: Changes): void {
  const next = new URLSearchParams(query.value);
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name);
    if (Array.isArray(value)) value.forEach((one) => next.append(name, one));
    else if (value) next.append(name, value);
  }
  if (next.toString() === query.value.toString()) return;
  query.value = next;
  timer ||= window.setTimeout(writeNow, 250);
}

/** Goes to another page of the playground. */
export function go(address: string): void {
  writeNow();
  const url = new URL(address, location.href);
  history.pushState(null, "", url);
  query.value = new URLSearchParams(url.search);
  path.value = url.pathname;
  window.scrollTo(0, 0);
}

window.addEventListener("popstate", () => {
  clearTimeout(timer);
  timer = 0;
  query.value = new URLSearchParams(location.search);
  path.value = location.pathname;
});
window.addEventListener("pagehide", writeNow);

/** The address of another page that keeps the whole state, but for these changes. */
export function addressOf(page: string, changes: Changes = {}): string {
  const next = new URLSearchParams(query.value);
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name);
    if (typeof value === "string" && value) next.set(name, value);
  }
  return addressWith(page, next);
}

export const sourceAddress = (name: string): string =>
  addressOf(`/source/${encodeURIComponent(name)}`);
