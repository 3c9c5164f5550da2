// The API of the server. Arrays over all sources have one element per source: that of id i is i − 1.
import { addressAt } from "./state/base.js";

export interface Column {
  name: string;
  type: "number" | "integer" | "text";
  unit: string;
  ucd: string;
  description: string;
  role: string;
  min: number | null;
  max: number | null;
  positive_min: number | null;
  missing: number;
  sortable: boolean;
  values?: string[];
}
export interface ModelFeature {
  name: string;
  unit: string;
  description: string;
  columns: string[];
  example: number;
}
export interface Model {
  id: string;
  title: string;
  classes: string[];
  features: ModelFeature[];
}
export interface Catalog {
  version: string;
  title: string;
  recipe: string;
  method: string;
  simulated: boolean;
  sources: number;
  detections: number;
  columns: Column[];
  classes: { name: string; group: string }[];
  groups: string[];
  models: Model[];
  upload_limit_bytes: number;
  explains: boolean; // whether there are explanations
  aladin: boolean;
}
export type Cell = string | number | boolean | null;
export interface Count {
  value: string | null;
  count: number;
}
export interface Histogram {
  column: string;
  scale: "linear" | "log";
  edges: number[];
  missing: number;
  sortable: boolean;
  series: { value: string | null; counts: number[] }[];
}
export interface SourcePage {
  total: number;
  offset: number;
  columns: string[];
  rows: Cell[][];
  ids: number[];
}
export interface Source {
  id: number;
  name: string;
  position: { ra: number; dec: number; l: number; b: number; sexagesimal: string } | null;
  values: Record<string, Cell>;
  detections: {
    columns: { name: string; unit: string; description: string; role: string }[];
    rows: Cell[][];
  };
  neighbours: { name: string; class: string | null; separation_arcsec: number }[];
  links: { title: string; url: string }[];
}
/** Natural logarithms of the odds of each class against all others; null if it was not learned. */
export interface Explanation {
  classes: string[];
  detections: number;
  prior: (number | null)[];
  features: { name: string; log_odds: (number | null)[] }[];
  together: (number | null)[];
  total: (number | null)[];
}
export interface Found {
  position: { ra: number; dec: number } | null;
  names: { name: string; class: string | null; ra: number; dec: number }[];
}
export interface Classified {
  model: string;
  read: number;
  classified: number;
  without_features: number;
  without_class: number;
  with_missing: number;
  absent: string[];
  out_of_range: number;
  notes: string[];
  columns: string[];
  rows: Cell[][];
  counts: { value: string | null; count: number }[];
}
export interface Selection {
  bits: Uint8Array;
  count: number;
}
export type Frame = "galactic" | "equatorial";

/** An error as the server reports it. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly where = "",
    readonly expected = "",
    readonly found = "",
  ) {
    super(message);
  }
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

async function failure(response: Response): Promise<ApiError> {
  try {
    const { error } = await response.json();
    return new ApiError(error.message, response.status, error.where, error.expected, error.found);
  } catch {
    return new ApiError(`The server answered ${response.status}`, response.status);
  }
}

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError("The server does not answer", 0, path, "a running uhuru serve", "nothing");
  }
  if (!response.ok) throw await failure(response);
  return response;
}

export type Query = Record<string, string | number | string[] | undefined>;

/** The address of a path with the parameters in `filters` ("class=AGN&…"), followed by those in
 *  `query`. */
export function address(path: string, query: Query = {}, filters = ""): string {
  const parameters = new URLSearchParams(filters);
  for (const [name, value] of Object.entries(query))
    if (Array.isArray(value)) value.forEach((one) => parameters.append(name, one));
    else if (value !== undefined) parameters.append(name, `${value}`);
  const text = parameters.toString();
  return addressAt(text ? `${path}?${text}` : path);
}

async function json<T>(url: string, signal?: AbortSignal): Promise<T> {
  return (await (await ask(url, { signal })).json()) as T;
}

/** Caches the last `most` answers; failed requests are not cached. */
function remembered<T>(most: number, load: (key: string) => Promise<T>) {
  const known = new Map<string, Promise<T>>();
  return (key: string): Promise<T> => {
    let answer = known.get(key);
    if (answer) known.delete(key);
    else answer = load(key);
    known.set(key, answer);
    answer.catch(() => known.delete(key));
    if (known.size > most) known.delete(known.keys().next().value as string);
    return answer;
  };
}

const buffer = async (url: string): Promise<ArrayBuffer> => (await ask(url)).arrayBuffer();

export const catalog = (() => {
  const load = remembered(1, (url) => json<Catalog>(url));
  return () => load(address("/api/catalog"));
})();

/** x and y of each source on the map, interleaved; NaN for sources without a position. */
export const map = remembered(
  2,
  async (frame) => new Float32Array(await buffer(address("/api/map", { frame }))),
);

/** The values of a numeric column; NaN means missing. */
export const numbers = remembered(
  8,
  async (column) => new Float32Array(await buffer(address("/api/values", { column }))),
);

/** The codes of a text column, which are indices into its `values`; 65535 means missing. */
export const codes = remembered(
  6,
  async (column) => new Uint16Array(await buffer(address("/api/values", { column }))),
);

export async function selection(filters: string, signal?: AbortSignal): Promise<Selection> {
  const response = await ask(address("/api/selection", {}, filters), { signal });
  const bits = new Uint8Array(await response.arrayBuffer());
  return { bits, count: Number(response.headers.get("X-Count")) };
}

export const counts = (by: string, filters = "", signal?: AbortSignal) =>
  json<{ total: number; counts: Count[] }>(address("/api/counts", { by }, filters), signal);

export const histogram = (query: Query, filters = "", signal?: AbortSignal) =>
  json<Histogram>(address("/api/histogram", query, filters), signal);

export const sources = (query: Query, filters = "", signal?: AbortSignal) =>
  json<SourcePage>(address("/api/sources", query, filters), signal);

export const source = (query: { name?: string; id?: number }, signal?: AbortSignal) =>
  json<Source>(address("/api/source", query), signal);

export const explanation = (id: number, signal?: AbortSignal) =>
  json<Explanation>(address("/api/explanation", { id }), signal);

export const cone = (query: Query, signal?: AbortSignal) =>
  json<SourcePage>(address("/api/cone", query), signal);

export const search = (q: string, signal?: AbortSignal) =>
  json<Found>(address("/api/search", { q }), signal);

export async function classify(model: string, table: BodyInit, signal?: AbortSignal) {
  const init = { method: "POST", body: table, signal };
  return (await (await ask(address("/api/classify", { model }), init)).json()) as Classified;
}

/** The whole classified table as a file. */
export async function classifyFile(model: string, table: BodyInit, format: string): Promise<Blob> {
  const init = { method: "POST", body: table };
  return (await ask(address("/api/classify", { model, format }), init)).blob();
}

/** The address of the selection as a file. */
export const downloadAddress = (filters: string, query: Query): string =>
  address("/api/download", query, filters);
