// The language of conditions in stilts and TOPCAT (STIL, JEL). A null number ends the evaluation of
// the whole expression: columns that can be null are guarded by NULL_…, which && asks first.
import type { Column } from "../api.js";
import { Untranslatable, type Dialect } from "./translator.js";

const words = new Set(
  ("abstract boolean break byte case catch char class const continue default do double else " +
    "extends final finally float for goto if implements import instanceof int interface long " +
    "native new null package private protected public return short static super switch " +
    "synchronized this throw throws transient true false try void volatile while").split(" "),
);

const literal = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;
const same = new Map(
  ("abs sqrt exp ln log10 sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh".split(
    " ",
  )).map((name) => [name, name]),
);

/** `columns`: those of the table, in its order: names that are no words are numbers. */
export function stil(columns: Column[]): Dialect {
  const name = (column: Column): string => {
    const own = column.table_name ?? column.name;
    return /^[A-Za-z_]\w*$/.test(own) && !words.has(own) ? own : `$${columns.indexOf(column) + 1}`;
  };
  const number = (text: string): string => (/^\d+$/.test(text) ? `${text}.0` : text);
  const listed = (parts: string[], by: string): string =>
    parts.length > 1 ? `(${parts.join(by)})` : parts[0];
  const isMissing = (column: Column): string => `NULL_${name(column)}`;
  const and = (parts: string[]): string => listed(parts, " && ");
  const or = (parts: string[]): string => listed(parts, " || ");
  return {
    and,
    or,
    not: (condition) => `!(${condition})`,
    choose: (condition, yes, no) => `(${condition} ? ${yes} : ${no})`,
    missing: "(0.0 / 0.0)",
    number,
    constant: (one) => (one === "_pi" ? "PI" : "E"),
    // Otherwise, a quotient of whole numbers would be one.
    column: (column) => (column.type === "integer" ? `(1.0 * ${name(column)})` : name(column)),
    guard: (column) => (column.type === "integer" ? `!${isMissing(column)}` : null),
    negative: (value) => `(-${value})`,
    arithmetic: (op, left, right) =>
      op === "^" ? `pow(${left}, ${right})` : `(${left} ${op} ${right})`,
    compare: (op, left, right) => `${left} ${op} ${right}`,
    isMissing,
    isNaN: (value) => `!(${value} <= 0 || ${value} >= 0)`,
    call: (called, args) => {
      if (same.has(called)) return `${called}(${args.join(", ")})`;
      switch (called) {
        case "log2":
          return `(ln(${args[0]}) / ln(2.0))`;
        case "sign":
          return `(${args[0]} > 0 ? 1.0 : ${args[0]} < 0 ? -1.0 : 0.0 * ${args[0]})`;
        case "sum":
          return `(${args.join(" + ")})`;
        case "avg":
          return `((${args.join(" + ")}) / ${args.length}.0)`;
        case "min":
        case "max":
          return args.reduce((left, right) => `${called}(${left}, ${right})`);
        default:
          return null;
      }
    },
    bit: (value, bit) => `(1.0 * ((((long) ${value}) >> ${bit}) & 1))`,
    isOneOf: (column, texts, ignoreCase) =>
      or(
        texts.map((text) =>
          ignoreCase
            ? `equals(toLowerCase(${name(column)}), ${literal(text.toLowerCase())})`
            : `equals(${name(column)}, ${literal(text)})`,
        ),
      ),
    startsWith: (column, text) =>
      `startsWith(toLowerCase(${name(column)}), ${literal(text.toLowerCase())})`,
    hasWord: (column, word) => {
      const exact = word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      return `matches(${name(column)}, ${literal(`(^|[ |])${exact}([ |]|$)`)})`;
    },
    within: (ra, dec, positions, degrees) =>
      or(
        positions.map(
          ([at, up]) =>
            `skyDistanceDegrees(${name(ra)}, ${name(dec)}, ${at}, ${up}) <= ${degrees}`,
        ),
      ),
    isInside: (x, y, corners) => `isInside(${[x, y, ...corners].join(", ")})`,
    isInsideOnSky: () => {
      throw new Untranslatable("it has no polygons on the map of the sky");
    },
  };
}
