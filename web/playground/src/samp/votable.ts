// Names or positions in a VOTable that another program sends, to select the sources that it means.
const mostRows = 5000;

export interface Received {
  names: string[]; // if it has names of sources
  positions: [number, number][]; // in degrees, otherwise
}

type Holds = (field: Element) => boolean;
const isNamed =
  (pattern: RegExp): Holds =>
  (field) =>
    pattern.test(field.getAttribute("name") ?? "");
const hasUcd =
  (pattern: RegExp): Holds =>
  (field) =>
    pattern.test((field.getAttribute("ucd") ?? "").toLowerCase());

/** Reads the first table of a document. `name`: how the catalog's column of names is called.
 *  Throws an Error that says what is missing. */
export function readTable(text: string, name: string): Received {
  const document = new DOMParser().parseFromString(text, "text/xml");
  const all = (parent: Document | Element, tag: string): Element[] => [
    ...parent.getElementsByTagNameNS("*", tag),
  ];
  const table = all(document, "TABLE")[0];
  if (!table) throw new Error("The message has no VOTable");
  const fields = all(table, "FIELD");
  const data = all(table, "TABLEDATA")[0];
  if (!data) throw new Error("The VOTable is not a TABLEDATA, the only kind that pages can read");
  const rows = all(data, "TR").slice(0, mostRows);
  const cells = (at: number): string[] =>
    rows.map((row) => all(row, "TD")[at]?.textContent?.trim() ?? "");
  /** The place of the first field that satisfies the first of these conditions that any does. */
  const find = (...conditions: Holds[]): number =>
    conditions.map((holds) => fields.findIndex(holds)).find((at) => at >= 0) ?? -1;
  const ofName = find((field) => field.getAttribute("name")?.toLowerCase() === name.toLowerCase());
  if (ofName >= 0) {
    const names = cells(ofName).filter((one) => one);
    if (!names.length) throw new Error(`The table has no names in its column ${name}`);
    return { names, positions: [] };
  }
  const coordinate = (ucd: string, named: RegExp): number =>
    find(
      hasUcd(new RegExp(`^pos[._]eq[._]${ucd}[;_](meta\\.)?main$`)),
      hasUcd(new RegExp(`^pos[._]eq[._]${ucd}\\b`)),
      isNamed(named),
    );
  const ra = coordinate("ra", /^_?ra(j2000|_icrs)?$/i);
  const dec = coordinate("dec", /^_?dec?(j2000|_icrs)?$/i);
  if (ra < 0 || dec < 0)
    throw new Error(`The table has neither a column ${name} nor right ascension and declination`);
  const decs = cells(dec);
  const positions = cells(ra)
    .map((one, i): [number, number] => [
      one ? Number(one) : NaN,
      decs[i] ? Number(decs[i]) : NaN,
    ])
    .filter(([x, y]) => Number.isFinite(x + y));
  if (!positions.length) throw new Error("The table has no positions in degrees");
  return { names: [], positions };
}
