// The detections that the reader brought and had classified, to be seen on the planes, too. They
// live as long as the page is open.
import { signal } from "@preact/signals";
import type { Cell, Classified } from "../api.js";

export interface Brought {
  name: string; // of the file
  rows: Cell[][];
  columns: string[];
  classes: (string | null)[];
}

export const brought = signal<Brought | null>(null);

/** The column of a published table that names the class. */
export const classColumn = "main_type";

export function bring(name: string, { rows, columns }: Classified): void {
  const place = columns.indexOf(classColumn);
  const classes = rows.map((row) => (typeof row[place] === "string" ? (row[place] as string) : null));
  brought.value = { name, rows, columns, classes };
}

/** The numbers of a column of theirs, NaN where missing; null where they have no such column. */
export function broughtNumbers({ columns, rows }: Brought, name: string): number[] | null {
  const place = columns.indexOf(name);
  if (place < 0) return null;
  return rows.map((row) => (typeof row[place] === "number" ? (row[place] as number) : NaN));
}
