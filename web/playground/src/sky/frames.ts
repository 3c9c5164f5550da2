// Converts between equatorial (ICRS) and Galactic coordinates, in degrees.
import type { Frame } from "../api.js";
import type { Point } from "../points/view.js";

const radians = Math.PI / 180;
// Rows: the axes of the Galactic frame (Hipparcos catalogue, vol. 1, eq. 1.5.11).
const rotation = [
  [-0.0548755604162154, -0.873437090234885, -0.4838350155487132],
  [0.4941094278755837, -0.4448296299600112, 0.7469822444972189],
  [-0.8676661490190047, -0.1980763734312015, 0.4559837761750669],
];

function turned(lon: number, lat: number, along: (axis: number, v: number[]) => number): Point {
  const c = Math.cos(lat * radians);
  const v = [c * Math.cos(lon * radians), c * Math.sin(lon * radians), Math.sin(lat * radians)];
  const [x, y, z] = [along(0, v), along(1, v), along(2, v)];
  return [(Math.atan2(y, x) / radians + 360) % 360, Math.atan2(z, Math.hypot(x, y)) / radians];
}

export const toGalactic = (ra: number, dec: number): Point =>
  turned(ra, dec, (i, v) => rotation[i][0] * v[0] + rotation[i][1] * v[1] + rotation[i][2] * v[2]);

export const toEquatorial = (l: number, b: number): Point =>
  turned(l, b, (i, v) => rotation[0][i] * v[0] + rotation[1][i] * v[1] + rotation[2][i] * v[2]);

/** Converts an ICRS position to the coordinates of a map. */
export const inFrame = (frame: Frame, ra: number, dec: number): Point =>
  frame === "galactic" ? toGalactic(ra, dec) : [ra, dec];

export const fromFrame = (frame: Frame, lon: number, lat: number): Point =>
  frame === "galactic" ? toEquatorial(lon, lat) : [lon, lat];
