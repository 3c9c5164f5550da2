// The reader's own detections on a plane: outlined dots over the points of the catalog.
import { toScreen, type Size, type View } from "../points/view.js";
import { broughtNumbers, type Brought } from "../state/brought.js";
import { cssColor } from "../state/colors.js";
import type { Axis } from "./plane_view.js";

const radius = 5;

/** A function that draws them, and the number of them that these axes can show. */
export function broughtLayer(
  what: Brought,
  x: Axis,
  y: Axis,
  colorOf: (name: string) => string,
): { count: number; draw: (context: CanvasRenderingContext2D, view: View, size: Size) => void } {
  const at = (axis: Axis): number[] =>
    (broughtNumbers(what, axis.column.name) ?? []).map((value) =>
      axis.isLog ? (value > 0 ? Math.log10(value) : NaN) : value,
    );
  const [xs, ys] = [at(x), at(y)];
  const places = xs
    .map((_, i) => i)
    .filter((i) => Number.isFinite(xs[i]) && Number.isFinite(ys[i]));
  const colors = new Map(
    [...new Set(what.classes)].map((name) => [name, cssColor(name ? colorOf(name) : "var(--none)")]),
  );
  const ink = cssColor("var(--ink)");
  return {
    count: places.length,
    draw(context, view, size) {
      context.lineWidth = 2;
      context.strokeStyle = ink;
      for (const i of places) {
        context.beginPath();
        context.arc(...toScreen(view, size, xs[i], ys[i]), radius, 0, 2 * Math.PI);
        context.fillStyle = colors.get(what.classes[i]) as string;
        context.fill();
        context.stroke();
      }
    },
  };
}
