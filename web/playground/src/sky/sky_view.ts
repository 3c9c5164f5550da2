// The map's view: what is all of it, how far it may go, and how the address says it (ICRS position of
// the middle and width in degrees, so that it holds in both frames).
import type { Frame } from "../api.js";
import type { Size, View } from "../points/view.js";
import { fromFrame, inFrame } from "./frames.js";
import { halfHeight, halfWidth, mollweide, unmollweide } from "./mollweide.js";

const perUnit = 180 / Math.PI; // degrees; the map keeps areas
/** Places on the map are 32-bit numbers: good to about 0.1 arcsec, so nearer says nothing. */
const nearest = 4e6; // pixels a unit: 0.05 arcsec a pixel

export function wholeSky({ width, height }: Size): View {
  const scale = Math.min((width - 76) / (2 * halfWidth), (height - 70) / (2 * halfHeight));
  const s = Math.max(20, scale);
  return { x: 0, y: 0, sx: s, sy: s };
}

export function limited(view: View, size: Size): View {
  const least = 0.7 * wholeSky(size).sx;
  const scale = Math.min(nearest, Math.max(least, view.sx));
  // The middle stays on the map.
  const far = Math.hypot(view.x / halfWidth, view.y / halfHeight);
  const back = far > 0.9999 ? 0.9999 / far : 1;
  return { x: view.x * back, y: view.y * back, sx: scale, sy: scale };
}

export const widthOf = (view: View, size: Size): number => (size.width / view.sx) * perUnit;

export function viewAt(frame: Frame, ra: number, dec: number, width: number, size: Size): View {
  const [x, y] = mollweide(...inFrame(frame, ra, dec));
  const s = (size.width / width) * perUnit;
  return limited({ x, y, sx: s, sy: s }, size);
}

/** ICRS position of the middle. */
export function middleOf(frame: Frame, view: View): [number, number] | null {
  const place = unmollweide(view.x, view.y);
  return place && fromFrame(frame, ...place);
}

export function viewText(frame: Frame, view: View, size: Size): string | null {
  const whole = wholeSky(size);
  if (Math.abs(view.sx / whole.sx - 1) < 1e-6 && Math.hypot(view.x, view.y) * view.sx < 0.5)
    return null;
  const middle = middleOf(frame, view);
  if (!middle) return null;
  const width = widthOf(view, size);
  const digits = Math.max(2, Math.min(7, Math.ceil(3 - Math.log10(width))));
  return `${middle[0].toFixed(digits)},${middle[1].toFixed(digits)},${Number(width.toPrecision(4))}`;
}

/** "RA,DEC" or "RA,DEC,WIDTH" from an address; null where it is none. */
export function positionOf(text: string | null): number[] | null {
  const numbers = (text ?? "").split(",").map(Number);
  const right = numbers.length >= 2 && numbers.every(Number.isFinite) && Math.abs(numbers[1]) <= 90;
  return text && right ? numbers : null;
}
