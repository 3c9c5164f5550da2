// The Mollweide map that the server uses: sphere of radius 1, north up, longitude increasing to the
// left.
import { geoMollweideRaw } from "d3-geo-projection";
import type { Point } from "../points/view.js";

export const halfWidth = 2 * Math.SQRT2;
export const halfHeight = Math.SQRT2;

const radians = Math.PI / 180;

/** Projects a position in degrees; longitudes may be outside of 0…360. */
export function mollweide(lon: number, lat: number): Point {
  const turned = ((((lon + 180) % 360) + 360) % 360) - 180;
  const [x, y] = geoMollweideRaw(turned * radians, lat * radians);
  return [-x, y];
}

/** Longitude 0…360 and latitude of a point on the map; null outside of it. */
export function unmollweide(x: number, y: number): Point | null {
  if ((x / halfWidth) ** 2 + (y / halfHeight) ** 2 > 1) return null;
  const [lambda, phi] = geoMollweideRaw.invert(-x, y);
  return [(lambda / radians + 360) % 360, phi / radians];
}

/** The distortion of the map at a point: `stretch` times wider and flatter than the sky, and
 *  sheared by `lean` to the right per unit up. */
export function slopes(x: number, y: number): { stretch: number; lean: number } {
  const sine = Math.max(-0.99999, Math.min(0.99999, y / halfHeight));
  const cosine = Math.sqrt(1 - sine * sine);
  const latitude = Math.asin((2 * Math.asin(sine) + 2 * sine * cosine) / Math.PI);
  const stretch = (2 * Math.SQRT2 * cosine) / (Math.PI * Math.max(1e-3, Math.cos(latitude)));
  // A meridian is x = c cos θ, y = √2 sin θ.
  return { stretch, lean: (-x * sine) / (cosine * cosine * halfHeight) };
}
