// The visible part of a plane: its centre, and the pixels per unit. y goes up in the plane and down
// on the screen. `k` shears the plane: a point one unit up is shifted k units to the right.

export interface View {
  x: number;
  y: number;
  sx: number;
  sy: number;
  k: number;
}

export interface Size {
  width: number; // CSS pixels
  height: number;
}

export type Point = [number, number];

export const toScreen = (view: View, size: Size, x: number, y: number): Point => [
  size.width / 2 + (x - view.x + view.k * (y - view.y)) * view.sx,
  size.height / 2 - (y - view.y) * view.sy,
];

export function toPlane(view: View, size: Size, left: number, top: number): Point {
  const dy = (size.height / 2 - top) / view.sy;
  return [view.x + (left - size.width / 2) / view.sx - view.k * dy, view.y + dy];
}

/** Zooms in by `factor`; the point at (left, top) stays there. */
export function zoomed(view: View, size: Size, factor: number, left: number, top: number): View {
  const [x, y] = toPlane(view, size, left, top);
  return {
    x: x + (view.x - x) / factor,
    y: y + (view.y - y) / factor,
    sx: view.sx * factor,
    sy: view.sy * factor,
    k: view.k,
  };
}

export function moved(view: View, dx: number, dy: number): View {
  const up = dy / view.sy;
  return { ...view, x: view.x - dx / view.sx - view.k * up, y: view.y + up };
}

/** Pixels per unit, as the geometric mean of both directions. */
export const scaleOf = (view: View): number => Math.sqrt(view.sx * view.sy);
