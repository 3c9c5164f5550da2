// What dragging on a map or a plane does, in all views.
import { signal } from "@preact/signals";

export type Tool = "move" | "lasso" | "box" | "circle";
export const tool = signal<Tool>("move");

/** What becomes of the selection when another is made. */
export type Mode = "new" | "add" | "subtract" | "intersect";
export const mode = signal<Mode>("new");
