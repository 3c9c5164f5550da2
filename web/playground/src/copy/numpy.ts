// Conditions in Python, on a table of astropy in the variable `sources`, with what they need.
import type { Column } from "../api.js";
import type { Dialect } from "./translator.js";

const literal = (text: string): string => JSON.stringify(text);

const helpers = {
  number: `
def number(name):
    """A column of numbers; NaN where it is missing."""
    return np.ma.filled(np.ma.asarray(sources[name], dtype=float), np.nan)
`,
  text: `
def text(name):
    """A column of texts; "" where it is missing."""
    return np.array([str(x).strip() for x in np.ma.filled(sources[name], "")], dtype=str)
`,
  within: `
def within(ra, dec, radius):
    """Whether a source is within a radius of a position, all in degrees."""
    at = SkyCoord(number("RA"), number("DEC"), unit="deg")
    return at.separation(SkyCoord(ra, dec, unit="deg")).deg <= radius
`,
  galactic: `
def galactic(ra, dec):
    """Galactic coordinates in degrees."""
    at = SkyCoord(ra, dec, unit="deg").galactic
    return at.l.deg, at.b.deg
`,
  inside: `
def inside(x, y, *corners):
    """Whether points are enclosed by a polygon, an odd number of times."""
    xs, ys = np.reshape(corners, (-1, 2)).T
    result = np.zeros(len(sources), dtype=bool)
    for x1, y1, x2, y2 in zip(xs, ys, np.roll(xs, -1), np.roll(ys, -1)):
        if y1 != y2:
            crossed = (y1 > y) != (y2 > y)
            result ^= crossed & (x < x1 + (y - y1) * (x2 - x1) / (y2 - y1))
    return result
`,
  mollweide: `
def mollweide(lon, lat):
    """Mollweide's map of positions in degrees; longitude increases to the left."""
    lon, lat = np.radians(np.where(lon > 180, lon - 360, lon)), np.radians(lat)
    low, high = np.full_like(lat, -np.pi / 2), np.full_like(lat, np.pi / 2)
    for _ in range(60):
        middle = (low + high) / 2
        is_below = 2 * middle + np.sin(2 * middle) < np.pi * np.sin(lat)
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    return -2 * np.sqrt(2) / np.pi * lon * np.cos(low), np.sqrt(2) * np.sin(low)
`,
};
type Helper = keyof typeof helpers;
const order = Object.keys(helpers) as Helper[];

const functions: Record<string, string> = {
  abs: "np.abs", sign: "np.sign", rint: "np.rint", sqrt: "np.sqrt", exp: "np.exp", ln: "np.log",
  log10: "np.log10", log2: "np.log2", sin: "np.sin", cos: "np.cos", tan: "np.tan",
  asin: "np.arcsin", acos: "np.arccos", atan: "np.arctan", atan2: "np.arctan2", sinh: "np.sinh",
  cosh: "np.cosh", tanh: "np.tanh", asinh: "np.arcsinh", acosh: "np.arccosh", atanh: "np.arctanh",
};

/** `helpers` is the Python of the functions that the expressions have used so far. */
interface Numpy extends Dialect {
  helpers: () => string;
  usesSky: () => boolean;
}

export function numpy(columns: Column[]): Numpy {
  const used = new Set<Helper>();
  const use = (name: Helper, ...more: Helper[]): string => {
    for (const one of [name, ...more]) used.add(one);
    return name;
  };
  const listed = (parts: string[], by: string): string =>
    parts.length > 1 ? `(${parts.join(by)})` : parts[0];
  const named = (column: Column): string => literal(column.table_name ?? column.name);
  const number = (column: Column): string => `${use("number")}(${named(column)})`;
  const text = (column: Column): string => `${use("text")}(${named(column)})`;
  const lower = (column: Column): string => `np.char.lower(${text(column)})`;
  const or = (parts: string[]): string => listed(parts, " | ");
  const galactic = (args: string[]): string => `${use("galactic")}(${args.join(", ")})`;
  const ofRole = (role: string): string => columns.find((one) => one.role === role)?.name ?? role;
  return {
    and: (parts) => listed(parts, " & "),
    or,
    not: (condition) => `~(${condition})`,
    choose: (condition, yes, no) => `np.where(${condition}, ${yes}, ${no})`,
    missing: "np.nan",
    number: (digits) => digits.replace(/^0+(?=\d)/, ""), // Python refuses 007
    constant: (name) => (name === "_pi" ? "np.pi" : "np.e"),
    column: number,
    guard: () => null,
    negative: (value) => `(-${value})`,
    arithmetic: (op, left, right) =>
      op === "^" ? `np.float_power(${left}, ${right})` : `(${left} ${op} ${right})`,
    compare: (op, left, right) => `(${left} ${op} ${right})`,
    isMissing: (column) =>
      column.type === "text" ? `(${text(column)} == "")` : `np.isnan(${number(column)})`,
    isNaN: (value) => `np.isnan(${value})`,
    call: (name, args) => {
      if (functions[name]) return `${functions[name]}(${args.join(", ")})`;
      switch (name) {
        case "min":
          return args.reduce((left, right) => `np.minimum(${left}, ${right})`);
        case "max":
          return args.reduce((left, right) => `np.maximum(${left}, ${right})`);
        case "sum":
          return `(${args.join(" + ")})`;
        case "avg":
          return `((${args.join(" + ")}) / ${args.length})`;
        case "galactic_longitude":
          return `${galactic(args)}[0]`;
        case "galactic_latitude":
          return `${galactic(args)}[1]`;
        default:
          return null;
      }
    },
    bit: (value, bit) => {
      const whole = `np.nan_to_num(${value}).astype(np.int64)`;
      return `np.where(np.isnan(${value}), np.nan, (${whole} >> ${bit}) & 1)`;
    },
    isOneOf: (column, texts, ignoreCase) => {
      const values = texts.map((one) => literal(ignoreCase ? one.toLowerCase() : one));
      const of = ignoreCase ? lower(column) : text(column);
      if (values.length === 1) return `(${of} == ${values[0]})`;
      return `np.isin(${of}, [${values.join(", ")}])`;
    },
    startsWith: (column, start) =>
      `np.char.startswith(${lower(column)}, ${literal(start.toLowerCase())})`,
    hasWord: (column, word) =>
      `np.array([${literal(word)} in x.replace("|", " ").split(" ") for x in ${text(column)}])`,
    within: (_ra, _dec, positions, degrees) => {
      use("number");
      return or(positions.map((at) => `${use("within")}(${at.join(", ")}, ${degrees})`));
    },
    isInside: (x, y, corners) => `${use("inside")}(${[x, y, ...corners].join(", ")})`,
    isInsideOnSky: (ra, dec, frame, corners) => {
      const at = [number(ra), number(dec)];
      const shown = frame === "galactic" ? `*${galactic(at)}` : at.join(", ");
      return `${use("inside", "mollweide")}(*mollweide(${shown}), ${corners.join(", ")})`;
    },
    helpers: () =>
      order
        .filter((one) => used.has(one))
        .map((one) =>
          helpers[one]
            .replace('"RA"', () => literal(ofRole("ra")))
            .replace('"DEC"', () => literal(ofRole("dec"))),
        )
        .map((text) => `${text}\n`)
        .join(""),
    usesSky: () => used.has("within") || used.has("galactic"),
  };
}
