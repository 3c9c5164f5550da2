// The shade of each point of a set: its colour's, or that of one that is not selected.
import type { PointSet } from "./point_set.js";
import { absent, faint } from "./raster.js";

/** `codes` and `bits` are by source; `bits` null selects all. `alone`: the others are not drawn. */
export function shadesOf(
  points: PointSet,
  codes: Uint8Array,
  bits: Uint8Array | null,
  alone: boolean,
): Uint8Array {
  const { ids, size } = points;
  const shades = new Uint8Array(size);
  const unselected = alone ? absent : faint;
  if (bits)
    for (let i = 0; i < size; ++i) {
      const id = ids[i];
      shades[i] = (bits[id >> 3] >> (id & 7)) & 1 ? codes[id] : unselected;
    }
  else for (let i = 0; i < size; ++i) shades[i] = codes[ids[i]];
  return shades;
}
