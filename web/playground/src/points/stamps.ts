// Round dots as weights of pixels, for points at any position within a pixel.

export const subpixels = 4; // positions of a point within a pixel, along each axis

export interface Stamps {
  reach: number; // pixels on each side of the point's own
  side: number; // 2 reach + 1
  stamp: Float32Array; // by position within the pixel, then row by row
}

const known = new Map<number, Stamps>();

/** The stamps for a radius in pixels, rounded to a tenth. */
export function stampsOf(radius: number): Stamps {
  const tenths = Math.round(radius * 10);
  let stamps = known.get(tenths);
  if (!stamps) known.set(tenths, (stamps = make(tenths / 10)));
  return stamps;
}

function make(radius: number): Stamps {
  const reach = Math.ceil(radius + 0.5);
  const side = 2 * reach + 1;
  const stamp = new Float32Array(subpixels * subpixels * side * side);
  let at = 0;
  for (let j = 0; j < subpixels; ++j)
    for (let i = 0; i < subpixels; ++i)
      for (let row = -reach; row <= reach; ++row)
        for (let column = -reach; column <= reach; ++column) {
          const dx = column + 0.5 - (i + 0.5) / subpixels;
          const dy = row + 0.5 - (j + 0.5) / subpixels;
          stamp[at++] = Math.max(0, Math.min(1, radius + 0.5 - Math.hypot(dx, dy)));
        }
  return { reach, side, stamp };
}
