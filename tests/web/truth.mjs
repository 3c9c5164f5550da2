// What the pages should show, computed here from the whole table of the catalog and from the input
// of the run.
import { readFileSync } from "node:fs";

const radians = Math.PI / 180;

/** The rows of a CSV table as objects: numbers, text, or null for empty cells. */
export function rowsOf(csv) {
  const records = [];
  let record = [""];
  let quoted = false;
  for (let i = 0; i < csv.length; ++i) {
    const c = csv[i];
    if (quoted) {
      if (c !== '"') record[record.length - 1] += c;
      else if (csv[i + 1] === '"') record[record.length - 1] += csv[++i];
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ",") record.push("");
    else if (c === "\n") {
      records.push(record);
      record = [""];
    } else if (c !== "\r") record[record.length - 1] += c;
  }
  if (record.length > 1 || record[0]) records.push(record);
  const [header, ...rows] = records;
  const value = (text) => (text === "" ? null : Number.isNaN(Number(text)) ? text : Number(text));
  return rows.map((row) => Object.fromEntries(header.map((name, i) => [name, value(row[i])])));
}
export const rowsIn = (file) => rowsOf(readFileSync(file, "utf8"));

/** The column of our tables with the probability of a class. */
export const columnOf = (name) =>
  `p_${name.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "")}`;

/** All sources of a catalog, their columns called as on the pages. */
export async function sourcesOf(served) {
  const ask = (path) => fetch(`${served.url}${path}`);
  const { columns } = await (await ask("/api/catalog")).json();
  const rows = rowsOf(await (await ask("/api/download?format=csv")).text());
  const pairs = columns.map(({ name, table_name }) => [name, table_name]);
  return rows.map((row) => Object.fromEntries(pairs.map(([name, of]) => [name, row[of]])));
}

/** The separation of two positions in degrees. */
export function separation(a, b) {
  const [dLat, dLon] = [(b.dec - a.dec) * radians, (b.ra - a.ra) * radians];
  const h =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(a.dec * radians) * Math.cos(b.dec * radians) * Math.sin(dLon / 2) ** 2;
  return (2 * Math.asin(Math.min(1, Math.sqrt(h)))) / radians;
}

/** Galactic coordinates, computed from the pole and the node that define them. */
export function galactic({ ra, dec }) {
  const [poleRa, poleDec, node] = [192.85948 * radians, 27.12825 * radians, 122.93192 * radians];
  const [a, d] = [ra * radians - poleRa, dec * radians];
  const b = Math.asin(
    Math.sin(poleDec) * Math.sin(d) + Math.cos(poleDec) * Math.cos(d) * Math.cos(a),
  );
  const l =
    node -
    Math.atan2(
      Math.cos(d) * Math.sin(a),
      Math.cos(poleDec) * Math.sin(d) - Math.sin(poleDec) * Math.cos(d) * Math.cos(a),
    );
  return [l / radians, b / radians];
}

/** Mollweide's map, with longitude increasing to the left and zero in the middle. */
export function mollweide([lon, lat]) {
  const phi = lat * radians;
  let theta = phi;
  for (let i = 0; i < 50; ++i) {
    const slope = 2 + 2 * Math.cos(2 * theta);
    if (slope < 1e-12) break;
    theta -= (2 * theta + Math.sin(2 * theta) - Math.PI * Math.sin(phi)) / slope;
  }
  const west = ((((lon + 180) % 360) + 360) % 360) - 180;
  return [
    ((-2 * Math.SQRT2) / Math.PI) * west * radians * Math.cos(theta),
    Math.SQRT2 * Math.sin(theta),
  ];
}

/** Whether a point is inside of the polygon "x,y,x,y,…". */
export function inside([x, y], text) {
  const numbers = text.split(",").map(Number);
  let within = false;
  for (let i = 0, j = numbers.length - 2; i < numbers.length; j = i, i += 2) {
    const [ax, ay, bx, by] = [numbers[i], numbers[i + 1], numbers[j], numbers[j + 1]];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
  }
  return within;
}
