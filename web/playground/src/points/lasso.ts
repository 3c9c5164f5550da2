// What a drag marks, and a lasso as text for the server, with few vertices.
import type { Tool } from "../state/tool.js";
import type { Point } from "./view.js";

const corners = 64; // of a circle

/** The outline that a drag along a path makes: a lasso is the path, a box has its ends as corners, a
 *  circle has its beginning in the middle. */
export function outlineOf(tool: Tool, path: Point[]): Point[] {
  const [[x0, y0], [x1, y1]] = [path[0], path[path.length - 1]];
  if (tool === "box")
    return [
      [x0, y0],
      [x1, y0],
      [x1, y1],
      [x0, y1],
    ];
  if (tool !== "circle") return path;
  const radius = Math.hypot(x1 - x0, y1 - y0);
  return Array.from({ length: corners }, (_, i): Point => {
    const angle = (2 * Math.PI * i) / corners;
    return [x0 + radius * Math.cos(angle), y0 + radius * Math.sin(angle)];
  });
}

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
