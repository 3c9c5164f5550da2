// Printed plots. A canvas cannot be drawn for the paper while the browser prints: plots keep the size
// and the theme in which they are on the screen, with all that is placed upon them, and are scaled.
import { isDark } from "./theme.js";

// Of A4 or letter paper with the margins of print.css, in CSS pixels.
const paper = { width: 680, height: 880 };
const ofView = 400; // the height of a plot among several views: two fit a page
const largest = 1.5;

/** What is scaled as a whole: a plane with its axes, or a map. */
const plots = (): HTMLElement[] => [
  ...new Set(
    [...document.querySelectorAll<HTMLElement>(".stage")].map(
      (stage) => stage.closest<HTMLElement>(".plane") ?? stage,
    ),
  ),
];

/** The tools of a plot. Letters scaled down are a little wider: without fixed widths, a line would break
 *  elsewhere. */
const toolsOf = (plot: HTMLElement) => [...plot.querySelectorAll<HTMLElement>(".tools > *")];

function fix(plot: HTMLElement): void {
  const widths = toolsOf(plot).map((tool) => tool.getBoundingClientRect().width);
  toolsOf(plot).forEach((tool, i) => (tool.style.width = `${widths[i]}px`));
  const { width, height } = plot.getBoundingClientRect();
  const most = plot.closest(".pane") ? ofView : paper.height;
  const { gridTemplateColumns, gridTemplateRows } = getComputedStyle(plot);
  Object.assign(plot.style, {
    width: `${width}px`,
    height: `${height}px`,
    zoom: `${Math.min(largest, paper.width / width, most / height)}`,
    colorScheme: isDark() ? "dark" : "light",
    // On paper, the rules for narrow windows would apply.
    gridTemplateColumns,
    gridTemplateRows,
  });
}

const fixed = ["width", "height", "zoom", "color-scheme", "grid-template-columns", "grid-template-rows"];

/** Prepares plots whenever the browser prints; the result ends that. */
export function preparePlots(): () => void {
  let printed: HTMLElement[] = [];
  const before = (): void => {
    printed = plots();
    // The screen is measured before anything is changed.
    for (const plot of printed) fix(plot);
  };
  const after = (): void => {
    for (const plot of printed) {
      for (const name of fixed) plot.style.removeProperty(name);
      for (const tool of toolsOf(plot)) tool.style.removeProperty("width");
    }
    printed = [];
  };
  addEventListener("beforeprint", before);
  addEventListener("afterprint", after);
  return () => {
    removeEventListener("beforeprint", before);
    removeEventListener("afterprint", after);
  };
}
