// Named subsets of the sources: a name, a colour, and the filters that select them. The browser keeps
// them for each catalog; those that fit are in the address as well, so that a link shares them.
import { effect, signal } from "@preact/signals";
import * as api from "../api.js";
import { change, query } from "./url.js";

export interface Subset {
  name: string;
  hue: number; // see otherLook
  filters: string; // a query
}

const hues = [2, 5, 0, 4, 6, 3, 7, 1]; // as they are taken: neighbours are easy to tell apart
const mostInAddress = 1500; // characters
const mostSubsets = 50;
const separator = "~";

export const subsets = signal<Subset[]>([]);
let key = "";

const isSubset = (one: unknown): one is Subset => {
  const { name, hue, filters } = (one ?? {}) as Record<string, unknown>;
  return typeof name === "string" && name !== "" && Number.isInteger(hue) && typeof filters === "string";
};

/** Adds subsets to others; those with the name of another replace it. */
function merged(others: Subset[], added: Subset[]): Subset[] {
  const byName = new Map(others.map((one) => [one.name, one]));
  for (const one of added) {
    byName.delete(one.name); // the new one stands at the end
    byName.set(one.name, one);
  }
  return [...byName.values()];
}

/** The same, for the reader. Throws an Error if they are too many. */
function add(added: Subset[]): void {
  const all = merged(subsets.value, added);
  if (all.length > mostSubsets)
    throw new Error(`There may be ${mostSubsets} subsets, not ${all.length}: delete some first`);
  subsets.value = all;
}

const inText = ({ name, hue, filters }: Subset): string => [name, hue, filters].join(separator);

function fromText(text: string): Subset[] {
  const [name, hue, ...filters] = text.split(separator);
  const one = { name, hue: Number(hue), filters: filters.join(separator) };
  return isSubset(one) ? [one] : [];
}

function kept(): Subset[] {
  try {
    const found = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(found) ? merged([], found.filter(isSubset)) : [];
  } catch {
    return []; // storage is switched off, or was written by something else
  }
}

/** Reads those of this catalog, and keeps all that change. */
export function beginSubsets(catalog: api.Catalog): void {
  const mine = `uhuru subsets ${catalog.title} ${catalog.sources}`;
  if (key === mine) return;
  key = mine;
  const linked = query.value.getAll("subset").flatMap(fromText);
  subsets.value = merged(kept(), linked).slice(-mostSubsets);
  effect(() => {
    try {
      localStorage.setItem(key, JSON.stringify(subsets.value));
    } catch {
      // Without storage, they last as long as the page.
    }
  });
  // The same catalog in another tab keeps its subsets in the same place.
  addEventListener("storage", (event) => {
    if (event.key === key) subsets.value = kept();
  });
  // Not in the effect above: this one runs at each change of the address, and another tab may have
  // kept others in the meantime.
  effect(() => {
    let length = 0;
    const texts = subsets.value.map(inText);
    const fitting = texts.filter((text) => {
      const fits = length + text.length <= mostInAddress;
      if (fits) length += text.length;
      return fits;
    });
    change({ subset: fitting.length ? fitting : null }, "on the way");
  });
}

/** Saves the filters under a name; a subset of the same name is replaced. Throws an Error if there
 *  are too many. */
export function save(name: string, filters: string): void {
  const clean = name.trim().replaceAll(separator, " ");
  if (!clean) return;
  const before = subsets.value.find((one) => one.name === clean);
  const used = subsets.value.map(({ hue }) => hue);
  const free = hues.find((hue) => !used.includes(hue));
  const hue = before?.hue ?? free ?? hues[subsets.value.length % hues.length];
  add([{ name: clean, hue, filters }]);
}

export function remove(name: string): void {
  subsets.value = subsets.value.filter((one) => one.name !== name);
}

export function recolor(name: string): void {
  subsets.value = subsets.value.map((one) =>
    one.name === name ? { ...one, hue: hues[(hues.indexOf(one.hue) + 1) % hues.length] } : one,
  );
}

/** As a file that `imported` reads. */
export const exported = (): Blob =>
  new Blob([JSON.stringify({ uhuru_subsets: subsets.value }, null, 2)], { type: "application/json" });

/** Adds the subsets of a file; throws an Error that says what is wrong with it. */
export async function imported(file: File): Promise<void> {
  let found: unknown;
  try {
    found = (JSON.parse(await file.text()) as { uhuru_subsets?: unknown }).uhuru_subsets;
  } catch {
    throw new Error(`${file.name} is not a JSON file`);
  }
  if (!Array.isArray(found) || !found.every(isSubset))
    throw new Error(`${file.name} holds no subsets: expected a file exported here`);
  add(found);
}

const selections = api.remembered(mostSubsets, (filters) => api.selection(filters));

/** The sources of a subset. */
export const membersOf = ({ filters }: Subset): Promise<api.Selection> => selections(filters);

/** For each source, the place of the first subset that holds it; the number of subsets if none
 *  does. */
export async function subsetCodes(sources: number): Promise<Uint8Array> {
  // A condition that this catalog cannot have, of which the list of subsets tells, has no sources.
  const members = await Promise.all(
    subsets.value.map((one) =>
      membersOf(one).catch((error) => {
        if (api.isSilence(error)) throw error;
        return null;
      }),
    ),
  );
  const codes = new Uint8Array(sources).fill(members.length);
  for (let s = members.length - 1; s >= 0; --s) {
    const bits = members[s]?.bits;
    if (!bits) continue;
    for (let i = 0; i < sources; ++i) if ((bits[i >> 3] >> (i & 7)) & 1) codes[i] = s;
  }
  return codes;
}
