// Outlined signs over the points of a plot, for things that are not sources of the catalog.
import type { Look } from "../../../common/palette.js";
import { trace } from "../../../common/shapes.js";
import type { Pen } from "../figure/svg_pen.js";
import { cssColor } from "../state/colors.js";
import { toScreen, type Size, type View } from "./view.js";

const radius = 5;

export interface Signs {
  count: number; // of those that have a place
  draw: (pen: Pen, view: View, size: Size) => void;
}

/** Signs at places of the plot (NaN: none), which look like their classes. */
export function signsAt(
  xs: number[],
  ys: number[],
  classes: (string | null)[],
  lookOf: (name: string | null) => Look,
): Signs {
  const places = xs
    .map((_, i) => i)
    .filter((i) => Number.isFinite(xs[i]) && Number.isFinite(ys[i]));
  const looks = new Map([...new Set(classes)].map((name) => [name, lookOf(name)]));
  return {
    count: places.length,
    draw(pen, view, size) {
      // Now, since a figure is light on a dark page, too.
      const fills = new Map([...looks].map(([name, { color }]) => [name, cssColor(color)]));
      pen.lineWidth = 2;
      pen.strokeStyle = cssColor("var(--ink)");
      for (const i of places) {
        const look = looks.get(classes[i]);
        const [left, top] = toScreen(view, size, xs[i], ys[i]);
        const isSeen =
          left > -radius && top > -radius && left < size.width + radius && top < size.height + radius;
        if (!look || !isSeen) continue;
        pen.beginPath();
        trace(pen, look.shape, radius, left, top);
        pen.fillStyle = fills.get(classes[i]) ?? "";
        pen.fill();
        pen.stroke();
      }
    },
  };
}
