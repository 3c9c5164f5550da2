// The sources that pass the filters, as the server decides.
import { effect, signal } from "@preact/signals";
import * as api from "../api.js";
import { returns } from "./alive.js";
import { filters } from "./filters.js";
import { latest } from "./latest.js";

export interface Selected {
  bits: Uint8Array | null; // null: all
  count: number | null; // null: all
  missing: number; // that lack a value which the filters ask for
}

/** Null before the first answer. */
export const selected = signal<Selected | null>(null);
export const selectionError = signal<unknown>(null);
export const selecting = signal(false);

const ask = latest(
  (query: string, signal) =>
    query ? api.selection(query, signal) : Promise.resolve({ bits: null, count: null, missing: 0 }),
  (result: Selected) => {
    selected.value = result;
    selectionError.value = null;
    selecting.value = false;
  },
  (error) => {
    selectionError.value = error;
    selecting.value = false;
  },
);

effect(() => {
  const query = filters.value;
  returns.value; // asks again
  selecting.value = true;
  ask(query);
});
