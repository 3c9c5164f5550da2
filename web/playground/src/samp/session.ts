// The connection to other programs by SAMP, for as long as the page is open: what is sent to them,
// and what their messages do.
import { signal } from "@preact/signals";
import * as api from "../api.js";
import { publicAddress } from "../state/base.js";
import { tableAddress } from "../state/copy_as.js";
import { textLiteral } from "../state/expression.js";
import { filter, filters, isFilter } from "../state/filters.js";
import { arrivals, change, go, path, query, sourceAddress } from "../state/url.js";
import { Hub, type Client, type Message } from "./hub.js";
import { asText } from "./xml_rpc.js";
import { readTable } from "./votable.js";

export const hub = signal<Hub | null>(null);
/** The programs that take tables. */
export const receivers = signal<Client[]>([]);
/** What happened last, and where it leads. */
export const notice = signal<{ text: string; href?: string } | null>(null);

const radius_arcsec = 1; // between positions of a received table and sources
const mostRows = 200_000; // whose numbers are sent

const idOfAll = (): string => `${publicAddress("/")}#all`;
/** Of the tables that were sent: which sources they have, all if null. Rows are in their order. */
const sent = new Map<string, Uint8Array | null>();
export const hasSentAll = signal(false);

let connecting: Promise<void> | null = null;

/** Whoever asks while the hub still asks the reader waits for the same answer. */
export function connect(catalog: api.Catalog): Promise<void> {
  connecting ??= register(catalog).finally(() => (connecting = null));
  return connecting;
}

async function register(catalog: api.Catalog): Promise<void> {
  const made = await Hub.register({
    "samp.name": "uhuru",
    "samp.description.text": `Classified X-ray sources: ${catalog.title}`,
    "samp.documentation.url": publicAddress("/about"),
  });
  const types = [
    "coord.pointAt.sky",
    "table.load.votable",
    "table.highlight.row",
    "samp.hub.event.subscriptions",
    "samp.hub.event.unregister",
    "samp.hub.event.shutdown",
  ];
  try {
    await made.listen(types, (message) => receive(made, catalog, message), lost);
    receivers.value = await made.subscribers("table.load.votable");
  } catch (error) {
    made.unregister();
    throw error;
  }
  hub.value = made;
  notice.value = null;
  window.addEventListener("pagehide", disconnect);
}

export function disconnect(): void {
  window.removeEventListener("pagehide", disconnect);
  hub.value?.unregister();
  hub.value = null;
  receivers.value = [];
  sent.clear();
  hasSentAll.value = false;
}

function lost(): void {
  disconnect();
  notice.value = { text: "The SAMP hub has ended" };
}

async function receive(from: Hub, catalog: api.Catalog, message: Message): Promise<void> {
  const { type, parameters } = message;
  if (type === "samp.hub.event.shutdown") return lost();
  if (type.startsWith("samp.hub.event.")) {
    receivers.value = await from.subscribers("table.load.votable");
    return;
  }
  const sender = await from.nameOf(message.sender);
  if (type === "coord.pointAt.sky") {
    const [ra, dec] = [Number(parameters.ra), Number(parameters.dec)];
    if (!(ra >= 0 && ra <= 360 && dec >= -90 && dec <= 90)) throw new Error("no position");
    pointAt(ra, dec);
    notice.value = { text: `${sender} points at ${ra} ${dec}` };
  } else if (type === "table.highlight.row") {
    const id = sourceOf(asText(parameters["table-id"]), Number(parameters.row));
    if (id !== null) await highlight(id, sender);
  } else if (type === "table.load.votable") {
    await load(from, catalog, parameters.url, sender);
  }
}

/** Marks a position, and moves the map there if it is shown. Programs may send one position after
 *  the other, which are no steps to go back by. */
function pointAt(ra: number, dec: number): void {
  const center = `${ra},${dec}`;
  const width = (query.value.get("view") ?? "").split(",")[2] ?? "2";
  if (path.value !== "/") return change({ center }, "on the way");
  change({ center, view: `${center},${width}` }, "on the way");
  ++arrivals.value; // the map shows the view in the address
}

/** The id of the source in a row of a table that was sent; null if it was not. */
function sourceOf(table: string, row: number): number | null {
  const bits = sent.get(table);
  if (bits === undefined || !Number.isInteger(row) || row < 0) return null;
  if (bits === null) return row + 1;
  let left = row;
  for (let i = 0; i < 8 * bits.length; ++i)
    if ((bits[i >> 3] >> (i & 7)) & 1 && left-- === 0) return i + 1;
  return null;
}

async function highlight(id: number, sender: string): Promise<void> {
  const { name, position } = await api.source({ id });
  const href = sourceAddress(name);
  if (path.value.startsWith("/source/")) go(href);
  else if (position) pointAt(position.ra, position.dec);
  notice.value = { text: `${sender} highlights ${name}`, href };
}

/** Selects the sources that a table names, or those at its positions. */
async function load(
  from: Hub,
  catalog: api.Catalog,
  url: unknown,
  sender: string,
): Promise<void> {
  const name = catalog.columns.find((column) => column.role === "name")?.name ?? "name";
  const answer = await fetch(from.translated(`${url}`));
  if (!answer.ok) throw new Error(`The table cannot be read: ${answer.status}`);
  const { names, positions } = readTable(await answer.text(), name);
  const where = names.length
    ? `named(${[...new Set(names)].map(textLiteral).join(", ")})`
    : `near(${[radius_arcsec, ...positions.flat()].join(", ")})`;
  const before = [...query.value.keys()].filter(isFilter).map((one) => [one, null]);
  filter({ ...Object.fromEntries(before), where });
  const what = names.length ? `${names.length} names` : `${positions.length} positions`;
  notice.value = { text: `${sender} has sent ${what}` };
}

const connected = (): Hub => {
  if (!hub.value) throw new Error("There is no connection to a SAMP hub");
  return hub.value;
};

async function sendTable(
  id: string,
  query: string,
  bits: Uint8Array | null,
  name: string,
  to: string,
): Promise<void> {
  const url = tableAddress(publicAddress("/api/download"), query);
  if (!url)
    throw new Error("The condition is too long for an address: send all sources, then select rows");
  await connected().notify("table.load.votable", { "table-id": id, url, name }, to);
  sent.set(id, bits);
  notice.value = { text: `Sent: ${name}` };
}

/** Sends the selected sources to one program, or to all (""). */
export async function sendSelection(title: string, to: string): Promise<void> {
  const id = `${publicAddress("/")}#${sent.size + 1}`;
  const query = filters.value;
  // Asked again: what the page shows may still be the selection before.
  const found = query ? await api.selection(query) : null;
  await sendTable(id, query, found?.bits ?? null, `${title}: ${found?.count ?? "all"} sources`, to);
}

export async function sendAll(title: string, to: string): Promise<void> {
  await sendTable(idOfAll(), "", null, title, to);
  hasSentAll.value = true;
}

/** Has the programs that have all sources mark the selected ones. */
export async function selectRows(): Promise<void> {
  const bits = filters.value ? (await api.selection(filters.value)).bits : null;
  const rows: string[] = [];
  for (let i = 0; bits && i < 8 * bits.length && rows.length <= mostRows; ++i)
    if ((bits[i >> 3] >> (i & 7)) & 1) rows.push(`${i}`);
  if (!bits || rows.length > mostRows)
    throw new Error(`Select at most ${mostRows} sources, and not all`);
  await connected().notify("table.select.rowList", { "table-id": idOfAll(), "row-list": rows });
  notice.value = { text: `Sent: ${rows.length} selected rows` };
}

export async function sendPosition(ra: number, dec: number): Promise<void> {
  await connected().notify("coord.pointAt.sky", { ra: `${ra}`, dec: `${dec}` });
  notice.value = { text: `Sent: ${ra} ${dec}` };
}
