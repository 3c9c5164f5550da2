// A list of names or positions, one to a line, as an expression.
import { textLiteral } from "./expression.js";

export interface Listed {
  names: string[];
  positions: [number, number][]; // right ascension and declination in degrees
}

const sexagesimal =
  /^(\d{1,2})[h:\s]+(\d{1,2})[m:\s]+(\d{1,2}(?:\.\d*)?)s?[\s,;]+([+\-−]?)(\d{1,2})[d°:\s]+(\d{1,2})['′m:\s]+(\d{1,2}(?:\.\d*)?)["″s]?$/;
const decimal = /^([+-]?\d+(?:\.\d*)?)[\s,;]+([+\-−]?\d+(?:\.\d*)?)$/;

function positionOf(line: string): [number, number] | null {
  const degrees = line.match(decimal);
  if (degrees) {
    const [ra, dec] = [Number(degrees[1]), Number(degrees[2].replace("−", "-"))];
    return ra >= 0 && ra < 360 && Math.abs(dec) <= 90 ? [ra, dec] : null;
  }
  const parts = line.match(sexagesimal);
  if (!parts) return null;
  const [, h, m, s, sign, d, minutes, seconds] = parts;
  const ra = 15 * (Number(h) + Number(m) / 60 + Number(s) / 3600);
  const dec = Number(d) + Number(minutes) / 60 + Number(seconds) / 3600;
  if (ra >= 360 || dec > 90) return null;
  return [Number(ra.toFixed(7)), Number(((sign && sign !== "+" ? -1 : 1) * dec).toFixed(7))];
}

/** Reads lines; blank ones and those that begin with # are skipped. Whatever is no position is a
 *  name. */
export function readList(text: string): Listed {
  const result: Listed = { names: [], positions: [] };
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim().replace(/^"(.*)"$/, "$1");
    if (!line || line.startsWith("#")) continue;
    const position = positionOf(line);
    if (position) result.positions.push(position);
    else result.names.push(line);
  }
  return result;
}

/** "" for an empty list. `radius`: around positions, in arcsec. */
export function listExpression({ names, positions }: Listed, radius: number): string {
  const parts: string[] = [];
  if (names.length) parts.push(`named(${names.map(textLiteral).join(", ")})`);
  if (positions.length) parts.push(`near(${[radius, ...positions.flat()].join(", ")})`);
  return parts.join(" or ");
}
