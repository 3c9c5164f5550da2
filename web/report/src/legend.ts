// A legend whose entries can be switched on and off, for one or several figures.
import { element, svgElement } from "../../common/dom.js";
import type { Look } from "../../common/palette.js";
import { pathOf, type Shape } from "../../common/shapes.js";

export interface Entry {
  key: number;
  label: string;
  color: string;
  dash?: string; // of lines
  shape?: Shape; // of points
}

/** An entry of a figure with points. */
export const pointEntry = (key: number, label: string, { color, shape }: Look): Entry => ({
  key,
  label,
  color,
  shape,
});
/** An entry of a figure with lines. */
export const lineEntry = (key: number, label: string, { color, dash }: Look): Entry => ({
  key,
  label,
  color,
  dash,
});
/** An entry of a figure with areas. */
export const areaEntry = (key: number, label: string, { color }: Look): Entry => ({
  key,
  label,
  color,
});

export class Legend {
  readonly node = element("ul", { class: "legend" });
  private readonly hidden = new Set<number>();
  private readonly listeners: (() => void)[] = [];

  constructor(readonly entries: Entry[]) {
    for (const entry of entries) {
      const button = element("button", { type: "button", "aria-pressed": "true" });
      button.append(sign(entry), entry.label);
      button.addEventListener("click", () => {
        if (!this.hidden.delete(entry.key)) this.hidden.add(entry.key);
        button.setAttribute("aria-pressed", `${!this.hidden.has(entry.key)}`);
        for (const listener of this.listeners) listener();
      });
      this.node.append(element("li", {}, button));
    }
  }

  shows(key: number): boolean {
    return !this.hidden.has(key);
  }
  shown(): Entry[] {
    return this.entries.filter((entry) => this.shows(entry.key));
  }
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }
}

/** The symbol of an entry, to stand before its name. */
export function sign(entry: Entry): SVGSVGElement {
  const svg = svgElement("svg", { width: 18, height: 10, "aria-hidden": "true" });
  svg.append(mark(entry));
  return svg;
}

/** The symbol of an entry, 18 by 10 pixels: that of its points or lines, else a square. */
export function mark(entry: Entry): SVGElement {
  if (entry.shape)
    return svgElement("path", { d: pathOf(entry.shape, 4.5, 9, 5), fill: entry.color });
  const isLine = entry.dash !== undefined;
  return svgElement("line", {
    x1: isLine ? 0 : 4,
    x2: isLine ? 18 : 14,
    y1: 5,
    y2: 5,
    stroke: entry.color,
    "stroke-width": isLine ? 2 : 10,
    "stroke-dasharray": entry.dash || "none",
  });
}
