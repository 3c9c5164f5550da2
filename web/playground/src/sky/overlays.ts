// The space on the map that controls, legend and readout take, so that no label is under them.
import type { Strip } from "./graticule.js";

const laid = ".tools > *, .legend, .color-bar, .zoom-buttons, .readout > *, summary, .menu-body";
const half = 6; // a label within this of a strip's middle, and its own half height, overlaps
const gap = 4;

/** The boxes over a canvas, which are its neighbours in the page, as strips in its coordinates. */
export function overlayStrips(canvas: HTMLCanvasElement): Strip[] {
  const from = canvas.getBoundingClientRect();
  const strips: Strip[] = [];
  for (const node of canvas.parentElement?.querySelectorAll(laid) ?? []) {
    if (!node.checkVisibility()) continue;
    const box = node.getBoundingClientRect();
    const [left, right] = [box.left - from.left - gap, box.right - from.left + gap];
    const [top, bottom] = [box.top - from.top + half, box.bottom - from.top - half];
    for (let y = top; y < bottom; y += 2 * half) strips.push({ left, right, y });
    strips.push({ left, right, y: Math.max(top, bottom) });
  }
  return strips;
}
