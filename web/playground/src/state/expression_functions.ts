// The functions of expressions, as docs/recipes.md lists them, and those of conditions on sources.
import type { Node } from "./expression_parser.js";

export interface FunctionEntry {
  name: string;
  args: string;
  meaning: string;
  least: number; // arguments
  most: number;
  texts?: boolean; // whether arguments may be texts
  fits?: (args: Node[]) => boolean;
}

const of = (args: string, least: number, most: number, entries: Record<string, string>) =>
  Object.entries(entries).map(
    ([name, meaning]): FunctionEntry => ({ name, args, meaning, least, most }),
  );

const isText = (node: Node): boolean => node.kind === "text";
const isName = (node: Node): boolean => node.kind === "text" || node.kind === "column";
const several = 32;
const mostCorners = 2000;

/** Those of positions, names and probabilities, which only conditions on sources have. */
const ofSources: FunctionEntry[] = [
  {
    name: "P",
    args: "group or class",
    meaning: "probability of a group, or else of a class",
    least: 1,
    most: 1,
    texts: true,
    fits: ([name]) => isName(name),
  },
  {
    name: "contains",
    args: "column, 'word'",
    meaning: "whether a list of words contains this one",
    least: 2,
    most: 2,
    texts: true,
    fits: ([column, word]) => column.kind === "column" && isText(word),
  },
  {
    name: "starts",
    args: "column, 'text'",
    meaning: "whether a text begins with this one",
    least: 2,
    most: 2,
    texts: true,
    fits: ([column, text]) => column.kind === "column" && isText(text),
  },
  {
    name: "named",
    args: "'name', …",
    meaning: "sources of these names",
    least: 1,
    most: Infinity,
    texts: true,
    fits: (args) => args.every(isText),
  },
  {
    name: "cone",
    args: "ra, dec, radius",
    meaning: "within a radius of a position, all in degrees",
    least: 3,
    most: 3,
  },
  {
    name: "near",
    args: "radius, ra, dec, …",
    meaning: "within a radius in arcsec of any of these positions in degrees",
    least: 3,
    most: Infinity,
    fits: (args) => args.length % 2 === 1,
  },
  {
    name: "sky",
    args: "'galactic' or 'equatorial', x, y, x, y, x, y, …",
    meaning: "position inside a polygon on the map of the sky",
    least: 7,
    most: 2 * mostCorners + 1,
    texts: true,
    fits: ([frame, ...corners]) =>
      frame.kind === "text" &&
      /^(galactic|equatorial)$/.test(frame.value) &&
      corners.length % 2 === 0 &&
      !corners.some(isText),
  },
  {
    name: "inside",
    args: "x, y, x1, y1, x2, y2, x3, y3, …",
    meaning: "the point of two values lies inside a polygon",
    least: 8,
    most: 2 * mostCorners + 2,
    fits: (args) => args.length % 2 === 0,
  },
  {
    name: "holds",
    args: "condition",
    meaning: "1 where a condition holds, 0 where it does not or is missing",
    least: 1,
    most: 1,
  },
];

export const functions: FunctionEntry[] = [
  ...ofSources,
  ...of("x", 1, 1, {
    missing: "1 if x is missing, otherwise 0",
    isnan: "the same as missing",
    abs: "absolute value",
    sign: "-1, 0 or 1",
    rint: "nearest whole number",
    sqrt: "square root",
    exp: "e to the power of x",
    ln: "natural logarithm",
    log10: "logarithm to the base of 10",
    log2: "logarithm to the base of 2",
    sin: "sine of x radians",
    cos: "cosine of x radians",
    tan: "tangent of x radians",
    asin: "arcsine, in radians",
    acos: "arccosine, in radians",
    atan: "arctangent, in radians",
    sinh: "hyperbolic sine",
    cosh: "hyperbolic cosine",
    tanh: "hyperbolic tangent",
    asinh: "inverse hyperbolic sine",
    acosh: "inverse hyperbolic cosine",
    atanh: "inverse hyperbolic tangent",
  }),
  ...of("x, …", 1, several, {
    min: "the smallest",
    max: "the largest",
    sum: "the sum",
    avg: "the mean",
  }),
  ...of("y, x", 2, 2, { atan2: "angle of the point (x, y), in radians" }),
  ...of("flags, n", 2, 2, { bit: "bit n of a whole number, 1 or 0; the lowest is bit 0" }),
  ...of("ra, dec", 2, 2, {
    galactic_longitude: "Galactic longitude, all in degrees, ICRS",
    galactic_latitude: "Galactic latitude, all in degrees, ICRS",
  }),
];

export const functionOf = (name: string): FunctionEntry | undefined =>
  functions.find((one) => one.name === name);

/** Words that are no columns unless they stand in double quotes. */
export const reserved = new Set(["and", "or", "not", "in"]);
