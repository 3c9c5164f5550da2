// Converts a lasso to text for the server, with few vertices.
import type { Point } from "./view.js";

/** Removes vertices while staying within `tolerance` of the line (Douglas and Peucker). */
function simplified(line: Point[], tolerance: number): Point[] {
  if (line.length < 3) return line;
  const [ax, ay] = line[0];
  const [bx, by] = line[line.length - 1];
  const length = Math.hypot(bx - ax, by - ay);
  let most = 0;
  let at = 0;
  for (let i = 1; i < line.length - 1; ++i) {
    const [x, y] = line[i];
    const distance = length
      ? Math.abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length
      : Math.hypot(x - ax, y - ay);
    if (distance > most) {
      most = distance;
      at = i;
    }
  }
  if (most <= tolerance) return [line[0], line[line.length - 1]];
  return [
    ...simplified(line.slice(0, at + 1), tolerance).slice(0, -1),
    ...simplified(line.slice(at), tolerance),
  ];
}

/** The vertices as "x1,y1,x2,y2,…", accurate to a pixel, with `sx` and `sy` pixels per unit; null
 *  if the line encloses nothing. */
export function lassoText(vertices: Point[], sx: number, sy: number): string | null {
  const digits = (scale: number): number => Math.max(0, Math.ceil(Math.log10(scale)) + 1);
  const [dx, dy] = [digits(sx), digits(sy)];
  const onScreen = vertices.map(([x, y]): Point => [x * sx, y * sy]);
  const corners = simplified(onScreen, 1);
  const [first, last] = [corners[0], corners[corners.length - 1]];
  const isClosed = Math.hypot(first[0] - last[0], first[1] - last[1]) < 4; // back at its start
  if (corners.length < (isClosed ? 4 : 3)) return null;
  return corners
    .map(
      ([x, y]) =>
        `${Number((x / sx).toFixed(Math.min(20, dx)))},${Number((y / sy).toFixed(Math.min(20, dy)))}`,
    )
    .join(",");
}

export function verticesOf(numbers: number[]): Point[] {
  const result: Point[] = [];
  for (let i = 0; i + 1 < numbers.length; i += 2) result.push([numbers[i], numbers[i + 1]]);
  return result;
}
