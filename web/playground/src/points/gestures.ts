// What pointers, wheel and keys do to a view: move, zoom, mark a lasso, point at something.
import { moved, zoomed, type Point, type Size, type View } from "./view.js";

export interface Gestures {
  size(): Size;
  view(): View;
  show(view: View, moving: boolean): void;
  whole(): View;
  selects(): boolean; // the tool is the lasso
  lasso(path: Point[], done: boolean): void; // on the screen
  hover(at: Point | null): void;
  click(at: Point): void;
  pick(): void; // what is in the middle, by key
}

const least = 4; // pixels between the vertices of a lasso, and before a press becomes a drag

export function listen(canvas: HTMLCanvasElement, target: Gestures): () => void {
  const controller = new AbortController();
  const options = { signal: controller.signal };
  const pointers = new Map<number, Point>();
  let start: Point | null = null;
  let dragging = false;
  let path: Point[] | null = null;

  const place = (event: MouseEvent): Point => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const zoom = (factor: number, at: Point): void =>
    target.show(zoomed(target.view(), target.size(), factor, ...at), true);

  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), place(event));
    },
    { ...options, passive: false },
  );
  canvas.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      const at = place(event);
      pointers.set(event.pointerId, at);
      start = at;
      dragging = pointers.size > 1;
      path = pointers.size === 1 && (event.shiftKey || target.selects()) ? [at] : null;
      target.hover(null);
    },
    options,
  );
  canvas.addEventListener(
    "pointermove",
    (event) => {
      const at = place(event);
      const before = pointers.get(event.pointerId);
      if (!before || !start) return target.hover(event.pointerType === "touch" ? null : at);
      if (!dragging && Math.hypot(at[0] - start[0], at[1] - start[1]) < least) return;
      dragging = true;
      if (path) {
        const [x, y] = path[path.length - 1];
        if (Math.hypot(at[0] - x, at[1] - y) >= least) target.lasso((path = [...path, at]), false);
        return;
      }
      if (pointers.size === 2) pinch(event.pointerId, before, at);
      else target.show(moved(target.view(), at[0] - before[0], at[1] - before[1]), true);
      pointers.set(event.pointerId, at);
    },
    options,
  );
  /** One of two fingers went from `before` to `at`. */
  function pinch(id: number, before: Point, at: Point): void {
    const other = [...pointers].find(([key]) => key !== id)?.[1];
    if (!other) return;
    const apart = (p: Point): number => Math.max(8, Math.hypot(p[0] - other[0], p[1] - other[1]));
    const drawn = moved(target.view(), (at[0] - before[0]) / 2, (at[1] - before[1]) / 2);
    const middle: Point = [(at[0] + other[0]) / 2, (at[1] + other[1]) / 2];
    target.show(zoomed(drawn, target.size(), apart(at) / apart(before), ...middle), true);
  }
  const release = (event: PointerEvent): void => {
    if (!pointers.delete(event.pointerId)) return;
    if (path) {
      target.lasso(path, true);
      path = null;
    }
    if (!dragging && event.type === "pointerup" && !event.shiftKey) target.click(place(event));
    if (pointers.size === 0) start = null;
  };
  canvas.addEventListener("pointerup", release, options);
  canvas.addEventListener("pointercancel", release, options);
  canvas.addEventListener("pointerleave", () => target.hover(null), options);
  canvas.addEventListener("dblclick", (event) => zoom(2, place(event)), options);
  canvas.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Enter") return target.pick();
      if (event.key === "Escape" && path) {
        path = null;
        start = null;
        pointers.clear();
        return target.lasso([], true);
      }
      const next = byKey(event.key, target);
      if (!next) return;
      event.preventDefault();
      target.show(next, true);
    },
    options,
  );
  return () => controller.abort();
}

function byKey(key: string, target: Gestures): View | null {
  const view = target.view();
  const size = target.size();
  const [dx, dy] = [0.15 * size.width, 0.15 * size.height];
  const about = (factor: number): View =>
    zoomed(view, size, factor, size.width / 2, size.height / 2);
  switch (key) {
    case "+":
    case "=":
      return about(1.5);
    case "-":
    case "−":
      return about(1 / 1.5);
    case "0":
      return target.whole();
    case "ArrowLeft":
      return moved(view, dx, 0);
    case "ArrowRight":
      return moved(view, -dx, 0);
    case "ArrowUp":
      return moved(view, 0, dy);
    case "ArrowDown":
      return moved(view, 0, -dy);
    default:
      return null;
  }
}
