// The parser of conditions in the address (`where=`): the recipes' expressions and what the server
// adds to them. It refuses what the server refuses for its form; whether columns exist is the
// server's to say.
import { functionOf, functions, reserved } from "./expression_functions.js";

interface Range {
  from: number; // in the text, without brackets around
  to: number;
}
export type Comparison = "=" | "!=" | "<" | "<=" | ">" | ">=";
export type Node = Range &
  (
    | { kind: "number"; text: string }
    | { kind: "text"; value: string }
    | { kind: "column"; name: string }
    | { kind: "constant"; name: string }
    | { kind: "call"; name: string; args: Node[] }
    | { kind: "minus" | "not"; arg: Node }
    | { kind: "in"; left: Node; items: Node[] }
    | { kind: "and" | "or"; left: Node; right: Node }
    | { kind: "compare"; op: Comparison; left: Node; right: Node }
    | { kind: "arithmetic"; op: "+" | "-" | "*" | "/" | "^"; left: Node; right: Node }
    | { kind: "choice"; condition: Node; yes: Node; no: Node }
  );
export type NodeOf<Kind extends Node["kind"]> = Extract<Node, { kind: Kind }>;

export class ExpressionError extends Error {
  constructor(
    readonly at: number, // where in the text
    readonly expected: string,
    readonly found: string,
  ) {
    super(`character ${at + 1}: expected ${expected}, found ${found}`);
  }
}

export interface Token {
  kind: "number" | "word" | "column" | "text" | "symbol" | "end";
  text: string; // of a column or a text without its quotes
  from: number;
  to: number;
  isOpen?: boolean; // a quote is missing at its end
}

const patterns: [Token["kind"], RegExp][] = [
  ["number", /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?!\w)/y],
  ["word", /[A-Za-z_]\w*/y],
  ["column", /"(?:[^"]|"")*(?:"|$)/y],
  ["text", /'(?:[^']|'')*(?:'|$)/y],
  ["symbol", /&&|\|\||==|!=|<>|<=|>=|[-+*/^<>=!?:(),]/y],
];

function tokenAt(text: string, from: number): Token | null {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = from;
    const found = pattern.exec(text)?.[0];
    if (found === undefined) continue;
    const token = { kind, text: found, from, to: from + found.length };
    if (kind !== "column" && kind !== "text") return token;
    // Doubled quotes stand for one: an even number of them at the end closes nothing.
    const quote = found[0];
    const isOpen = found.slice(1).split(quote).length % 2 === 1;
    const inner = found.slice(1, isOpen ? undefined : -1);
    return { ...token, text: inner.replaceAll(quote + quote, quote), isOpen };
  }
  return null;
}

/** The tokens of a text, the last of them "end"; what is none of them ends the list earlier, or is
 *  an error. */
export function tokensOf(text: string, strict = true): Token[] {
  const result: Token[] = [];
  for (let at = 0; ; at = result[result.length - 1].to) {
    while (/[ \t\r\n]/.test(text[at] ?? "")) ++at;
    if (at >= text.length) break;
    const token = tokenAt(text, at);
    if (strict && token?.isOpen)
      throw new ExpressionError(at, `a closing ${text[at]}`, "the end");
    if (strict && !token) {
      const expected = /[\d.]/.test(text[at])
        ? "a number; a column whose name begins with a digit stands in double quotes"
        : "a column, a number, a function or '('";
      throw new ExpressionError(at, expected, shownAt(text, at));
    }
    if (!token) break;
    result.push(token);
  }
  result.push({ kind: "end", text: "", from: text.length, to: text.length });
  return result;
}

const shownAt = (text: string, at: number): string =>
  at >= text.length ? "the end" : `'${text.slice(at, at + 30)}'`;

const comparisons: Record<string, Comparison> = {
  "<=": "<=", ">=": ">=", "==": "=", "!=": "!=", "<>": "!=", "<": "<", ">": ">", "=": "=",
};
const deepest = 64; // levels of brackets

/** By recursive descent, one function for each level of precedence. */
class Parser {
  private readonly tokens: Token[];
  private place = 0;
  private depth = 0;

  constructor(private readonly text: string) {
    this.tokens = tokensOf(text);
  }

  parse(): Node {
    const result = this.number(this.choice());
    if (this.next.kind !== "end") this.fail("an operator, or the end");
    return result;
  }

  private get next(): Token {
    return this.tokens[this.place];
  }
  private fail(expected: string, token = this.next): never {
    throw new ExpressionError(token.from, expected, shownAt(this.text, token.from));
  }
  private is(symbol: string): boolean {
    return this.next.kind === "symbol" && this.next.text === symbol;
  }
  private isWord(word: string): boolean {
    return this.next.kind === "word" && this.next.text.toLowerCase() === word;
  }
  /** Takes one of these symbols or words, if it is next. */
  private take(...names: string[]): string | null {
    const name = names.find((one) => this.is(one) || this.isWord(one));
    if (name === undefined) return null;
    ++this.place;
    return name;
  }
  private need(symbol: string, expected = `'${symbol}'`): Token {
    if (!this.take(symbol)) this.fail(expected);
    return this.tokens[this.place - 1];
  }
  /** A text stands only beside a column, and in some functions. */
  private number(node: Node): Node {
    if (node.kind !== "text") return node;
    throw new ExpressionError(
      node.from,
      "a number or a column; a text can only be compared with a column",
      shownAt(this.text, node.from),
    );
  }
  private deeper<T>(read: () => T): T {
    if (++this.depth > deepest) this.fail(`at most ${deepest} levels of brackets`);
    const result = read();
    --this.depth;
    return result;
  }

  private choice = (): Node =>
    this.deeper(() => {
      const condition = this.chain("or", ["||", "or"], () =>
        this.chain("and", ["&&", "and"], this.denial),
      );
      if (!this.take("?")) return condition;
      this.number(condition);
      const yes = this.number(this.choice());
      this.need(":", "':' and what holds otherwise");
      const no = this.number(this.choice());
      return { kind: "choice", condition, yes, no, from: condition.from, to: no.to };
    });

  private chain(kind: "and" | "or", names: string[], read: () => Node): Node {
    let left = read();
    while (this.take(...names)) {
      const right = this.number(read());
      left = { kind, left: this.number(left), right, from: left.from, to: right.to };
    }
    return left;
  }

  /** The word "not" denies a whole comparison; "!" only what follows it, as a sign does. */
  private denial = (): Node => {
    const from = this.next.from;
    if (!this.take("not")) return this.comparison();
    const arg = this.deeper(() => this.number(this.denial()));
    return { kind: "not", arg, from, to: arg.to };
  };

  private comparison(): Node {
    const left = this.sum();
    if (this.take("in")) return this.list(left);
    if (this.isWord("not")) return this.deniedList(left);
    const name = this.take(...Object.keys(comparisons));
    if (!name) return left;
    const op = comparisons[name];
    const right = this.sum();
    const isEquality = op === "=" || op === "!=";
    const mayBeText = (text: Node, other: Node): void => {
      if (!isEquality || other.kind !== "column") this.number(text);
    };
    mayBeText(left, right);
    mayBeText(right, left);
    if (this.next.kind === "symbol" && this.next.text in comparisons)
      this.fail("'and' between two comparisons, as in 0 < x and x < 1");
    return { kind: "compare", op, left, right, from: left.from, to: right.to };
  }

  /** "x not in (…)" is "not x in (…)". */
  private deniedList(left: Node): Node {
    this.take("not");
    if (!this.take("in")) this.fail("'in', or 'and not'");
    const arg = this.list(left);
    return { kind: "not", arg, from: arg.from, to: arg.to };
  }

  private list(left: Node): Node {
    this.number(left);
    this.need("(");
    const items: Node[] = [];
    do {
      const token = this.next;
      const item = this.sign();
      if (item.kind === "text" && left.kind !== "column")
        this.fail("a column before 'in', to compare it with texts", this.tokens[this.place - 1]);
      if (item.kind !== "text" && numberOf(item) === null) this.fail("a text or a number", token);
      items.push(item);
    } while (this.take(","));
    const { to } = this.need(")", "',' or ')'");
    return { kind: "in", left, items, from: left.from, to };
  }

  private arithmetic<Op extends "+" | "-" | "*" | "/">(ops: Op[], read: () => Node): Node {
    let left = read();
    for (let op = this.take(...ops); op; op = this.take(...ops)) {
      const right = this.number(read());
      const range = { from: left.from, to: right.to };
      left = { kind: "arithmetic", op: op as Op, left: this.number(left), right, ...range };
    }
    return left;
  }
  private sum = (): Node => this.arithmetic(["+", "-"], this.product);
  private product = (): Node => this.arithmetic(["*", "/"], this.sign);

  /** Signs are counted, not nested: a long row of them is no deep recursion. */
  private sign = (): Node => {
    const signs: Token[] = [];
    const hasMinus = (): boolean => signs.some(({ text }) => text === "-");
    while (this.is("-") || this.is("+") || (this.is("!") && !hasMinus())) {
      signs.push(this.next);
      ++this.place;
    }
    let node = this.power();
    if (signs.length) this.number(node);
    for (const { text, from } of signs.reverse())
      if (text !== "+")
        node = { kind: text === "-" ? "minus" : "not", arg: node, from, to: node.to };
    return node;
  };

  private power(): Node {
    const left = this.primary();
    if (!this.take("^")) return left;
    const right = this.deeper(() => this.number(this.sign()));
    this.number(left);
    return { kind: "arithmetic", op: "^", left, right, from: left.from, to: right.to };
  }

  private primary(): Node {
    const { kind, text, from, to } = this.next;
    if (this.take("(")) {
      const inner = this.choice();
      this.need(")");
      return inner;
    }
    const expected = "a column, a number, a function or '('";
    if (kind === "symbol" || kind === "end") this.fail(expected);
    if (kind === "word" && reserved.has(text.toLowerCase())) this.fail(expected);
    if (kind === "column" && !text) this.fail("the name of a column between the quotes");
    const token = this.next;
    ++this.place;
    if (kind === "number") return { kind, text, from, to };
    if (kind === "text") return { kind, value: text, from, to };
    if (kind === "word" && this.take("(")) return this.call(token);
    if (kind === "word" && (text === "_pi" || text === "_e"))
      return { kind: "constant", name: text, from, to };
    return { kind: "column", name: text, from, to };
  }

  private call(token: Token): Node {
    const known = functionOf(token.text);
    if (!known) {
      const names = functions.map(({ name }) => name).join(", ");
      this.fail(token.text === "log" ? "ln or log10" : `a function: ${names}`, token);
    }
    const args: Node[] = [];
    do {
      const arg = this.choice();
      args.push(known.texts ? arg : this.number(arg));
    } while (this.take(","));
    const { to } = this.need(")", "',' or ')'");
    const fits = known.fits ?? (() => true);
    if (args.length < known.least || args.length > known.most || !fits(args))
      this.fail(`${known.name}(${known.args})`, token);
    return { kind: "call", name: known.name, args, from: token.from, to };
  }
}

/** The value of a number in an expression, also with a sign; null if it is something else. */
export function numberOf(node: Node): number | null {
  if (node.kind === "number") return Number(node.text);
  if (node.kind !== "minus") return null;
  const value = numberOf(node.arg);
  return value === null ? null : -value;
}

/** Throws ExpressionError. */
export const parse = (text: string): Node => new Parser(text).parse();

let last: { text: string; result: Node | ExpressionError } | null = null;

/** What is wrong with a text, or its expression. A long list of names, which several parts of a page
 *  ask for at each change of the address, is read once. */
export function tryParse(text: string): Node | ExpressionError {
  if (last?.text === text) return last.result;
  try {
    last = { text, result: parse(text) };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    last = { text, result: error };
  }
  return last.result;
}
