// The source under the pointer, and the one whose card or page is open: marked in all views.
import { signal } from "@preact/signals";

/** Indices into the arrays of the catalog: the id of a source − 1. */
export const hovered = signal<number | null>(null);
export const opened = signal<number | null>(null);
