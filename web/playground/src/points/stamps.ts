// Dots of each shape as weights of pixels, for points at any position within a pixel.
import { outside, reachOf, type Shape } from "../../../common/shapes.js";

export const subpixels = 4; // positions of a point within a pixel, along each axis

export interface Stamps {
  reach: number; // pixels on each side of the point's own
  side: number; // 2 reach + 1
  stamp: Float32Array; // by position within the pixel, then row by row
}

const known = new Map<string, Stamps>();

/** The stamps for a shape as large as a circle of a radius in pixels, rounded to a tenth. */
export function stampsOf(shape: Shape, radius: number): Stamps {
  const tenths = Math.round(radius * 10);
  const key = `${shape} ${tenths}`;
  let stamps = known.get(key);
  if (!stamps) known.set(key, (stamps = make(shape, tenths / 10)));
  return stamps;
}

function make(shape: Shape, radius: number): Stamps {
  const reach = Math.ceil(radius * reachOf(shape) + 0.5);
  const side = 2 * reach + 1;
  const stamp = new Float32Array(subpixels * subpixels * side * side);
  let at = 0;
  for (let j = 0; j < subpixels; ++j)
    for (let i = 0; i < subpixels; ++i)
      for (let row = -reach; row <= reach; ++row)
        for (let column = -reach; column <= reach; ++column) {
          const dx = column + 0.5 - (i + 0.5) / subpixels;
          const dy = row + 0.5 - (j + 0.5) / subpixels;
          stamp[at++] = Math.max(0, Math.min(1, 0.5 - outside(shape, radius, dx, dy)));
        }
  return { reach, side, stamp };
}
