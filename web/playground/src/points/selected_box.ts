// The part of a plane that the selected points take.
import type { PointSet } from "./point_set.js";
import { faint, type Shades } from "./shades.js";
import { toScreen, type Size, type View } from "./view.js";

export type SelectedBox = [x0: number, y0: number, x1: number, y1: number];

const room = 1.25; // of the view, for each of the box
const nearest = 3000; // times as close as the whole, for points that lie together

/** Null if no selected point has a place. */
export function boxOfSelected({ xs, ys, size }: PointSet, { of }: Shades): SelectedBox | null {
  const box: SelectedBox = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < size; ++i) {
    if (of[i] >= faint || !Number.isFinite(xs[i] + ys[i])) continue;
    box[0] = Math.min(box[0], xs[i]);
    box[1] = Math.min(box[1], ys[i]);
    box[2] = Math.max(box[2], xs[i]);
    box[3] = Math.max(box[3], ys[i]);
  }
  return box[0] <= box[2] ? box : null;
}

/** The view of a box, in the proportions of the view of the whole. `limit` may stretch and shear it,
 *  as the map of the sky does; then it is wider. */
export function viewOnto(
  box: SelectedBox,
  whole: View,
  size: Size,
  limit: (view: View, size: Size) => View,
): View {
  let view = plainViewOnto(box, whole, size);
  for (let step = 0; step < 4; ++step) {
    const beyond = beyondOf(box, limit(view, size), size);
    if (beyond <= 1) break;
    view = { ...view, sx: view.sx / beyond, sy: view.sy / beyond };
  }
  return view;
}

/** How many times as far from the middle as the edge of the view the corners of the box are. */
function beyondOf([x0, y0, x1, y1]: SelectedBox, view: View, size: Size): number {
  const corners = [[x0, y0], [x0, y1], [x1, y0], [x1, y1]].map(([x, y]) => toScreen(view, size, x, y));
  return Math.max(
    ...corners.map(([left]) => Math.abs((2 * left) / size.width - 1)),
    ...corners.map(([, top]) => Math.abs((2 * top) / size.height - 1)),
  );
}

function plainViewOnto([x0, y0, x1, y1]: SelectedBox, whole: View, size: Size): View {
  const closer = Math.min(
    nearest,
    size.width / (room * (x1 - x0) * whole.sx),
    size.height / (room * (y1 - y0) * whole.sy),
  );
  return {
    x: (x0 + x1) / 2,
    y: (y0 + y1) / 2,
    sx: whole.sx * closer,
    sy: whole.sy * closer,
    k: 0,
  };
}
