// Whether the server answers. While it does not, the pages stay, greyed, and it is asked again until it
// does; then what failed is loaded. It may come back with another catalog.
import { effect, signal } from "@preact/signals";
import { addressAt } from "./base.js";

export const down = signal(false);
/** Counts how often the server has come back. */
export const returns = signal(0);
/** Whether the server has another catalog than the pages show. */
export const replaced = signal(false);

const path = "/api/catalog";
const heartbeat_ms = 30_000;
const patience_ms = 20_000; // for an answer; a connection may be busy with an upload
const [shortest_ms, longest_ms] = [1000, 15_000]; // between two attempts

let shown: string | null = null; // which catalog, by its ETag
let timer = 0;
let wait_ms = shortest_ms;

/** The tag of a catalog, however proxies have compressed it. */
const tagOf = (response: Response): string | null =>
  response.headers.get("ETag")?.replace(/^W\/|-gzip(?=")/g, "") ?? null;

/** Notes an answer, also one that says no; a proxy answers 502 or 504 for a server that is gone. */
export function heard(response: Response): void {
  if (response.status === 502 || response.status === 504) return missed();
  const tag = tagOf(response);
  if (tag && response.ok && new URL(response.url).pathname === addressAt(path)) {
    shown ??= tag;
    replaced.value = tag !== shown;
  }
  if (!down.value) return;
  down.value = false;
  wait_ms = shortest_ms;
  // Numbers of another catalog would be shown beside places of this one.
  if (!replaced.value) ++returns.value;
  later(heartbeat_ms);
}

/** Notes that there was no answer. */
export function missed(): void {
  if (down.value) return;
  down.value = true;
  later(wait_ms);
}

function later(after_ms: number): void {
  clearTimeout(timer);
  timer = window.setTimeout(attempt, after_ms);
}

/** Asks for the head of the catalog's description. */
export async function attempt(): Promise<void> {
  clearTimeout(timer);
  if (document.hidden && !down.value) return; // goes on when it is visible
  try {
    const signal = AbortSignal.timeout(patience_ms);
    heard(await fetch(addressAt(path), { method: "HEAD", cache: "no-store", signal }));
  } catch {
    missed();
  }
  if (down.value) wait_ms = Math.min(longest_ms, 2 * wait_ms);
  later(down.value ? wait_ms : heartbeat_ms);
}

addEventListener("online", attempt);
document.addEventListener("visibilitychange", () => document.hidden || void attempt());
later(heartbeat_ms);

effect(() => {
  document.documentElement.classList.toggle("stale", down.value || replaced.value);
});
