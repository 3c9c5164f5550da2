// What may stand at a place in an expression that is being typed.
import type { Column } from "../api.js";
import { columnName, textLiteral } from "./expression.js";
import { functions } from "./expression_functions.js";
import { tokensOf, type Token } from "./expression_parser.js";

export interface Completion {
  text: string; // replaces the text from `from` to `to`
  description: string;
  from: number;
  to: number;
}
type Entry = [text: string, name: string, description: string];

/** What the tokens before a place ask for. */
interface Place {
  before: Token[]; // complete ones
  typed: string; // the beginning of the next
  kind: "word" | "column" | "text";
  from: number;
  to: number;
}

function placeAt(text: string, caret: number): Place {
  const before = tokensOf(text.slice(0, caret), false).slice(0, -1);
  const last = before[before.length - 1];
  const isTyped = last?.to === caret && (last.kind === "word" || last.isOpen);
  if (!isTyped) return { before, typed: "", kind: "word", from: caret, to: caret };
  const kind = last.kind as Place["kind"];
  // The rest of the word, or of the quoted text, is replaced as well.
  const rest = kind === "word" ? /^\w*/ : kind === "column" ? /^[^"\n]*"/ : /^[^'\n]*'/;
  const to = caret + (rest.exec(text.slice(caret))?.[0].length ?? 0);
  return { before: before.slice(0, -1), typed: last.text, kind, from: last.from, to };
}

/** The call around a place: its name, and the number of the argument; null if there is none. A list
 *  after "in" is one as well. */
function callAround(before: Token[]): { at: number; name: string; argument: number } | null {
  let depth = 0;
  let argument = 0;
  for (let i = before.length - 1; i >= 0; --i) {
    const { kind, text } = before[i];
    if (kind !== "symbol") continue;
    if (text === ")") ++depth;
    else if (text === "," && depth === 0) ++argument;
    else if (text === "(" && depth-- === 0) {
      const name = before[i - 1];
      return name?.kind === "word" ? { at: i - 1, name: name.text, argument } : null;
    }
  }
  return null;
}

const endsValue = (token: Token | undefined): boolean =>
  !!token &&
  (token.kind === "symbol"
    ? token.text === ")"
    : token.kind !== "word" || !/^(and|or|not|in)$/i.test(token.text));

const valuesOf = (column: Column | undefined): Entry[] =>
  (column?.values ?? []).map((value) => [textLiteral(value), value, ""]);

const keywords: Entry[] = [
  ["and", "and", "both hold"],
  ["or", "or", "at least one holds"],
  ["in (", "in", "one of several texts or numbers"],
];

/** Completions of what is typed before `caret`: those that begin with it first. */
export function completions(
  text: string,
  caret: number,
  columns: Column[],
  classes: string[],
  groups: string[],
): Completion[] {
  const { before, typed, kind, from, to } = placeAt(text, caret);
  const columnAt = (at: number): Column | undefined => {
    const token = before[at];
    if (token?.kind !== "word" && token?.kind !== "column") return undefined;
    return columns.find((one) => one.name === token.text);
  };
  const last = before[before.length - 1];
  const call = callAround(before);
  const names = (entries: string[], description: string): Entry[] =>
    entries.map((name) => {
      const isWord = /^[A-Za-z_]\w*$/.test(name);
      return [isWord ? name : textLiteral(name), name, description];
    });
  const asTexts = (entries: Entry[]): Entry[] =>
    entries.map(([, name, description]) => [textLiteral(name), name, description]);
  const probable = [
    ...names(groups, "a group"),
    ...names(classes.filter((one) => !groups.includes(one)), "a class"),
  ];

  const entries = ((): Entry[] => {
    if (last?.kind === "symbol" && /^(=|==|!=|<>)$/.test(last.text)) {
      const values = valuesOf(columnAt(before.length - 2));
      if (values.length || kind === "text") return values;
    }
    if (call?.name.toLowerCase() === "in") return valuesOf(columnAt(call.at - 1));
    if (call?.name === "P") return kind === "text" ? asTexts(probable) : probable;
    if (call?.name === "contains" && call.argument === 1) return asTexts(probable);
    if (call?.name === "sky" && call.argument === 0)
      return asTexts([
        ["", "galactic", "the map in Galactic coordinates"],
        ["", "equatorial", "the map in right ascension and declination"],
      ]);
    if (kind === "text") return [];
    if (endsValue(last)) return kind === "word" ? keywords : [];
    const ofColumns = columns.map(
      ({ name, unit, description }): Entry => [
        kind === "column" ? `"${name.replaceAll('"', '""')}"` : columnName(name),
        name,
        unit ? `${description} (${unit})` : description,
      ],
    );
    if (kind === "column") return ofColumns;
    const probabilities = probable.map(([one, name, what]): Entry => [
      `P(${one})`,
      `P(${name})`,
      `probability of ${what} ${name}`.replace("of a ", "of the "),
    ]);
    const ofFunctions = functions
      .filter(({ name }) => name !== "P")
      .map(({ name, args, meaning }): Entry => [`${name}(`, name, `${name}(${args}): ${meaning}`]);
    return [...ofColumns, ...probabilities, ...ofFunctions, ["not ", "not", "what does not hold"]];
  })();

  const wanted = typed.toLowerCase();
  const place = ([, name]: Entry): number => name.toLowerCase().indexOf(wanted);
  const fits = entries.filter((entry) => place(entry) >= 0);
  const first = fits.filter((entry) => place(entry) === 0);
  return [...first, ...fits.filter((entry) => place(entry) > 0)].map(([one, , description]) => ({
    text: one,
    description,
    from,
    to,
  }));
}
