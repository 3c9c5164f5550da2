// Moves from one view to another, zooming out and in again so that the eye can follow.
import { interpolateZoom } from "d3-interpolate";
import { scaleOf, type Size, type View } from "./view.js";

const longest_ms = 1600;

/** Calls `show` in each frame until the target is reached; returns a function that cancels the
 *  flight. */
export function fly(from: View, to: View, size: Size, show: (view: View, end: boolean) => void) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    show(to, true);
    return () => {};
  }
  const width = (view: View): number => size.width / scaleOf(view);
  const between = interpolateZoom([from.x, from.y, width(from)], [to.x, to.y, width(to)]);
  const duration = Math.min(longest_ms, between.duration / 2);
  const began = performance.now();
  let frame = requestAnimationFrame(function step() {
    const part = Math.min(1, (performance.now() - began) / Math.max(1, duration));
    if (part >= 1) return show(to, true);
    const [x, y, w] = between(part * part * (3 - 2 * part));
    const scale = size.width / w;
    show({ x, y, sx: scale, sy: scale, k: 0 }, false);
    frame = requestAnimationFrame(step);
  });
  return () => cancelAnimationFrame(frame);
}
