// Draws points into pixels. Each point adds its colour and a weight of 1 to the pixels that it
// covers; a pixel shows the mean colour, with an opacity that grows with the logarithm of the
// weight. If there are many points, each covers one pixel; if there are few, they are dots, in the
// shape of their shade.
// This uses plain arrays and no graphics card, so that a browser without one, as in a remote
// desktop, also draws a million points in a few milliseconds.
import type { PointSet } from "./point_set.js";
import { faint, type Shades } from "./shades.js";
import { stampsOf, subpixels, type Stamps } from "./stamps.js";
import type { View } from "./view.js";
import type { Shape } from "../../../common/shapes.js";

export interface Colors {
  /** Red, green and blue of each shade, 0…255. */
  palette: Float32Array;
  shapes: Shape[]; // of each shade, and of faint
  faint: [number, number, number];
}

export interface Drawn {
  image: ImageData;
  points: number; // that were visited
}

/** Converts plane coordinates to pixels; (x0, y1) is the top left corner. */
interface Placing {
  x0: number;
  y1: number;
  sx: number;
  sy: number;
  kx: number; // pixels to the right per unit up
}

function placing(view: View, width: number, height: number, ratio: number): Placing {
  const sx = view.sx * ratio;
  const sy = view.sy * ratio;
  const up = height / 2 / sy;
  return { x0: view.x - width / 2 / sx - view.k * up, y1: view.y + up, sx, sy, kx: view.k * sx };
}

/** The points with a shade from `from` to `to`. */
interface Which {
  of: Uint8Array;
  from: number;
  to: number;
}

/** Limits for the pixels that all dots together may cover, so that few dots are large and many are
 *  small. */
export const quickly = 2_500_000;
export const finely = 20_000_000;
const largestRadius = 3.4;
const leastRadius = 0.75; // pixels; smaller points are drawn as one pixel
const farthest = 1.6 * largestRadius; // that a dot reaches: the corners of a triangle
const sampled = 13; // one pixel in this many is sampled for the coverage

/** The radius of dots in CSS pixels if this number of them is in view on this area. */
export function radiusFor(points: number, area: number, most = quickly): number {
  if (points === 0) return largestRadius;
  const byWork = (Math.sqrt(most / points) - 3) / 2;
  const byRoom = 0.3 * Math.sqrt(area / points) + 0.35;
  return Math.min(largestRadius, byWork, byRoom);
}

export class Raster {
  private weights = new Float32Array(0);
  private colors = new Float32Array(0); // sums of red, green, blue
  private others = new Float32Array(0); // weights of points that are not selected
  private image: ImageData | null = null;
  private readonly alphas = new Uint8Array(4096);

  /** Draws the points in view into `width` by `height` pixels, with `ratio` of them per pixel of
   *  the view. Only every `stride`-th point is drawn; `work` limits the pixels that all dots may
   *  cover. */
  draw(
    points: PointSet,
    shades: Shades,
    colors: Colors,
    view: View,
    width: number,
    height: number,
    ratio: number,
    stride = 1,
    work = quickly,
  ): Drawn {
    this.resize(width, height);
    const image = this.image as ImageData;
    const margin = (farthest + 1) * ratio;
    const place = placing(view, width, height, ratio);
    const [dx, dy] = [(width / 2 + margin) / place.sx, (height / 2 + margin) / place.sy];
    const wide = dx + Math.abs(view.k) * dy;
    const runs = points.runs(view.x - wide, view.y - dy, view.x + wide, view.y + dy);
    let count = 0;
    for (let r = 0; r < runs.length; r += 2) count += runs[r + 1] - runs[r];
    const radius = (points: number): number =>
      radiusFor(points, (width * height) / ratio ** 2, work) * ratio;
    const add = (size: number, from: number, to: number): void => {
      const which = { of: shades.of, from, to };
      if (size < leastRadius) this.addPixels(points, which, colors, runs, place, stride);
      else this.addDots(points, which, colors, runs, place, stride, size);
    };
    // The fewer points are selected, the larger they are.
    const selected = radius((count * shades.selected) / Math.max(1, points.size));
    if (selected < leastRadius) add(selected, 0, faint);
    else {
      const others = Math.min(radius(count), 0.7 * selected);
      if (shades.selected < points.size) add(others, faint, faint);
      add(selected, 0, faint - 1);
    }
    this.resolve(new Uint32Array(image.data.buffer), colors.faint);
    return { image, points: count };
  }

  private resize(width: number, height: number): void {
    if (this.image?.width === width && this.image.height === height) return;
    this.image = new ImageData(width, height);
    this.weights = new Float32Array(width * height);
    this.colors = new Float32Array(3 * width * height);
    this.others = new Float32Array(width * height);
  }

  private addPixels(
    points: PointSet,
    { of: shades, from, to }: Which,
    { palette }: Colors,
    runs: number[],
    { x0, y1, sx, sy, kx }: Placing,
    stride: number,
  ): void {
    const { xs, ys } = points;
    const { weights, colors, others } = this;
    const { width, height } = this.image as ImageData;
    for (let r = 0; r < runs.length; r += 2)
      for (let i = runs[r], end = runs[r + 1]; i < end; i += stride) {
        const shade = shades[i];
        if (shade < from || shade > to) continue;
        const up = y1 - ys[i];
        const x = (xs[i] - x0) * sx - up * kx;
        const y = up * sy;
        if (!(x >= 0 && y >= 0 && x < width && y < height)) continue;
        const at = (y | 0) * width + (x | 0);
        if (shade === faint) {
          others[at] += stride;
          continue;
        }
        weights[at] += stride;
        const k = 3 * at;
        const p = 3 * shade;
        colors[k] += stride * palette[p];
        colors[k + 1] += stride * palette[p + 1];
        colors[k + 2] += stride * palette[p + 2];
      }
  }

  private addDots(
    points: PointSet,
    { of: shades, from, to }: Which,
    { palette, shapes }: Colors,
    runs: number[],
    { x0, y1, sx, sy, kx }: Placing,
    stride: number,
    radius: number,
  ): void {
    const { xs, ys } = points;
    const { weights, colors, others } = this;
    const { width, height } = this.image as ImageData;
    const stamps = shapes.map((shape) => stampsOf(shape, radius));
    for (let r = 0; r < runs.length; r += 2)
      for (let i = runs[r], end = runs[r + 1]; i < end; i += stride) {
        const shade = shades[i];
        if (shade < from || shade > to) continue;
        const up = y1 - ys[i];
        const x = (xs[i] - x0) * sx - up * kx;
        const y = up * sy;
        const { side, reach, stamp }: Stamps = stamps[shade];
        const left = Math.floor(x);
        const top = Math.floor(y);
        if (left < -reach || top < -reach || left >= width + reach || top >= height + reach)
          continue;
        const part =
          Math.floor((y - top) * subpixels) * subpixels + Math.floor((x - left) * subpixels);
        let place = part * side * side;
        const red = palette[3 * shade];
        const green = palette[3 * shade + 1];
        const blue = palette[3 * shade + 2];
        for (let row = top - reach; row <= top + reach; ++row) {
          if (row < 0 || row >= height) {
            place += side;
            continue;
          }
          for (let column = left - reach; column <= left + reach; ++column, ++place) {
            const weight = stamp[place];
            if (weight === 0 || column < 0 || column >= width) continue;
            const at = row * width + column;
            if (shade === faint) {
              others[at] += weight;
              continue;
            }
            weights[at] += weight;
            colors[3 * at] += weight * red;
            colors[3 * at + 1] += weight * green;
            colors[3 * at + 2] += weight * blue;
          }
        }
      }
  }

  /** Converts weights and sums to pixels and resets them to zero. */
  private resolve(pixels: Uint32Array, [red, green, blue]: [number, number, number]): void {
    const { weights, colors, others, alphas } = this;
    let covered = 0;
    let sum = 0;
    let low = 0;
    for (let i = 0; i < weights.length; i += sampled) {
      const weight = weights[i] + others[i];
      if (weight > 0) {
        ++covered;
        sum += weight;
        low += Math.min(weight, 3); // a few crowded pixels must not make the others dim
      }
    }
    if (covered) setAlphas(alphas, Math.max(1, sum / covered), Math.max(1, low / covered));
    const grey = (blue << 16) | (green << 8) | red;
    const last = alphas.length - 1;
    for (let i = 0; i < weights.length; ++i) {
      const weight = weights[i];
      const other = others[i];
      if (weight === 0) {
        if (other === 0) {
          pixels[i] = 0;
          continue;
        }
        others[i] = 0;
        const alpha = alphas[Math.min(last, other * 8) | 0] * 0.3;
        pixels[i] = (alpha << 24) | grey;
        continue;
      }
      weights[i] = 0;
      const k = 3 * i;
      const part = 1 / weight;
      let r = colors[k] * part;
      let g = colors[k + 1] * part;
      let b = colors[k + 2] * part;
      colors[k] = colors[k + 1] = colors[k + 2] = 0;
      let alpha = alphas[Math.min(last, weight * 8) | 0];
      if (other !== 0) {
        others[i] = 0;
        const below = (alphas[Math.min(last, other * 8) | 0] * 0.3 * (255 - alpha)) / 255;
        const total = alpha + below;
        r = (r * alpha + red * below) / total;
        g = (g * alpha + green * below) / total;
        b = (b * alpha + blue * below) / total;
        alpha = total;
      }
      pixels[i] = (alpha << 24) | (b << 16) | (g << 8) | r;
    }
  }
}

/** Opacities, 0…255, in steps of an eighth of a weight. `mean` is the mean weight of covered
 *  pixels; for `usual`, weights above 3 count as 3. */
function setAlphas(alphas: Uint8Array, mean: number, usual: number): void {
  const least = 0.35 + 0.57 / usual;
  const range = Math.log(1 + 10 * mean);
  for (let i = 0; i < alphas.length; ++i) {
    const weight = (i + 0.5) / 8;
    const opacity =
      weight < 1 ? least * weight : least + (1 - least) * Math.min(1, Math.log(weight) / range);
    alphas[i] = Math.round(255 * opacity);
  }
}
