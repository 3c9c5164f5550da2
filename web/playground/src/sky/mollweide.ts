// Mollweide's map as the server draws it: a sphere of radius 1, north up, longitude to the left.
import { geoMollweideRaw } from "d3-geo-projection";
import type { Point } from "../points/view.js";

export const halfWidth = 2 * Math.SQRT2;
export const halfHeight = Math.SQRT2;

const radians = Math.PI / 180;

/** The place of a position in degrees; longitudes of any turn. */
export function mollweide(lon: number, lat: number): Point {
  const turned = ((((lon + 180) % 360) + 360) % 360) - 180;
  const [x, y] = geoMollweideRaw(turned * radians, lat * radians);
  return [-x, y];
}

/** Longitude 0…360 and latitude of a place on the map; null outside of it. */
export function unmollweide(x: number, y: number): Point | null {
  if ((x / halfWidth) ** 2 + (y / halfHeight) ** 2 > 1) return null;
  const [lambda, phi] = geoMollweideRaw.invert(-x, y);
  return [(lambda / radians + 360) % 360, phi / radians];
}

/** How the map is drawn out at a place: `stretch` times as wide and as flat as the sky is, and leaning
 *  `lean` to the right for a unit up. */
export function slopes(x: number, y: number): { stretch: number; lean: number } {
  const sine = Math.max(-0.99999, Math.min(0.99999, y / halfHeight));
  const cosine = Math.sqrt(1 - sine * sine);
  const latitude = Math.asin((2 * Math.asin(sine) + 2 * sine * cosine) / Math.PI);
  const stretch = (2 * Math.SQRT2 * cosine) / (Math.PI * Math.max(1e-3, Math.cos(latitude)));
  // A meridian is x = c cos θ, y = √2 sin θ.
  return { stretch, lean: (-x * sine) / (cosine * cosine * halfHeight) };
}
