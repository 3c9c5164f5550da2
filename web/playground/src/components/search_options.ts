// What the search offers for an answer of the server.
import { figure } from "../../../common/numbers.js";
import type { Found, Resolved } from "../api.js";
import { addressAt } from "../state/base.js";
import { isFilter } from "../state/filters.js";
import { addressOf, path, query, sourceAddress } from "../state/url.js";

export interface Option {
  kind: "name" | "field" | "position" | "list" | "ask";
  key: string;
  text: string;
  address: string; // "" for the option to ask elsewhere
  className?: string | null;
}

/** The map around a position, with a mark on it. */
const mapAt = (ra: number, dec: number): string =>
  addressOf("/", { center: `${ra},${dec}`, view: null });

function positionOption(position: NonNullable<Found["position"]>): Option {
  const { ra, dec, l, b, frame } = position;
  const where =
    frame === "galactic"
      ? `l ${figure(l, 8)}° b ${figure(b, 8)}°`
      : `${figure(ra, 8)}° ${figure(dec, 8)}°`;
  return { kind: "position", key: "position", address: mapAt(ra, dec), text: `The sky at ${where}` };
}

/** A selection where the reader is, if that page has a selection. It replaces other filters, which
 *  would hide a part of it. */
function selectionAddress(where: string): string {
  if (!["/properties", "/table", "/views"].includes(path.value))
    return addressAt(`/?${new URLSearchParams({ where })}`);
  const others = [...query.value.keys()].filter((name) => isFilter(name) || /^(\d+\.)?page$/.test(name));
  return addressOf(path.value, { ...Object.fromEntries(others.map((name) => [name, null])), where });
}

/** `positions`: whether the catalog has positions, so that there is a map. */
export function optionsOf({ position, names, fields, list }: Found, positions: boolean): Option[] {
  const options: Option[] = names.map((one) => ({
    kind: "name",
    key: `name ${one.name}`,
    address: sourceAddress(one.name),
    text: one.name,
    className: one.class,
  }));
  if (positions)
    for (const { name, ra, dec, width } of fields)
      options.push({
        kind: "field",
        key: `field ${name}`,
        address: addressOf("/", { view: `${ra},${dec},${width * 1.6}`, center: null }),
        text: `Field ${name}`,
      });
  if (position && positions) options.push(positionOption(position));
  if (list?.where)
    options.push({
      kind: "list",
      key: "list",
      address: selectionAddress(list.where),
      text: `Select the ${list.found} found`,
    });
  return options;
}

export const askOption = (name: string): Option => ({
  kind: "ask",
  key: "ask",
  address: "",
  text: `Ask Sesame for “${name}”`,
});

export function resolvedOption({ name, type, resolver, position }: Resolved): Option {
  const { ra, dec } = position;
  const what = [resolver, type].filter(Boolean).join(": ");
  return {
    kind: "position",
    key: "resolved",
    address: mapAt(ra, dec),
    text: `${name}${what && ` (${what})`}: the sky at ${figure(ra, 8)}° ${figure(dec, 8)}°`,
  };
}

/** The option that Enter takes: of that name, or whose name ends in the text; that field; the
 *  position, although it may also be the beginning of names; else the first. */
export function best(options: Option[], text: string): Option | undefined {
  const wanted = text.toLowerCase();
  const named = (test: (name: string) => boolean) =>
    options.filter((one) => one.kind === "name" && test(one.text.toLowerCase()));
  const ending = named(
    (name) => name.endsWith(wanted) && !/[a-z0-9]$/.test(name.slice(0, -wanted.length)),
  );
  return (
    named((name) => name === wanted)[0] ??
    (ending.length === 1 ? ending[0] : undefined) ??
    options.find((one) => one.kind === "field" && one.text.toLowerCase() === `field ${wanted}`) ??
    options.find((one) => one.kind === "position") ??
    options[0]
  );
}
