// The detections that the reader brought and had classified, to be seen on the planes, too. They
// live as long as the page is open.
import { signal } from "@preact/signals";
import type { Classified } from "../api.js";
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

/** The numbers of a column of theirs, NaN where missing; null where they have no such column. */
export function broughtNumbers({ result }: Brought, name: string): number[] | null {
  const place = result.columns.indexOf(name);
  if (place < 0) return null;
  return result.rows.map((row) => {
    const cell = row[place];
    return typeof cell === "number" ? cell : NaN;
  });
}
