// The shade of each point of a set: that of its colour, or a special one if it is not selected.
import type { PointSet } from "./point_set.js";

/** Shades beyond those of the palette. */
export const faint = 254; // not selected: grey, below the others
export const absent = 255; // not drawn

export interface Shades {
  of: Uint8Array; // in the order of the set
  selected: number;
}

/** `codes` and `bits` are indexed by source; without `bits`, all are selected. `alone`: others are
 *  not drawn. */
export function shadesOf(
  points: PointSet,
  codes: Uint8Array,
  bits: Uint8Array | null,
  alone: boolean,
): Shades {
  const { ids, size } = points;
  const of = new Uint8Array(size);
  if (!bits) {
    for (let i = 0; i < size; ++i) of[i] = codes[ids[i]];
    return { of, selected: size };
  }
  const unselected = alone ? absent : faint;
  let selected = 0;
  for (let i = 0; i < size; ++i) {
    const id = ids[i];
    const bit = (bits[id >> 3] >> (id & 7)) & 1;
    selected += bit;
    of[i] = bit ? codes[id] : unselected;
  }
  return { of, selected };
}
