// Histograms of the points in view along each axis, in their colours.
import { useEffect, useRef } from "preact/hooks";
import type { PointSet } from "../points/point_set.js";
import type { Colors } from "../points/raster.js";
import { absent, faint } from "../points/shades.js";
import type { Size, View } from "../points/view.js";
import { cssColor } from "../state/colors.js";
import { seenOf } from "./plane_view.js";

const shades = 256;

export interface Margins {
  bins: number;
  x: Uint32Array; // count by bin and shade
  y: Uint32Array;
}

/** Counts the points in view: selected points by shade, all others under `faint`. */
export function marginsOf(
  points: PointSet,
  codes: Uint8Array,
  view: View,
  size: Size,
  bins: number,
): Margins {
  const { x0, x1, y0, y1 } = seenOf(view, size);
  const x = new Uint32Array(bins * shades);
  const y = new Uint32Array(bins * shades);
  const [perX, perY] = [bins / (x1 - x0), bins / (y1 - y0)];
  const runs = points.runs(x0, y0, x1, y1);
  for (let r = 0; r < runs.length; r += 2)
    for (let i = runs[r]; i < runs[r + 1]; ++i) {
      if (codes[i] === absent) continue;
      const column = Math.floor((points.xs[i] - x0) * perX);
      const row = Math.floor((points.ys[i] - y0) * perY);
      if (column < 0 || row < 0 || column >= bins || row >= bins) continue;
      ++x[column * shades + codes[i]];
      ++y[row * shades + codes[i]];
    }
  return { bins, x, y };
}

interface Props {
  counts: Uint32Array;
  bins: number;
  colors: Colors;
  along: "x" | "y";
}

/** Stacked bars, with the selected points at the bottom. */
export function Margin({ counts, bins, colors, along }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const node = canvas.current;
    if (!node) return;
    const draw = (): void => drawBars(node, counts, bins, colors, along);
    draw();
    const observer = new ResizeObserver(draw);
    observer.observe(node);
    return () => observer.disconnect();
  }, [counts, colors]);
  return <canvas ref={canvas} class={`margin margin-${along}`} aria-hidden="true" />;
}

function drawBars(
  canvas: HTMLCanvasElement,
  counts: Uint32Array,
  bins: number,
  { palette }: Colors,
  along: "x" | "y",
): void {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth, clientHeight } = canvas;
  canvas.width = Math.round(clientWidth * ratio);
  canvas.height = Math.round(clientHeight * ratio);
  const context = canvas.getContext("2d");
  if (!context) return;
  context.scale(ratio, ratio);
  const [long, high] = along === "x" ? [clientWidth, clientHeight] : [clientHeight, clientWidth];
  let most = 1;
  for (let bin = 0; bin < bins; ++bin) {
    let sum = 0;
    for (let shade = 0; shade < absent; ++shade) sum += counts[bin * shades + shade];
    most = Math.max(most, sum);
  }
  const unit = (high - 4) / most;
  const step = long / bins;
  for (let bin = 0; bin < bins; ++bin) {
    let base = 0;
    for (let shade = 0; shade < absent; ++shade) {
      const number = counts[bin * shades + shade];
      if (!number) continue;
      const [r, g, b] = palette.subarray(3 * shade, 3 * shade + 3);
      context.globalAlpha = shade === faint ? 0.35 : 1;
      context.fillStyle = shade === faint ? cssColor("var(--none)") : `rgb(${r} ${g} ${b})`;
      const [from, length] = [base * unit, number * unit];
      if (along === "x") context.fillRect(bin * step, high - from - length, step - 0.5, length);
      else context.fillRect(from, long - (bin + 1) * step, length, step - 0.5);
      base += number;
    }
  }
}
