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
