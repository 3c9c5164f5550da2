// Handles pointers, wheel and keys on a canvas: pan, zoom, lasso, hover, pick.
import type { Point, Size } from "./view.js";

export interface Gestures {
  size(): Size;
  take(): void; // a gesture begins
  move(dx: number, dy: number): void; // pixels
  zoom(factor: number, at: Point): void;
  whole(): void;
  selects(): boolean; // whether dragging marks what is to be selected
  mark(path: Point[], done: boolean): void; // in screen coordinates
  markAll(): void; // all that is in view, by key
  hover(at: Point | null): void;
  click(at: Point): void;
  pick(): void; // whatever is nearest to the centre, by key
}

const least = 4; // pixels between the vertices of a lasso, and before a press counts as a drag

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
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      target.take();
      target.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), place(event));
    },
    { ...options, passive: false },
  );
  canvas.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      target.take();
      canvas.setPointerCapture(event.pointerId);
      const at = place(event);
      pointers.set(event.pointerId, at);
      start = at;
      dragging = pointers.size > 1;
      if (path) target.mark([], true);
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
        if (Math.hypot(at[0] - x, at[1] - y) >= least) target.mark((path = [...path, at]), false);
        return;
      }
      if (pointers.size === 2) pinch(event.pointerId, before, at);
      else target.move(at[0] - before[0], at[1] - before[1]);
      pointers.set(event.pointerId, at);
    },
    options,
  );
  /** One of two fingers moved from `before` to `at`. */
  function pinch(id: number, before: Point, at: Point): void {
    const other = [...pointers].find(([key]) => key !== id)?.[1];
    if (!other) return;
    const apart = (p: Point): number => Math.max(8, Math.hypot(p[0] - other[0], p[1] - other[1]));
    target.move((at[0] - before[0]) / 2, (at[1] - before[1]) / 2);
    target.zoom(apart(at) / apart(before), [(at[0] + other[0]) / 2, (at[1] + other[1]) / 2]);
  }
  const release = (event: PointerEvent): void => {
    if (!pointers.delete(event.pointerId)) return;
    if (path) {
      target.mark(path, true);
      path = null;
    }
    if (!dragging && event.type === "pointerup" && !event.shiftKey) target.click(place(event));
    if (pointers.size === 0) start = null;
  };
  canvas.addEventListener("pointerup", release, options);
  canvas.addEventListener("pointercancel", release, options);
  canvas.addEventListener("pointerleave", () => target.hover(null), options);
  canvas.addEventListener("dblclick", (event) => target.zoom(2, place(event)), options);
  canvas.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Enter") return target.pick();
      if (event.key === "Escape" && path) {
        path = null;
        start = null;
        pointers.clear();
        return target.mark([], true);
      }
      if (byKey(event.key, target)) event.preventDefault();
    },
    options,
  );
  return () => controller.abort();
}

/** Handles a key; returns whether it has a meaning here. */
function byKey(key: string, target: Gestures): boolean {
  const { width, height } = target.size();
  const [dx, dy] = [0.15 * width, 0.15 * height];
  const actions: Record<string, () => void> = {
    "+": () => target.zoom(1.5, [width / 2, height / 2]),
    "-": () => target.zoom(1 / 1.5, [width / 2, height / 2]),
    "0": () => target.whole(),
    s: () => target.markAll(),
    ArrowLeft: () => target.move(dx, 0),
    ArrowRight: () => target.move(-dx, 0),
    ArrowUp: () => target.move(0, dy),
    ArrowDown: () => target.move(0, -dy),
  };
  const action = actions[key === "=" ? "+" : key === "−" ? "-" : key];
  if (action) {
    target.take();
    action();
  }
  return action !== undefined;
}
