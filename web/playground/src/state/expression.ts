// Conditions in the address (`where=`) as the pages use them: as text, in parts, in a few words,
// and as regions to draw.
import { figure, shortened } from "../../../common/numbers.js";
import type { Point } from "../points/view.js";
import { reserved } from "./expression_functions.js";
import {
  ExpressionError,
  numberOf,
  tryParse,
  type Node,
  type NodeOf,
} from "./expression_parser.js";

export * from "./expression_parser.js";

const quoted = (text: string, quote: string): string =>
  quote + text.replaceAll(quote, quote + quote) + quote;

/** A text as an expression compares with it. */
export const textLiteral = (text: string): string => quoted(text, "'");

/** A column as an expression names it. */
export function columnName(name: string): string {
  const isWord = /^[A-Za-z_]\w*$/.test(name) && !reserved.has(name.toLowerCase());
  return isWord && name !== "_pi" && name !== "_e" ? name : quoted(name, '"');
}

/** What an axis of a plane shows, as `inside` names it. */
export const axisExpression = (column: string, isLog: boolean): string =>
  isLog ? `log10(${columnName(column)})` : columnName(column);

const levels = { choice: 0, or: 1, and: 2, not: 3, compare: 4, in: 4, minus: 7 };
const levelOf = (node: Node): number =>
  node.kind === "arithmetic"
    ? { "+": 5, "-": 5, "*": 6, "/": 6, "^": 8 }[node.op]
    : node.kind in levels
      ? levels[node.kind as keyof typeof levels]
      : 9;

/** How a part is written; null: as it stands. */
type Short = (node: Node) => string | null;

/** Writes a node, in brackets if it binds less than `least`. */
function written(node: Node, least: number, short: Short): string {
  const at = (part: Node, level: number): string => written(part, level, short);
  const level = levelOf(node);
  const text =
    short(node) ??
    (() => {
      switch (node.kind) {
        case "number":
          return node.text;
        case "text":
          return textLiteral(node.value);
        case "column":
          return columnName(node.name);
        case "constant":
          return node.name;
        case "call":
          return `${node.name}(${node.args.map((arg) => at(arg, 0)).join(", ")})`;
        case "minus":
          return `-${at(node.arg, 7)}`;
        case "not":
          return `not ${at(node.arg, 3)}`;
        case "in": {
          const items = node.items.map((item) => at(item, 0)).join(", ");
          return `${at(node.left, 5)} in (${items})`;
        }
        case "compare":
          return `${at(node.left, 5)} ${node.op} ${at(node.right, 5)}`;
        case "and":
        case "or":
          return `${at(node.left, level)} ${node.kind} ${at(node.right, level)}`;
        case "choice":
          return `${at(node.condition, 1)} ? ${at(node.yes, 0)} : ${at(node.no, 0)}`;
        case "arithmetic":
          return node.op === "^"
            ? `${at(node.left, 9)}^${at(node.right, 7)}`
            : `${at(node.left, level)} ${node.op} ${at(node.right, level + 1)}`;
      }
    })();
  return level < least ? `(${text})` : text;
}

/** The text of an expression, with only the brackets that it needs. */
export const print = (node: Node): string => written(node, 0, () => null);

/** The conditions that must all hold, as a chip for each. */
export function conjuncts(node: Node): Node[] {
  return node.kind === "and" ? [...conjuncts(node.left), ...conjuncts(node.right)] : [node];
}

/** The expression that holds where all of these do; "" if there are none. */
export const allOf = (nodes: Node[]): string =>
  nodes.map((node) => written(node, nodes.length > 1 ? 2 : 0, () => null)).join(" and ");

/** A text as a part of a longer one, in brackets if it binds less than `least`, or is no
 *  expression. */
function partOf(text: string, least: number): string {
  const node = tryParse(text);
  return node instanceof ExpressionError ? `(${text})` : written(node, least, () => null);
}

/** The expression that holds where both texts do. A text that is no expression stays as it is. */
export const both = (left: string, right: string): string =>
  left && right ? `${partOf(left, levels.and)} and ${partOf(right, levels.and)}` : left || right;

/** The expression that holds where at least one of the texts does. */
export const either = (left: string, right: string): string =>
  `${partOf(left, levels.or)} or ${partOf(right, levels.or)}`;

const isCall = (node: Node, name: string): node is NodeOf<"call"> =>
  node.kind === "call" && node.name === name;

/** The column of an axis, also of a logarithmic one. */
function axisLabel(node: Node): string {
  const inner = isCall(node, "log10") ? node.args[0] : node;
  return inner.kind === "column" ? inner.name : print(node);
}

const signs: Record<string, string> = { "<=": "≤", ">=": "≥", "!=": "≠" };

/** What a part of an expression is called: lassos, cones and long lists without their numbers. */
function inWords(node: Node): string | null {
  const words = (part: Node): string => written(part, 5, inWords);
  const listed = (items: Node[]): string =>
    items.map((item) => (item.kind === "text" ? item.value : print(item))).join(", ");
  if (node.kind === "column") return node.name;
  if (node.kind === "in") return `${words(node.left)} ${listed(node.items)}`;
  if (node.kind === "compare") {
    const { left, op, right } = node;
    if (op === "=" && right.kind === "text") return `${words(left)} ${right.value}`;
    return `${words(left)} ${signs[op] ?? op} ${words(right)}`;
  }
  if (node.kind === "number" || node.kind === "minus") {
    const value = numberOf(node);
    return value === null ? null : `${Number(value.toPrecision(6))}`.replaceAll("-", "−");
  }
  if (node.kind !== "call") return null;
  const { name, args } = node;
  const numbers = args.map((arg) => numberOf(arg) ?? NaN);
  switch (name) {
    case "sky":
      return "lasso on the sky";
    case "inside":
      return `lasso in ${axisLabel(args[0])}, ${axisLabel(args[1])}`;
    case "cone":
      return `within ${figure(numbers[2], 4)}° of ${numbers
        .slice(0, 2)
        .map((one) => figure(one, 6))
        .join(" ")}`;
    case "near": {
      const count = (args.length - 1) / 2;
      const what = count === 1 ? "a position" : `${count} positions`;
      return `within ${figure(numbers[0], 4)}″ of ${what}`;
    }
    case "named":
      return args.length === 1 ? listed(args) : `${args.length} names`;
    case "starts":
      return `${words(args[0])} ${listed(args.slice(1))}…`;
    case "contains":
      return `${words(args[0])} with ${listed(args.slice(1))}`;
    case "missing":
      return `${words(args[0])} missing`;
    case "holds":
      return written(args[0], 3, inWords);
    default:
      return null;
  }
}

/** A short label of a condition. */
export const describe = (node: Node): string => shortened(written(node, 0, inWords), 60);

export type Region =
  | { kind: "sky"; frame: "galactic" | "equatorial"; corners: Point[]; node: Node }
  | { kind: "inside"; x: string; y: string; corners: Point[]; node: Node } // see axisExpression
  | { kind: "cone"; ra: number; dec: number; radius: number; node: Node };

function pairs(args: Node[]): Point[] {
  const numbers = args.map((arg) => numberOf(arg) ?? NaN);
  const result: Point[] = [];
  for (let i = 0; i + 1 < numbers.length; i += 2) result.push([numbers[i], numbers[i + 1]]);
  return result;
}

/** The parts of a node. */
export function partsOf(node: Node): Node[] {
  switch (node.kind) {
    case "call":
      return node.args;
    case "minus":
    case "not":
      return [node.arg];
    case "in":
      return [node.left, ...node.items];
    case "and":
    case "or":
    case "compare":
    case "arithmetic":
      return [node.left, node.right];
    case "choice":
      return [node.condition, node.yes, node.no];
    default:
      return [];
  }
}

/** All lassos and cones in an expression, from left to right; those that are not written as numbers
 *  are left out. */
export function regions(node: Node): Region[] {
  const own = regionOf(node);
  if (own) return [own];
  return partsOf(node).flatMap(regions);
}

function regionOf(node: Node): Region | null {
  if (node.kind !== "call") return null;
  const { name, args } = node;
  if (name === "cone") {
    const [ra, dec, radius] = args.map((arg) => numberOf(arg) ?? NaN);
    return Number.isFinite(ra + dec + radius) ? { kind: "cone", ra, dec, radius, node } : null;
  }
  const first = args[0];
  const corners = pairs(args.slice(name === "sky" ? 1 : 2));
  if (!corners.every(([x, y]) => Number.isFinite(x + y))) return null;
  if (name === "sky" && first.kind === "text")
    return { kind: "sky", frame: first.value as "galactic" | "equatorial", corners, node };
  if (name === "inside")
    return { kind: "inside", x: print(first), y: print(args[1]), corners, node };
  return null;
}

/** A lasso in a plane; `x` and `y` are of axisExpression, `corners` "x1,y1,x2,y2,…". */
export const insideText = (x: string, y: string, corners: string): string =>
  `inside(${x}, ${y}, ${spaced(corners)})`;
export const skyText = (frame: string, corners: string): string =>
  `sky(${textLiteral(frame)}, ${spaced(corners)})`;
const spaced = (numbers: string): string => numbers.split(",").join(", ");

const lists = ["class", "group", "standing", "agreement", "hard_class", "label"];

/** Conditions that say what the filters in an address do; "" if there are none. */
export function fromFilters(query: URLSearchParams): string {
  const parts: string[] = [];
  for (const name of lists) {
    const values = [...new Set(query.getAll(name))];
    const texts = values.filter((value) => value).map(textLiteral);
    const column = columnName(name);
    const any: string[] = [];
    if (texts.length === 1) any.push(`${column} = ${texts[0]}`);
    else if (texts.length) any.push(`${column} in (${texts.join(", ")})`);
    if (texts.length < values.length) any.push(`missing(${column})`);
    if (any.length) parts.push(any.length > 1 ? `(${any.join(" or ")})` : any[0]);
  }
  for (const [key, value] of query) {
    const isLeast = key.startsWith("min.");
    if (!isLeast && !key.startsWith("max.")) continue;
    parts.push(`${columnName(key.slice(4))} ${isLeast ? ">=" : "<="} ${value}`);
  }
  const get = (key: string): string => query.get(key) ?? "";
  if (get("name")) parts.push(`starts(name, ${textLiteral(get("name"))})`);
  if (get("cone")) parts.push(`cone(${spaced(get("cone"))})`);
  const [frame, ...corners] = get("sky").split(",");
  if (frame) parts.push(skyText(frame, corners.join()));
  if (get("plane")) {
    const axis = (one: string): string =>
      axisExpression(get(`plane.${one}`), get(`plane.${one}scale`) === "log");
    parts.push(insideText(axis("x"), axis("y"), get("plane")));
  }
  return query.getAll("where").reduce(both, parts.join(" and "));
}
