// XML-RPC as SAMP uses it: texts, lists and maps are all that there is.
import { withoutControls } from "../../../common/xml.js";

export type Value = string | Value[] | { [name: string]: Value };
export type ValueMap = { [name: string]: Value };

const escaped = (text: string): string =>
  withoutControls(text)
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/\r/g, "&#13;");

function encoded(value: Value): string {
  if (typeof value === "string") return `<value><string>${escaped(value)}</string></value>`;
  if (Array.isArray(value))
    return `<value><array><data>${value.map(encoded).join("")}</data></array></value>`;
  const members = Object.entries(value).map(
    ([name, member]) => `<member><name>${escaped(name)}</name>${encoded(member)}</member>`,
  );
  return `<value><struct>${members.join("")}</struct></value>`;
}

export function methodCall(method: string, parameters: Value[]): string {
  const given = parameters.map((one) => `<param>${encoded(one)}</param>`).join("");
  return (
    `<?xml version="1.0"?><methodCall><methodName>${method}</methodName>` +
    `<params>${given}</params></methodCall>`
  );
}

const child = (element: Element, name: string): Element | undefined =>
  [...element.children].find((one) => one.tagName === name);

function decoded(value: Element | undefined): Value {
  const typed = value?.firstElementChild;
  if (!typed) return value?.textContent ?? "";
  if (typed.tagName === "array")
    return [...(child(typed, "data")?.children ?? [])].map(decoded);
  if (typed.tagName !== "struct") return typed.textContent ?? "";
  const members = [...typed.children].map((member): [string, Value] => [
    child(member, "name")?.textContent ?? "",
    decoded(child(member, "value")),
  ]);
  return Object.fromEntries(members);
}

/** The result of a call. Throws an Error with the hub's words if the call failed. */
export function resultOf(answer: string): Value {
  const document = new DOMParser().parseFromString(answer, "text/xml");
  const root = document.documentElement;
  const fault = root.tagName === "methodResponse" ? child(root, "fault") : undefined;
  const value = root.querySelector(":scope > params > param > value") ?? undefined;
  if (fault) {
    const said = asMap(decoded(child(fault, "value"))).faultString;
    throw new Error(`The SAMP hub refused: ${said}`);
  }
  if (!value) throw new Error("The SAMP hub's answer is not XML-RPC");
  return decoded(value);
}

/** What the hub sends is looked at, not trusted. */
export const asMap = (value: Value | undefined): ValueMap =>
  value && typeof value === "object" && !Array.isArray(value) ? value : {};
export const asList = (value: Value | undefined): Value[] => (Array.isArray(value) ? value : []);
export const asText = (value: Value | undefined): string =>
  typeof value === "string" ? value : "";
