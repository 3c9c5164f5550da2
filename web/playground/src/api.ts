// The API of the server. Arrays over all sources have one element per source: that of id i is i − 1.
import type { Citation } from "../../common/citations.js";
import { heard, missed } from "./state/alive.js";
import { addressAt } from "./state/base.js";

export interface Column {
  name: string;
  table_name?: string; // in downloads, if it is another
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
  errors?: string[]; // of a feature: the carried columns with its errors or limits
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
  recipe: string;
  /** Columns besides the features: "name", "observation", "ra", "dec", under any of these names. */
  columns: { role: string; names: string[] }[];
  method: string;
  classes: string[];
  features: ModelFeature[];
}
/** A named place on the sky, in degrees. */
export interface Field {
  name: string;
  ra: number;
  dec: number;
  width: number;
}
/** A table of the mission's archive that has the sources, by name. */
export interface ArchiveTable {
  title: string;
  tap: string;
  table: string;
}
export interface Mission {
  name_example: string | null; // the beginning of a source's name
  fields: Field[];
  citations: Citation[];
  archive: ArchiveTable | null; // where the mission publishes its sources
}
export interface Catalog {
  version: string;
  title: string;
  recipe: string;
  method: string;
  simulated: boolean;
  sources: number;
  detections: number | null; // null: only sources are known
  columns: Column[];
  classes: { name: string; group: string }[];
  groups: string[];
  has_positions: boolean;
  mission: Mission;
  models: Model[];
  upload_limit_bytes: number;
  explains: boolean; // whether there are explanations
  aladin: boolean;
  samp: boolean; // whether the pages may connect to a SAMP hub
  outside: boolean; // whether the server may ask other hosts for names
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
    columns: Pick<Column, "name" | "type" | "unit" | "description" | "role">[];
    rows: Cell[][];
    times: { column: string; mjd: (number | null)[] } | null; // one per row
    limits: Limits[];
    links: PageLink[][]; // of each row's observation; none if the recipe has no such links
  };
  neighbours: { name: string; class: string | null; separation_arcsec: number }[];
  links: PageLink[];
}
export interface PageLink {
  title: string;
  url: string;
}
/** The 68 % confidence limits of a feature, one per detection. */
export interface Limits {
  feature: string;
  lower: (number | null)[];
  upper: (number | null)[];
}
export interface Named {
  id: number;
  name: string;
}
/** Where a source stands among the selected ones; `offset` is null if it is none of them. */
export interface Place {
  total: number;
  offset: number | null;
  before: Named | null;
  after: Named | null;
}
/** The percentage of sources with a smaller value, half of those with the same one counted. */
export interface Rank {
  percentile: number;
  sources: number;
}
export interface Percentiles {
  class: string | null;
  columns: { name: string; all: Rank; class: Rank | null }[];
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
  position: { ra: number; dec: number; frame: Frame; l: number; b: number } | null;
  names: { name: string; class: string | null; ra: number; dec: number }[];
  fields: Field[];
  list: { where: string | null; found: number; missing: string[] } | null; // of several targets
}
/** An object known elsewhere. */
export interface Resolved {
  name: string;
  type: string | null;
  resolver: string | null;
  position: { ra: number; dec: number };
}
export interface RowCount {
  what: string;
  count: number;
}
export interface Score {
  value: number;
  low: number | null;
  high: number | null;
}
export interface Scores {
  level: string;
  of: string;
  rows: number;
  sources: number;
  accuracy: Score | null;
  balanced_accuracy: Score | null;
  macro_f1: Score | null;
  log_loss: Score | null;
  brier: Score | null;
  calibration_error: Score | null;
}
/** The run that made the catalog. */
export interface Run {
  version: string | null;
  recipe: string | null;
  method: string | null;
  inputs: string[];
  read: number | null;
  kept: number | null;
  losses: RowCount[];
  of_kept: RowCount[];
  notes: string[];
  validation: {
    recipe: string | null;
    method: string | null;
    split: { by: string | null; folds: number | null };
    scores_count: string | null;
    detections: number | null;
    sources: number | null;
    notes: string[];
    scores: Scores[];
  } | null;
  validation_problem: string | null;
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
  counts: Count[];
  identity: { name: string | null; ra: string | null; dec: string | null }; // names of columns
  sources: ClassifiedSources | null; // if the table has names
}
/** The vote of the detections of each source. */
export interface ClassifiedSources {
  total: number;
  classified: number;
  counts: Count[];
  columns: string[];
  rows: Cell[][];
}
export type Level = "detections" | "sources";
export interface Selection {
  bits: Uint8Array;
  count: number;
  missing: number; // that lack a value which the filters ask for
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

/** Whether there was no answer at all. */
export const isSilence = (error: unknown): boolean =>
  error instanceof ApiError && error.status === 0;

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
    missed();
    throw new ApiError("The server does not answer", 0, path, "a running uhuru serve", "nothing");
  }
  heard(response);
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

const longest = 6000; // characters of an address that servers take for certain

/** Asks for a path with filters: in the address, or as a form where they are long. */
function asked(path: string, query: Query, filters: string, signal?: AbortSignal) {
  const url = address(path, query, filters);
  if (url.length <= longest) return ask(url, { signal });
  const body = new URLSearchParams(url.slice(url.indexOf("?") + 1));
  return ask(addressAt(path), { method: "POST", body, signal });
}

async function filtered<T>(path: string, query: Query, filters: string, signal?: AbortSignal) {
  return (await (await asked(path, query, filters, signal)).json()) as T;
}

/** Caches the last `most` answers; failed requests are not cached. */
export function remembered<T>(most: number, load: (key: string) => Promise<T>) {
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

/** The lower and the upper limit of each source, interleaved; NaN means unknown. */
export const limits = remembered(
  4,
  async (column) => new Float32Array(await buffer(address("/api/limits", { column }))),
);

/** The codes of a text column, which are indices into its `values`; 65535 means missing. */
export const codes = remembered(
  6,
  async (column) => new Uint16Array(await buffer(address("/api/values", { column }))),
);

export async function selection(filters: string, signal?: AbortSignal): Promise<Selection> {
  const response = await asked("/api/selection", {}, filters, signal);
  const bits = new Uint8Array(await response.arrayBuffer());
  const number = (name: string): number => Number(response.headers.get(name));
  return { bits, count: number("X-Count"), missing: number("X-Missing") };
}

export const counts = (by: string, filters = "", signal?: AbortSignal) =>
  filtered<{ total: number; counts: Count[] }>("/api/counts", { by }, filters, signal);

export const histogram = (query: Query, filters = "", signal?: AbortSignal) =>
  filtered<Histogram>("/api/histogram", query, filters, signal);

export const sources = (query: Query, filters = "", signal?: AbortSignal) =>
  filtered<SourcePage>("/api/sources", query, filters, signal);

export const source = (query: { name?: string; id?: number }, signal?: AbortSignal) =>
  json<Source>(address("/api/source", query), signal);

export const place = (query: Query, filters = "", signal?: AbortSignal) =>
  json<Place>(address("/api/place", query, filters), signal);

export const percentiles = (id: number, signal?: AbortSignal) =>
  json<Percentiles>(address("/api/percentiles", { id }), signal);

export const explanation = (id: number, signal?: AbortSignal) =>
  json<Explanation>(address("/api/explanation", { id }), signal);

export const cone = (query: Query, signal?: AbortSignal) =>
  json<SourcePage>(address("/api/cone", query), signal);

export const search = (q: string, signal?: AbortSignal) =>
  json<Found>(address("/api/search", { q }), signal);

export const resolve = (name: string, signal?: AbortSignal) =>
  json<Resolved>(address("/api/resolve", { name }), signal);

export const run = (signal?: AbortSignal) => json<Run>(address("/api/run"), signal);

/** A table to classify; `file` names it in messages. */
interface Table {
  file: string;
  bytes: Blob;
}

export async function classify(model: string, { file, bytes }: Table, signal?: AbortSignal) {
  const init = { method: "POST", body: bytes, signal };
  return (await (await ask(address("/api/classify", { model, file }), init)).json()) as Classified;
}

/** The whole classified table, or all its sources, as a file. */
export async function classifyFile(
  model: string,
  { file, bytes }: Table,
  format: string,
  level: Level,
): Promise<Blob> {
  const init = { method: "POST", body: bytes };
  return (await ask(address("/api/classify", { model, file, format, level }), init)).blob();
}

/** The address of the selection as a file. */
export const downloadAddress = (filters: string, query: Query): string =>
  address("/api/download", query, filters);
