// The selection as text for other programs: addresses, commands, Python, ADQL.
import type { ArchiveTable } from "../api.js";
import { numpy } from "../copy/numpy.js";
import { stil } from "../copy/stil.js";
import { Translator, Untranslatable, type Known } from "../copy/translator.js";
import { conjuncts, ExpressionError, fromFilters, tryParse, type Node } from "./expression.js";

export interface Copied {
  text: string;
  hint?: string; // what the reader should know of it
}

const longestAddress = 6000; // the server's lines have at most 8 KiB

/** The parameters of /api/download for a selection ("class=AGN&…"). */
const parameters = (filters: string, format: string): [string, string][] => [
  ...new URLSearchParams(filters),
  ["format", format],
];
const encoded = (given: [string, string][]): string => new URLSearchParams(given).toString();

/** The address of the selection as a table; null if it is too long for one. */
export function tableAddress(download: string, filters: string, format = "votable"): string | null {
  const address = `${download}?${encoded(parameters(filters, format))}`;
  return address.length <= longestAddress ? address : null;
}

/** A word of a shell's command. */
export const shellWord = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

export function curl(download: string, filters: string): Copied {
  const given = parameters(filters, "votable").map(
    // curl encodes the value only.
    ([name, value]) => `  --data-urlencode ${shellWord(`${encodeURIComponent(name)}=${value}`)}`,
  );
  const get = tableAddress(download, filters) ? "--get " : "";
  const lines = [`curl --fail ${get}${shellWord(download)} -o sources.vot`, ...given];
  return { text: lines.join(" \\\n") };
}

/** The condition of the filters; null if there is none. Throws Untranslatable. */
function conditionOf(filters: string): Node | null {
  const text = fromFilters(new URLSearchParams(filters));
  if (!text) return null;
  const node = tryParse(text);
  if (node instanceof ExpressionError) throw new Untranslatable("the condition has a mistake");
  return node;
}

function pythonFromServer(download: string, filters: string): string {
  const given = parameters(filters, "votable");
  const query = given
    .map(([name, value]) => `    (${JSON.stringify(name)}, ${JSON.stringify(value)}),\n`)
    .join("");
  const isShort = tableAddress(download, filters) !== null;
  const answer = isShort
    ? 'urlopen(address + "?" + urlencode(query))'
    : "urlopen(address, data=urlencode(query).encode())";
  return `from io import BytesIO
from urllib.parse import urlencode
from urllib.request import urlopen

from astropy.table import Table

address = ${JSON.stringify(download)}
query = [
${query}]
with ${answer} as answer:
    selected = Table.read(BytesIO(answer.read()), format="votable")
print(len(selected), "sources")
`;
}

/** Python that lets the server select. */
export const python = (download: string, filters: string): Copied => ({
  text: pythonFromServer(download, filters),
  hint: "The server selects. uhuru.write(selected, \"sources.fits\") keeps units and descriptions.",
});

/** Python that downloads all sources, and selects by itself. */
export function pythonHere(download: string, filters: string, known: Known): Copied {
  try {
    const node = conditionOf(filters);
    const dialect = numpy(known.columns);
    const translator = new Translator(known, dialect);
    const lines = node ? conjuncts(node).map(translator.holds) : [];
    const imports = [
      "import numpy as np",
      ...(dialect.usesSky() ? ["from astropy.coordinates import SkyCoord"] : []),
      "from astropy.table import Table",
    ];
    const address = JSON.stringify(`${download}?format=votable`);
    const selected = node
      ? `with np.errstate(all="ignore"):
    selected = sources[
        ${lines.join("\n        & ")}
    ]`
      : "selected = sources";
    const read = `sources = Table.read(${address}, format="votable")\n`;
    const parts = [`${imports.join("\n")}\n\n${read}`, dialect.helpers(), selected];
    const text = `${parts.filter((part) => part).join("\n")}\nprint(len(selected), "sources")\n`;
    return { text, hint: "All sources are downloaded; numpy selects." };
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error;
    return { ...python(download, filters), hint: `The server selects: ${error.message}.` };
  }
}

const escaped = (text: string): string => text.replace(/["\\]/g, "\\$&");

/** A command of stilts, with the condition in its language if that can say it. */
export function stilts(download: string, filters: string, known: Known): Copied {
  const command = (address: string, select: string | null): string =>
    [
      `stilts tpipe in=${shellWord(address)} ifmt=votable`,
      ...(select === null ? [] : [`  cmd=${shellWord(`select "${escaped(select)}"`)}`]),
      "  out=sources.fits",
    ].join(" \\\n");
  try {
    const node = conditionOf(filters);
    const translator = new Translator(known, stil(known.columns));
    const select = node && translator.holds(node);
    return {
      text: command(`${download}?format=votable`, select),
      hint: "The condition also suits TOPCAT: Views, Row Subsets.",
    };
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error;
    const address = tableAddress(download, filters);
    if (!address)
      return {
        text: "",
        hint: `stilts cannot say this (${error.message}), nor is there an address: use curl.`,
      };
    return { text: command(address, null), hint: `The server selects: ${error.message}.` };
  }
}

export const mostNames = 1000;

/** A query for the selected sources in the archive of the mission; `names`: theirs. */
export function adql(archive: ArchiveTable | null, names: string[], selected: number): Copied {
  if (!archive)
    return { text: "", hint: "No public service with the sources of this catalog is known." };
  if (selected > mostNames)
    return {
      text: "",
      hint: `A query names up to ${mostNames} sources: select fewer, or upload a table.`,
    };
  if (!names.length) return { text: "", hint: "No source is selected." };
  const list = names.map((name) => `'${name.replaceAll("'", "''")}'`).join(",\n  ");
  return {
    text: `SELECT *\nFROM ${archive.table}\nWHERE name IN (\n  ${list}\n)\n`,
    hint: `For ${archive.tap}, ${archive.title}: the measurements that it has of these sources.`,
  };
}
