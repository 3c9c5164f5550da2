// What part of a plane is seen: its middle, and pixels a unit. y goes up in the plane, down on the
// screen. `k` leans the plane: what is a unit up lies k units to the right.

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

/** Nearer by `factor`; what is at (left, top) stays there. */
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

/** Pixels a unit, whatever the direction. */
export const scaleOf = (view: View): number => Math.sqrt(view.sx * view.sy);
