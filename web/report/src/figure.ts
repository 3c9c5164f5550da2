// A figure: title, controls, legend, drawing, caption and a table of its numbers. Figures near the
// window are drawn first; a figure is redrawn when its width, its view or its legend changes.
import { element } from "../../common/dom.js";
import type { Legend } from "./legend.js";
import { save } from "./save.js";
import { whole, zoomed, type Directions, type View } from "./view.js";
import { listen, type Drawing } from "./zoom.js";

export interface FigureSpec {
  id: string;
  title: string | (() => string); // a function if it changes
  caption: () => string;
  description: string; // for readers who cannot see it
  draw(width: number, view: View): Drawing;
  zoom?: Directions;
  legend?: () => Legend | null;
  sharedLegend?: boolean; // shown elsewhere, but included in saved files
  controls?: (redraw: () => void) => HTMLElement[];
  table?: () => HTMLElement;
  small?: boolean;
}

const figures: Figure[] = [];

export class Figure {
  readonly node: HTMLElement;
  private readonly heading = element("h3");
  private readonly canvas = element("div", { class: "canvas" });
  private readonly caption = element("figcaption");
  private readonly legendPlace = element("div", { class: "legend-place" });
  private legend: Legend | null = null;
  private view: View = whole;
  private drawing: Drawing | null = null;
  private width = 0;
  private near = false;
  private requested = false;

  constructor(private readonly spec: FigureSpec) {
    const head = element("div", { class: "head" }, this.heading, this.toolbar());
    this.heading.id = `${spec.id}-title`;
    this.heading.textContent = this.title();
    const controls = spec.controls?.(() => this.refresh()) ?? [];
    const describe = element(
      "p",
      { class: "hidden", id: `${spec.id}-description` },
      spec.description,
    );
    this.canvas.id = `${spec.id}-canvas`;
    this.node = element(
      "figure",
      {
        id: spec.id,
        class: spec.small ? "small" : "",
        "aria-labelledby": `${spec.id}-title`,
        "aria-describedby": `${spec.id}-description`,
      },
      head,
      controls.length ? element("div", { class: "controls" }, ...controls) : null,
      this.legendPlace,
      this.canvas,
      this.caption,
      describe,
    );
    if (spec.table) {
      const details = element("details", { class: "numbers" }, element("summary", {}, "Numbers"));
      details.addEventListener("toggle", () => {
        if (details.open && spec.table) details.append(spec.table());
        else details.querySelector(".table")?.remove();
      });
      this.node.append(details);
    }
    if (spec.zoom) {
      this.canvas.setAttribute(
        "aria-label",
        `${this.title()}: + and − zoom, arrow keys pan, 0 shows all`,
      );
      listen(this.canvas, spec.zoom, {
        drawing: () => this.drawing,
        view: () => this.view,
        show: (view) => this.show(view),
      });
    }
    this.takeLegend();
    figures.push(this);
  }

  /** Starts to observe its width and position; call once it is in the page. */
  watch(): void {
    new IntersectionObserver(
      (entries) => {
        this.near = entries.some((entry) => entry.isIntersecting);
        if (this.near && this.stale()) this.request();
      },
      { rootMargin: "800px" },
    ).observe(this.node);
    new ResizeObserver(() => {
      if (this.near && this.stale()) this.request();
    }).observe(this.canvas);
  }

  get drawn(): boolean {
    return this.drawing !== null;
  }

  /** Whether it has not been drawn, or for another width. */
  private stale(): boolean {
    return !this.drawn || Math.abs(this.canvas.clientWidth - this.width) > 1;
  }

  draw(): void {
    this.width = this.canvas.clientWidth;
    if (this.width < 40) return;
    const drawing = this.spec.draw(this.width, this.view);
    const svg = drawing.svg;
    // The library's own <style> would violate the page's security policy; style.css has the same
    // rules.
    svg.querySelectorAll("style").forEach((style) => style.remove());
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-labelledby", `${this.spec.id}-title`);
    svg.setAttribute("aria-describedby", `${this.spec.id}-description`);
    // The marks form one image: screen readers get title, description and table instead.
    svg.querySelectorAll("[aria-label]").forEach((mark) => {
      mark.setAttribute("data-mark", mark.getAttribute("aria-label") ?? "");
      mark.removeAttribute("aria-label");
    });
    svg
      .querySelectorAll("[aria-description]")
      .forEach((mark) => mark.removeAttribute("aria-description"));
    // The library positions a tooltip right after this event.
    svg.addEventListener("input", () => queueMicrotask(() => keepTipInside(svg)));
    this.drawing = drawing;
    this.heading.textContent = this.title();
    this.canvas.replaceChildren(svg);
    this.caption.textContent = this.spec.caption();
  }

  private title(): string {
    const { title } = this.spec;
    return typeof title === "string" ? title : title();
  }

  /** Draws the whole figure with the current legend. */
  refresh(): void {
    this.view = whole;
    this.takeLegend();
    this.request();
  }

  private takeLegend(): void {
    const legend = this.spec.legend?.() ?? null;
    if (legend === this.legend) return;
    this.legend = legend;
    legend?.onChange(() => legend === this.legend && this.request());
    if (!this.spec.sharedLegend) this.legendPlace.replaceChildren(...(legend ? [legend.node] : []));
  }

  private request(): void {
    if (this.requested) return;
    this.requested = true;
    requestAnimationFrame(() => {
      this.requested = false;
      this.draw();
    });
  }

  private show(view: View): void {
    this.view = view;
    this.request();
  }

  private toolbar(): HTMLElement {
    const bar = element("div", {
      class: "toolbar",
      role: "group",
      "aria-label": `Tools of ${this.title()}`,
    });
    const add = (text: string, label: string, action: () => void): void => {
      const button = element("button", { type: "button", title: label, "aria-label": label }, text);
      button.addEventListener("click", action);
      bar.append(button);
    };
    const along = this.spec.zoom;
    if (along) {
      add("+", "Zoom in", () => this.show(zoomed(this.view, 1.5, 0.5, 0.5, along)));
      add("−", "Zoom out", () => this.show(zoomed(this.view, 1 / 1.5, 0.5, 0.5, along)));
      add("⟲", "Show all", () => this.show(whole));
    }
    const file = (kind: "svg" | "png") => () => {
      if (!this.drawing) this.draw();
      if (this.drawing)
        void save(this.drawing.svg, this.spec.id, this.title(), this.legend?.shown() ?? [], kind);
    };
    add("SVG", "Save as SVG", file("svg"));
    add("PNG", "Save as PNG", file("png"));
    return bar;
  }
}

/** Moves the tooltip into the window if it would extend beyond the edge. */
function keepTipInside(svg: SVGSVGElement): void {
  const tip = svg.querySelector<SVGGElement>('[aria-label="tip"]');
  if (!tip?.firstChild) return;
  const edge = 4;
  const { left, right } = tip.getBoundingClientRect();
  const shift = Math.max(
    edge - left,
    Math.min(0, document.documentElement.clientWidth - edge - right),
  );
  if (shift) tip.setAttribute("transform", `translate(${shift} 0)`);
}

/** Draws the remaining figures one after the other while the page is idle. */
export function drawInTime(): void {
  const waiting = figures.filter((figure) => !figure.drawn);
  const later = window.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 50));
  const next = (): void => {
    const figure = waiting.shift();
    if (!figure) return;
    if (!figure.drawn) figure.draw();
    later(next);
  };
  later(next);
}

/** Draws the figures for the width of the paper before printing, and for the window afterwards. */
export function drawForPrint(): void {
  const root = document.documentElement;
  window.addEventListener("beforeprint", () => {
    root.classList.add("printing");
    for (const figure of figures) figure.draw();
  });
  window.addEventListener("afterprint", () => {
    root.classList.remove("printing");
    for (const figure of figures) figure.draw();
  });
}
