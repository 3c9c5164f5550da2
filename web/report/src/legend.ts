// A legend whose entries can be switched on and off, for one or several figures.
import { element, svgElement } from "../../common/dom.js";

export interface Entry {
  key: number;
  label: string;
  color: string;
  dash?: string;
}

export class Legend {
  readonly node = element("ul", { class: "legend" });
  private readonly hidden = new Set<number>();
  private readonly listeners: (() => void)[] = [];

  constructor(readonly entries: Entry[]) {
    for (const entry of entries) {
      const button = element("button", { type: "button", "aria-pressed": "true" });
      button.append(swatch(entry), entry.label);
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

function swatch(entry: Entry): SVGSVGElement {
  const svg = svgElement("svg", { width: 18, height: 10, "aria-hidden": "true" });
  svg.append(mark(entry));
  return svg;
}

/** The symbol of an entry, 18 by 10 pixels: a line if it has a dash pattern, else a square. */
export function mark(entry: Entry): SVGElement {
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
