// Translates a condition into another language that has only true and false: what must hold for it
// to be satisfied, or for it to fail. Where a value is missing, it is neither.
import type { Column } from "../api.js";
import {
  numberOf,
  partsOf,
  print,
  type Comparison,
  type Node,
  type NodeOf,
} from "../state/expression.js";

/** Said to the reader; what cannot be said in the other language. */
export class Untranslatable extends Error {}

/** What the translator knows of the catalog. */
export interface Known {
  columns: Column[];
  groups: string[];
}

/** How another language says it. Comparisons with a missing number must be false. */
export interface Dialect {
  and(parts: string[]): string;
  or(parts: string[]): string;
  not(condition: string): string;
  choose(condition: string, yes: string, no: string): string;
  readonly missing: string;
  number(text: string): string;
  constant(name: string): string;
  column(column: Column): string;
  /** What must be known before a number is computed from this column. */
  guard(column: Column): string | null;
  negative(value: string): string;
  arithmetic(op: string, left: string, right: string): string;
  compare(op: "==" | "<" | "<=" | ">" | ">=", left: string, right: string): string;
  isMissing(column: Column): string;
  isNaN(value: string): string;
  /** null: there is no such function. */
  call(name: string, args: string[]): string | null;
  bit(column: string, bit: number): string;
  isOneOf(column: Column, texts: string[], ignoreCase: boolean): string;
  startsWith(column: Column, text: string): string;
  hasWord(column: Column, word: string): string;
  within(ra: Column, dec: Column, positions: [number, number][], degrees: number): string;
  isInside(x: string, y: string, corners: number[]): string;
  isInsideOnSky(ra: Column, dec: Column, frame: string, corners: number[]): string;
}

const opposite = { "=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<" } as const;
const conditions = new Set(
  "holds missing isnan contains starts named cone near sky inside".split(" "),
);

/** Texts that mean the same: flags are written in many ways. */
function spellings(text: string): string[] {
  const found = [["t", "true"], ["f", "false"]].find((both) => both.includes(text.toLowerCase()));
  if (!found) return [text];
  const [letter, word] = found;
  const capital = letter.toUpperCase();
  return [letter, word, capital, word.toUpperCase(), capital + word.slice(1)];
}

export class Translator {
  constructor(
    private readonly known: Known,
    private readonly to: Dialect,
  ) {}

  /** Whether a condition is satisfied. Throws Untranslatable. */
  holds = (node: Node): string => this.truth(node, true);

  private truth(node: Node, wanted: boolean): string {
    const { to } = this;
    const of = (part: Node): string => this.truth(part, wanted);
    switch (node.kind) {
      case "and":
      case "or":
        return (node.kind === "and") === wanted
          ? to.and([of(node.left), of(node.right)])
          : to.or([of(node.left), of(node.right)]);
      case "not":
        return this.truth(node.arg, !wanted);
      case "choice": {
        const { condition, yes, no } = node;
        return to.or([
          to.and([this.truth(condition, true), of(yes)]),
          to.and([this.truth(condition, false), of(no)]),
        ]);
      }
      case "compare":
        return this.comparison(node, wanted);
      case "in":
        return this.list(node, wanted);
      case "call":
        if (conditions.has(node.name)) return this.condition(node, wanted);
    }
    const value = this.value(node);
    const is = (op: "==" | "<" | ">"): string => to.compare(op, value, to.number("0"));
    return this.guarded([node], wanted ? to.or([is("<"), is(">")]) : is("=="));
  }

  private comparison({ left, op, right }: NodeOf<"compare">, wanted: boolean): string {
    const asked = wanted ? op : opposite[op];
    if (right.kind === "text") return this.texts(left, [right.value], asked === "=");
    if (left.kind === "text") return this.texts(right, [left.value], asked === "=");
    return this.numbers(left, asked, right);
  }

  private numbers(left: Node, op: Comparison, right: Node): string {
    const { to } = this;
    const [a, b] = [this.value(left), this.value(right)];
    const said =
      op === "!="
        ? to.or([to.compare("<", a, b), to.compare(">", a, b)])
        : to.compare(op === "=" ? "==" : op, a, b);
    return this.guarded([left, right], said);
  }

  private texts(node: Node, texts: string[], wanted: boolean): string {
    const column = this.columnOf(node);
    if (column.type !== "text") {
      const at = { from: 0, to: 0 };
      const said = texts
        .filter((text) => text.trim() && Number.isFinite(Number(text)))
        .map((text) =>
          this.numbers(node, wanted ? "=" : "!=", { kind: "number", text: text.trim(), ...at }),
        );
      if (!said.length) throw new Untranslatable(`${column.name} has numbers, not texts`);
      return wanted ? this.to.or(said) : this.to.and(said);
    }
    const is = this.to.isOneOf(column, texts.flatMap(spellings), false);
    return wanted ? is : this.whereKnown([column], this.to.not(is));
  }

  private list({ left, items }: NodeOf<"in">, wanted: boolean): string {
    const texts = items.filter((item) => item.kind === "text");
    const parts = items
      .filter((item) => item.kind !== "text")
      .map((item) => this.numbers(left, wanted ? "=" : "!=", item));
    if (texts.length)
      parts.push(
        this.texts(
          left,
          texts.map((item) => (item as NodeOf<"text">).value),
          wanted,
        ),
      );
    return wanted ? this.to.or(parts) : this.to.and(parts);
  }

  private condition(node: NodeOf<"call">, wanted: boolean): string {
    const { to } = this;
    const { name, args } = node;
    if (name === "holds") {
      const said = this.truth(args[0], true);
      return wanted ? said : to.not(said);
    }
    if (name === "missing" || name === "isnan") {
      const said =
        args[0].kind === "column" ? to.isMissing(this.columnOf(args[0])) : this.isUnknown(args[0]);
      return wanted ? said : to.not(said);
    }
    const [said, knownWhere, numbers] = this.region(node);
    if (wanted)
      return this.whereKnown(
        knownWhere.filter((column) => column.type === "text"),
        this.guarded(numbers, said),
      );
    const isKnown = numbers.map((part) => to.not(this.isUnknown(part)));
    return this.whereKnown(knownWhere, to.and([...isKnown, to.not(said)]));
  }

  /** A condition; the columns and the numbers without which it is neither true nor false. */
  private region({ name, args }: NodeOf<"call">): [string, Column[], Node[]] {
    const { to } = this;
    const text = (node: Node): string => (node.kind === "text" ? node.value : "");
    const numbers = (nodes: Node[]): number[] =>
      nodes.map((node) => {
        const value = numberOf(node);
        if (value === null) throw new Untranslatable(`${print(node)} is not a number`);
        return value;
      });
    if (name === "contains" || name === "starts") {
      const column = this.columnOf(args[0]);
      const word = text(args[1]);
      const said = name === "starts" ? to.startsWith(column, word) : to.hasWord(column, word);
      return [said, [column], []];
    }
    if (name === "named") {
      const column = this.ofRole("name");
      return [to.isOneOf(column, args.map(text), true), [], []];
    }
    if (name === "inside") {
      const [x, y, ...corners] = args;
      const said = to.isInside(this.value(x), this.value(y), numbers(corners));
      return [said, [], [x, y]];
    }
    const at = [this.ofRole("ra"), this.ofRole("dec")];
    if (name === "sky") {
      const said = to.isInsideOnSky(at[0], at[1], text(args[0]), numbers(args.slice(1)));
      return [said, at, []];
    }
    const values = numbers(args);
    const positions: [number, number][] = [];
    if (name === "cone") positions.push([values[0], values[1]]);
    else for (let i = 1; i < values.length; i += 2) positions.push([values[i], values[i + 1]]);
    const degrees = name === "cone" ? values[2] : values[0] / 3600;
    return [to.within(at[0], at[1], positions, degrees), at, []];
  }

  private whereKnown(columns: Column[], said: string): string {
    return this.to.and([...columns.map((one) => this.to.not(this.to.isMissing(one))), said]);
  }

  /** A statement about numbers, after what must be known of their columns. */
  private guarded(nodes: Node[], said: string): string {
    return this.to.and([...this.guards(nodes), said]);
  }
  private guards(nodes: Node[]): string[] {
    const columns = nodes.flatMap((node) => this.columnsIn(node));
    const guards = columns.map((column) => this.to.guard(column)).filter((one) => one !== null);
    return [...new Set(guards)];
  }
  private isUnknown(node: Node): string {
    const { to } = this;
    return to.or([...this.guards([node]).map(to.not), to.isNaN(this.value(node))]);
  }

  private columnsIn(node: Node): Column[] {
    if (node.kind === "column" || (node.kind === "call" && node.name === "P"))
      return [this.columnOf(node)];
    return partsOf(node).flatMap((part) => this.columnsIn(part));
  }

  private columnOf(node: Node): Column {
    if (node.kind === "call" && node.name === "P") {
      const [arg] = node.args;
      const name = arg.kind === "text" ? arg.value : arg.kind === "column" ? arg.name : "";
      const isGroup = this.known.groups.includes(name) && this.find(`group_${name}`);
      return this.named(isGroup ? `group_${name}` : name);
    }
    if (node.kind === "column") return this.named(node.name);
    throw new Untranslatable(`${print(node)} is not a column`);
  }
  private find = (name: string): Column | undefined =>
    this.known.columns.find((one) => one.name.toLowerCase() === name.toLowerCase());
  private named(name: string): Column {
    const column = this.find(name);
    if (!column) throw new Untranslatable(`there is no column ${name}`);
    return column;
  }
  private ofRole(role: string): Column {
    const column = this.known.columns.find((one) => one.role === role);
    if (!column) throw new Untranslatable(`there is no column of the ${role}`);
    return column;
  }

  private value(node: Node): string {
    const { to } = this;
    switch (node.kind) {
      case "number":
        return to.number(node.text);
      case "constant":
        return to.constant(node.name);
      case "column": {
        const column = this.columnOf(node);
        if (column.type === "text") throw new Untranslatable(`${column.name} has texts`);
        return to.column(column);
      }
      case "minus":
        return to.negative(this.value(node.arg));
      case "arithmetic":
        return to.arithmetic(node.op, this.value(node.left), this.value(node.right));
      case "call":
        if (!conditions.has(node.name)) return this.call(node);
        break;
      case "choice": {
        const { condition, yes, no } = node;
        const otherwise = to.choose(this.truth(condition, false), this.value(no), to.missing);
        return to.choose(this.truth(condition, true), this.value(yes), otherwise);
      }
    }
    const otherwise = to.choose(this.truth(node, false), to.number("0"), to.missing);
    return to.choose(this.truth(node, true), to.number("1"), otherwise);
  }

  private call(node: NodeOf<"call">): string {
    const { to } = this;
    const { name, args } = node;
    if (name === "P") return to.column(this.columnOf(node));
    if (name === "bit") {
      const bit = numberOf(args[1]);
      if (args[0].kind !== "column" || bit === null)
        throw new Untranslatable("bits are those of columns");
      return to.bit(this.value(args[0]), bit);
    }
    const said = to.call(
      name,
      args.map((arg) => this.value(arg)),
    );
    if (said === null) throw new Untranslatable(`it has no function ${name}`);
    return said;
  }
}
