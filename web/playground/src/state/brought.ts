// The reader's own classified detections, which the sky and the planes show as well. They are kept
// until the page is closed.
import { signal } from "@preact/signals";
import type { Cell, Classified } from "../api.js";
import type { Given } from "../classify/given.js";

export interface Brought {
  given: Given;
  model: string;
  result: Classified;
  classes: (string | null)[];
}

export const brought = signal<Brought | null>(null);

/** The column of a published table that names the class. */
export const classColumn = "main_type";

export function bring(given: Given, model: string, result: Classified): void {
  const place = result.columns.indexOf(classColumn);
  const classes = result.rows.map((row) => {
    const cell = row[place];
    return typeof cell === "string" ? cell : null;
  });
  brought.value = { given, model, result, classes };
}

/** The numbers of a column, NaN if missing; null if there is no such column. */
function numbersOf(columns: string[], rows: Cell[][], name: string | null): number[] | null {
  const place = name === null ? -1 : columns.indexOf(name);
  if (place < 0) return null;
  return rows.map((row) => {
    const cell = row[place];
    return typeof cell === "number" ? cell : NaN;
  });
}

/** The values of one of their columns, NaN if missing; null if they have no such column. */
export const broughtNumbers = ({ result }: Brought, name: string): number[] | null =>
  numbersOf(result.columns, result.rows, name);

/** RA and Dec of each detection, NaN if missing; null if the table has no positions. */
export function broughtPositions({ result }: Brought): [number, number][] | null {
  const { ra, dec } = result.identity;
  const ras = numbersOf(result.columns, result.rows, ra);
  const decs = numbersOf(result.columns, result.rows, dec);
  return ras && decs && ras.map((value, i) => [value, decs[i]]);
}

/** As many as fit into the address of a request. */
export const mostNear = 300;

/** The condition that a source lies within a radius of any of these positions, each taken once: for
 *  `where=`. At most `mostNear` are in it; "" if there are none. */
export function nearExpression(positions: [number, number][], radius_arcsec: number): string {
  const texts = positions
    .filter(([ra, dec]) => Number.isFinite(ra) && Number.isFinite(dec))
    .map(([ra, dec]) => `${Number(ra.toFixed(5))}, ${Number(dec.toFixed(5))}`);
  const once = [...new Set(texts)].slice(0, mostNear);
  return once.length ? `near(${[radius_arcsec, ...once].join(", ")})` : "";
}
