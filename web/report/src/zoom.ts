// Zooms and pans by wheel, drag, double click and keys.
import { moved, whole, zoomed, type Directions, type View } from "./view.js";

/** The rectangle of a panel in a drawing, in pixels. */
export interface Panel {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Drawing {
  svg: SVGSVGElement;
  panels: Panel[];
}

/** Something that zooms; all panels of its drawing show the same view. */
export interface Zoomable {
  drawing(): Drawing | null;
  view(): View;
  show(view: View): void;
}

/** The panel under the pointer, and the position in it as fractions of its size. */
function place(event: MouseEvent, drawing: Drawing | null) {
  if (!drawing) return null;
  const box = drawing.svg.getBoundingClientRect();
  const left = event.clientX - box.left;
  const top = event.clientY - box.top;
  for (const panel of drawing.panels) {
    const x = (left - panel.left) / panel.width;
    const y = 1 - (top - panel.top) / panel.height;
    if (x >= 0 && x <= 1 && y >= 0 && y <= 1) return { x, y, panel };
  }
  return null;
}

/** Handles input on `canvas`, which contains the drawing. The page can still be scrolled: the wheel
 *  zooms only with Ctrl or if the canvas has the focus, and touch only scrolls. */
export function listen(canvas: HTMLElement, along: Directions, target: Zoomable): void {
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "group");
  canvas.classList.add("zooms");
  canvas.addEventListener(
    "wheel",
    (event) => {
      const at = place(event, target.drawing());
      if (!at || !(event.ctrlKey || event.metaKey || document.activeElement === canvas)) return;
      event.preventDefault();
      const factor = Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002));
      target.show(zoomed(target.view(), factor, at.x, at.y, along));
    },
    { passive: false },
  );
  // The plot stops the event of a click, which pins its tooltip: handle it before it gets there.
  canvas.addEventListener("pointerdown", (event) => grab(event, along, target), { capture: true });
  canvas.addEventListener("dblclick", (event) => {
    const at = place(event, target.drawing());
    if (at) target.show(zoomed(target.view(), 2, at.x, at.y, along));
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.target !== canvas || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = byKey(event.key, target.view(), along);
    if (!next) return;
    event.preventDefault();
    target.show(next);
  });
}

/** Follows the pointer until it is released. */
function grab(event: PointerEvent, along: Directions, target: Zoomable): void {
  const at = place(event, target.drawing());
  if (!at || event.pointerType === "touch" || event.button !== 0) return;
  const start = target.view();
  const drag = (now: PointerEvent): void => {
    const dx = event.clientX - now.clientX;
    const dy = now.clientY - event.clientY;
    if (now.buttons && Math.hypot(dx, dy) > 3)
      target.show(moved(start, dx / at.panel.width, dy / at.panel.height, along));
  };
  const end = (): void => {
    window.removeEventListener("pointermove", drag);
    window.removeEventListener("pointerup", end);
  };
  window.addEventListener("pointermove", drag);
  window.addEventListener("pointerup", end);
}

function byKey(key: string, view: View, along: Directions): View | null {
  const step = 0.2;
  switch (key) {
    case "+":
    case "=":
      return zoomed(view, 1.5, 0.5, 0.5, along);
    case "-":
      return zoomed(view, 1 / 1.5, 0.5, 0.5, along);
    case "0":
      return whole;
    case "ArrowLeft":
      return moved(view, -step, 0, along);
    case "ArrowRight":
      return moved(view, step, 0, along);
    case "ArrowUp":
      return moved(view, 0, step, along);
    case "ArrowDown":
      return moved(view, 0, -step, along);
    default:
      return null;
  }
}
