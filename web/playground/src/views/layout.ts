// Which views a page shows together, and how the room is divided between them: all of it in the
// address ("views=sky.1,plane.2,table.3&widths=1,2").
import { parametersOf } from "../state/view_parameters.js";
import { change, query, type Changes } from "../state/url.js";

export const kinds = ["sky", "plane", "histogram", "table", "source"] as const;
export type Kind = (typeof kinds)[number];
export const titles: Record<Kind, string> = {
  sky: "Sky",
  plane: "Plane",
  histogram: "Histogram",
  table: "Table",
  source: "Source",
};

export interface Placed {
  kind: Kind;
  id: string;
}

const most = 8;
const isKind = (text: string): text is Kind => (kinds as readonly string[]).includes(text);

/** The views in the address; of two with the same id, the first. Null if the address has none. */
export function placedViews(): Placed[] | null {
  const text = query.value.get("views");
  if (text === null) return null;
  const result: Placed[] = [];
  for (const one of text.split(",")) {
    const [kind, id] = one.split(".");
    if (isKind(kind) && /^[1-9]\d?$/.test(id ?? "") && !result.some((other) => other.id === id))
      result.push({ kind, id });
  }
  return result.slice(0, most);
}

const textOf = (views: Placed[]): string =>
  views.map(({ kind, id }) => `${kind}.${id}`).join() || "none";

/** The parameters of the pages of one view, which the first view of a kind takes over. */
const taken: Record<Kind, string[]> = {
  sky: ["frame", "view", "fields", "images", "survey"],
  plane: ["x", "y", "xscale", "yscale", "pview", "density"],
  histogram: [],
  table: ["columns", "sort", "order", "page", "rows"],
  source: [],
};

/** Shows these views; those of a kind that come first show what the page of one view showed. */
export function begin(kinds: Kind[]): void {
  const views = kinds.map((kind, i) => ({ kind, id: `${i + 1}` }));
  const changes: Changes = { views: textOf(views) };
  for (const { kind, id } of views.filter(({ kind }, i) => kinds.indexOf(kind) === i))
    for (const name of taken[kind]) {
      const values = query.value.getAll(name);
      if (values.length) Object.assign(changes, { [name]: null, [`${id}.${name}`]: values });
    }
  change(changes, "on the way");
}

export const canAdd = (views: Placed[]): boolean => views.length < most;

export function add(views: Placed[], kind: Kind): void {
  const id = `${Math.max(0, ...views.map((view) => Number(view.id))) + 1}`;
  change({ views: textOf([...views, { kind, id }]), ...evenly });
}

export function close(views: Placed[], id: string): void {
  const own = [...parametersOf(id).all().keys()].map((name) => [`${id}.${name}`, null]);
  const left = views.filter((view) => view.id !== id);
  change({ views: textOf(left), ...evenly, ...Object.fromEntries(own) });
}

/** Moves a view one place towards the beginning. */
export function moveUp(views: Placed[], id: string): void {
  const at = views.findIndex((view) => view.id === id);
  if (at < 1) return;
  const next = [...views];
  [next[at - 1], next[at]] = [next[at], next[at - 1]];
  change({ views: textOf(next) });
}

const evenly: Changes = { widths: null, heights: null };

/** The parts of the room that `count` columns or rows take. */
export function sharesOf(name: "widths" | "heights", count: number): number[] {
  const shares = (query.value.get(name) ?? "").split(",").map(Number);
  const right = shares.length === count && shares.every((share) => share >= 0.05 && share <= 50);
  return right ? shares : Array<number>(count).fill(1);
}

/** Moves the edge after a column or row by a part of the room. */
export function shift(name: "widths" | "heights", shares: number[], at: number, by: number): void {
  const sum = shares.reduce((total, share) => total + share, 0);
  const [least, both] = [0.12 * sum, shares[at] + shares[at + 1]];
  const next = [...shares];
  next[at] = Math.max(least, Math.min(both - least, shares[at] + by * sum));
  next[at + 1] = both - next[at];
  change({ [name]: next.map((share) => Number(share.toPrecision(3))).join() }, "on the way");
}
