// The view of the map: the default view, its limits, and its text in the address (ICRS position of
// the centre and width in degrees, valid in both frames).
import type { Frame } from "../api.js";
import { scaleOf, type Size, type View } from "../points/view.js";
import { fromFrame, inFrame } from "./frames.js";
import { halfHeight, halfWidth, mollweide, slopes, unmollweide } from "./mollweide.js";

const perUnit = 180 / Math.PI; // degrees; the map preserves areas
/** Positions on the map are 32-bit floats, accurate to about 0.1 arcsec; zooming further is
 *  pointless. */
const nearest = 4e6; // pixels per unit: 0.05 arcsec per pixel

export function wholeSky({ width, height }: Size): View {
  const edge = width > 600 ? 76 : 12; // room for the latitude labels
  const tools = 130; // room above and below the map, together
  const scale = Math.min((width - edge) / (2 * halfWidth), (height - tools) / (2 * halfHeight));
  const s = Math.max(20, scale);
  return { x: 0, y: 0, sx: s, sy: s, k: 0 };
}

/** A view with this centre and scale. The map is sheared more and more towards its edge; once the
 *  view is so close that the edge is out of sight, the shear is undone, so that round objects look
 *  round. */
function straightened(x: number, y: number, scale: number, size: Size): View {
  const nearer = Math.log2(scale / wholeSky(size).sx);
  const t = Math.max(0, Math.min(1, (nearer - 1) / 2.5));
  const part = t * t * (3 - 2 * t);
  if (part === 0) return { x, y, sx: scale, sy: scale, k: 0 };
  const { stretch, lean } = slopes(x, y);
  const by = stretch ** part;
  return { x, y, sx: scale / by, sy: scale * by, k: -lean * part };
}

export function limited(view: View, size: Size): View {
  const least = 0.7 * wholeSky(size).sx;
  const scale = Math.min(nearest, Math.max(least, scaleOf(view)));
  // Keep the centre on the map.
  const far = Math.hypot(view.x / halfWidth, view.y / halfHeight);
  const back = far > 0.9999 ? 0.9999 / far : 1;
  return straightened(view.x * back, view.y * back, scale, size);
}

export const widthOf = (view: View, size: Size): number => (size.width / scaleOf(view)) * perUnit;

export function viewAt(frame: Frame, ra: number, dec: number, width: number, size: Size): View {
  const [x, y] = mollweide(...inFrame(frame, ra, dec));
  const s = (size.width / width) * perUnit;
  return limited({ x, y, sx: s, sy: s, k: 0 }, size);
}

/** ICRS position of the centre. */
export function middleOf(frame: Frame, view: View): [number, number] | null {
  const place = unmollweide(view.x, view.y);
  return place && fromFrame(frame, ...place);
}

export function viewText(frame: Frame, view: View, size: Size): string | null {
  const whole = wholeSky(size);
  if (Math.abs(scaleOf(view) / whole.sx - 1) < 1e-6 && Math.hypot(view.x, view.y) * whole.sx < 0.5)
    return null;
  const middle = middleOf(frame, view);
  if (!middle) return null;
  const width = widthOf(view, size);
  const digits = Math.max(2, Math.min(7, Math.ceil(3 - Math.log10(width))));
  return `${middle[0].toFixed(digits)},${middle[1].toFixed(digits)},${Number(width.toPrecision(4))}`;
}

/** The numbers of "RA,DEC" or "RA,DEC,WIDTH" from the address; null if it is neither. */
export function positionOf(text: string | null): number[] | null {
  const numbers = (text ?? "").split(",").map(Number);
  const right =
    numbers.length >= 2 &&
    numbers.every(Number.isFinite) &&
    Math.abs(numbers[1]) <= 90 &&
    (numbers[2] ?? 1) > 0;
  return text && right ? numbers : null;
}
