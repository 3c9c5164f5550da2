// What part of a plane is seen: its middle, and pixels a unit. y goes up in the plane, down on the
// screen.

export interface View {
  x: number;
  y: number;
  sx: number;
  sy: number;
}

export interface Size {
  width: number; // CSS pixels
  height: number;
}

export type Point = [number, number];

export const toScreen = (view: View, size: Size, x: number, y: number): Point => [
  size.width / 2 + (x - view.x) * view.sx,
  size.height / 2 - (y - view.y) * view.sy,
];

export const toPlane = (view: View, size: Size, left: number, top: number): Point => [
  view.x + (left - size.width / 2) / view.sx,
  view.y - (top - size.height / 2) / view.sy,
];

/** Nearer by `factor`; what is at (left, top) stays there. */
export function zoomed(view: View, size: Size, factor: number, left: number, top: number): View {
  const [x, y] = toPlane(view, size, left, top);
  return {
    x: x + (view.x - x) / factor,
    y: y + (view.y - y) / factor,
    sx: view.sx * factor,
    sy: view.sy * factor,
  };
}

export const moved = (view: View, dx: number, dy: number): View => ({
  ...view,
  x: view.x - dx / view.sx,
  y: view.y + dy / view.sy,
});
