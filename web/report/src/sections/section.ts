// A section of the page: heading, text, figures.
import { element, type Child } from "../../../common/dom.js";
import { Figure, type FigureSpec } from "../figure.js";

export interface Section {
  id: string;
  title: string;
  node: HTMLElement;
  figures: Figure[];
}

export class SectionBuilder {
  private readonly node: HTMLElement;
  private readonly figures: Figure[] = [];

  constructor(
    private readonly id: string,
    private readonly title: string,
  ) {
    this.node = element(
      "section",
      { id, "aria-labelledby": `${id}-heading` },
      element("h2", { id: `${id}-heading` }, title),
    );
  }
  text(...children: Child[]): this {
    this.node.append(element("p", { class: "lead" }, ...children));
    return this;
  }
  add(...nodes: Node[]): this {
    this.node.append(...nodes);
    return this;
  }
  /** Figures side by side if there is room. */
  grid(kind: "one" | "two" | "many", ...specs: FigureSpec[]): this {
    const figures = specs.map((spec) => new Figure(spec));
    this.figures.push(...figures);
    this.node.append(
      element("div", { class: `grid ${kind}` }, ...figures.map((figure) => figure.node)),
    );
    return this;
  }
  done(): Section {
    return { id: this.id, title: this.title, node: this.node, figures: this.figures };
  }
}
