// Creates elements, text and tables. Text from files is inserted as text nodes only, never as
// markup.

import { count } from "./numbers.js";

export type Child = Node | string | null | undefined | false;

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  for (const child of children) if (child) node.append(child);
  return node;
}

export const svgNamespace = "http://www.w3.org/2000/svg";

export function svgElement<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | number> = {},
): SVGElementTagNameMap[K] {
  const node = document.createElementNS(svgNamespace, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, `${value}`);
  return node;
}

export type Cell = string | number | null | Node;

let tables = 0;

/** A table with a title above it; numbers are right-aligned, null is shown as "–". */
export function table(caption: string, head: string[], rows: Cell[][]): HTMLElement {
  const numeric = head.map((_, c) =>
    rows.every((row) => row[c] === null || typeof row[c] === "number" || isNumberText(row[c])),
  );
  const cell = (tag: "td" | "th", content: Cell, c: number): HTMLElement => {
    const text = content === null ? "–" : typeof content === "number" ? count(content) : content;
    return element(tag, numeric[c] && rows.length ? { class: "number" } : {}, text);
  };
  const header = element("tr");
  head.forEach((name, c) => {
    const th = cell("th", name, c);
    th.setAttribute("scope", "col");
    header.append(th);
  });
  const body = element("tbody");
  for (const row of rows) {
    const line = element("tr");
    row.forEach((content, c) => {
      const node = cell(c === 0 ? "th" : "td", content, c);
      if (c === 0) node.setAttribute("scope", "row");
      line.append(node);
    });
    body.append(line);
  }
  const id = `table-${++tables}`;
  const named = { "aria-labelledby": id };
  const node = element("table", named, element("thead", {}, header), body);
  // Wide tables scroll within their frame, also by keyboard.
  const frame = element("div", { class: "scroll", tabindex: "0", role: "group", ...named }, node);
  return element(
    "div",
    { class: "table" },
    element("p", { id, class: "table-title" }, caption),
    frame,
  );
}

function isNumberText(content: Cell): boolean {
  return (
    typeof content === "string" && /^[+−-]?[\d.,]+([eE×].*)?( ?%)?( \(.*\))?$|^–$/.test(content)
  );
}

/** The name of a file without its folders, which mean nothing in a report. */
export function fileName(path: string): string {
  return path.split("/").pop() || path;
}
