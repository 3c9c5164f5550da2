// Elements, text and tables. Text from files comes in as text nodes only, never as markup.

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

/** A table under its title; numbers stand to the right, null is "–". */
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
  // Wide tables scroll inside their frame, by keyboard, too.
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

/** 4906 as "4,906". */
export function count(n: number): string {
  return n.toLocaleString("en-US", { maximumFractionDigits: 6 });
}

/** A number with so many significant digits: 0.0123, 1.23e-7. */
export function figure(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (size >= 1e-3 && size < 1e6) return `${sign}${Number(size.toPrecision(digits))}`;
  const [mantissa, exponent] = size.toExponential(digits - 1).split("e");
  return `${sign}${mantissa}e${Number(exponent)}`;
}

export function percent(part: number, whole: number): string {
  if (whole === 0) return "–";
  const value = (100 * part) / whole;
  return value > 0 && value < 0.1 ? "< 0.1 %" : `${value.toFixed(value < 10 ? 1 : 0)} %`;
}

/** At most so many characters, for places on an axis; the whole stands in tooltip and table. */
export function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : characters.slice(0, most - 1).join("") + "…";
}

/** The file's own name: folders of somebody's machine say nothing in a report. */
export function fileName(path: string): string {
  return path.split("/").pop() || path;
}
