// The reader's own classified detections, which the planes show as well. They are kept until the
// page is closed.
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

/** The values of one of their columns, NaN if missing; null if they have no such column. */
export function broughtNumbers({ result }: Brought, name: string): number[] | null {
  const place = result.columns.indexOf(name);
  if (place < 0) return null;
  return result.rows.map((row) => {
    const cell = row[place];
    return typeof cell === "number" ? cell : NaN;
  });
}
