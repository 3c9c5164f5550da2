// A canvas with points between a layer below and a layer above them. It is redrawn when something
// changes: coarsely while it moves, finely when it comes to rest.
import type { Pen } from "../figure/svg_pen.js";
import { fly } from "./flight.js";
import type { Tool } from "../state/tool.js";
import { listen } from "./gestures.js";
import { outlineOf } from "./lasso.js";
import type { PointSet } from "./point_set.js";
import { finely, quickly, Raster, type Colors } from "./raster.js";
import { boxOfSelected, viewOnto } from "./selected_box.js";
import { absent, faint, type Shades } from "./shades.js";
import { moved, toPlane, toScreen, zoomed, type Point, type Size, type View } from "./view.js";

export interface Layers {
  below(context: Pen, view: View, size: Size): void;
  above(context: Pen, view: View, size: Size): void;
}

export interface Answers {
  whole(size: Size): View;
  limit(view: View, size: Size): View;
  /** The view to keep when the canvas is resized or gets its first size. */
  resized(view: View, before: Size, size: Size): View;
  onView(view: View, size: Size): void; // the view has come to rest
  onMove(view: View, size: Size): void; // in each frame
  onHover(id: number | null, at: Point | null): void; // at: in screen coordinates
  onPick(id: number | null, at: Point): void;
  /** A drag has marked something: its outline, and for a circle its middle and a point on it, in
   *  plane coordinates. */
  onMark(outline: Point[], circle: [Point, Point] | null): void;
}

/** From fine to coarse: raster pixels per screen pixel, and every how many points one is drawn. */
const qualities = [
  { ratio: 1, stride: 1 },
  { ratio: 0.5, stride: 1 },
  { ratio: 0.5, stride: 2 },
  { ratio: 0.34, stride: 4 },
];
const slow_ms = 12;
const fast_ms = 4;
const rest_ms = 160;
const mostPixels = 2_600_000; // at rest
const reach = 9; // pixels that a pointer may be away from a point

export class PointPlot {
  points: PointSet | null = null;
  shades: Shades | null = null;
  colors: Colors | null = null;
  tool: Tool = "move";
  /** Whether the points themselves are drawn; a layer may show their density instead. */
  drawsPoints = true;
  /** Milliseconds that the last frame took. */
  lastFrame_ms = 0;
  private view: View | null = null;
  private readonly raster = new Raster();
  private readonly context: CanvasRenderingContext2D;
  private readonly copy = document.createElement("canvas");
  private readonly stop: () => void;
  private readonly observer: ResizeObserver;
  private size: Size = { width: 0, height: 0 };
  private frame = 0;
  private rest = 0;
  private moving = false;
  private endFlight = () => {};
  private level = 0;
  private marked: Point[] = []; // the outline of a drag, in screen coordinates

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly layers: Layers,
    private readonly answers: Answers,
    start: View | null,
  ) {
    this.context = canvas.getContext("2d") as CanvasRenderingContext2D;
    this.view = start;
    this.stop = listen(canvas, {
      size: () => this.size,
      take: () => this.endFlight(),
      move: (dx, dy) => this.set(moved(this.current(), dx, dy), true),
      zoom: (factor, at) => this.zoom(factor, at, true),
      whole: () => this.show(null),
      selects: () => this.tool !== "move",
      mark: (path, done) => this.mark(path, done),
      markAll: () => {
        const { width, height } = this.size;
        this.mark([[0, 0], [width, 0], [width, height], [0, height]], true, "lasso");
      },
      hover: (at) => answers.onHover(at && this.idAt(at), at),
      click: (at) => answers.onPick(this.idAt(at), at),
      pick: () => {
        const middle: Point = [this.size.width / 2, this.size.height / 2];
        answers.onPick(this.idAt(middle, Infinity), middle);
      },
    });
    this.observer = new ResizeObserver(() => this.resized());
    this.observer.observe(canvas);
  }

  close(): void {
    this.stop();
    this.endFlight();
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.rest);
  }

  /** The current view; all of the plane if none was chosen. */
  current(): View {
    return this.view ?? this.answers.whole(this.size);
  }
  /** Whether the next frame should be drawn coarsely. */
  isHurried(): boolean {
    return this.moving && this.level > 0;
  }
  extent(): Size {
    return this.size;
  }

  /** Shows a part of the plane; null shows all of it. */
  show(view: View | null): void {
    this.endFlight();
    this.set(view, false);
  }

  /** Shows the selected points, with room around them; all of the plane if there are none. */
  showSelected(): void {
    const { points, shades } = this;
    const isPart = points && shades && shades.selected < points.size;
    const box = isPart && boxOfSelected(points, shades);
    this.show(box ? viewOnto(box, this.answers.whole(this.size), this.size, this.answers.limit) : null);
  }

  private set(view: View | null, moving: boolean): void {
    this.view = view && this.answers.limit(view, this.size);
    if (moving) this.move();
    else this.answers.onView(this.current(), this.size);
    this.request();
  }

  /** Flies to a part of the plane; a gesture ends the flight. */
  flyTo(view: View): void {
    this.endFlight();
    const target = this.answers.limit(view, this.size);
    this.endFlight = fly(this.current(), target, this.size, (on, end) => this.set(on, !end));
  }

  /** Zooms in by `factor` about a point on the screen, which stays in place as far as possible. */
  private zoom(factor: number, at: Point, moving: boolean): void {
    const { size } = this;
    const fixed = toPlane(this.current(), size, ...at);
    const next = this.answers.limit(zoomed(this.current(), size, factor, ...at), size);
    const [left, top] = toScreen(next, size, ...fixed);
    this.set(moved(next, at[0] - left, at[1] - top), moving);
  }
  zoomMiddle(factor: number): void {
    this.endFlight();
    this.zoom(factor, [this.size.width / 2, this.size.height / 2], false);
  }

  request(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  /** Redraws soon, and finely once nothing has changed for a moment. */
  changed(): void {
    this.move();
    this.request();
  }

  private move(): void {
    this.moving = true;
    clearTimeout(this.rest);
    this.rest = window.setTimeout(() => {
      this.moving = false;
      this.answers.onView(this.current(), this.size);
      this.request();
    }, rest_ms);
  }

  private resized(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return; // it is being removed from the page
    if (width === this.size.width && height === this.size.height) return;
    const before = this.size;
    this.size = { width, height };
    this.view &&= this.answers.resized(this.view, before, this.size);
    if (before.width) return this.changed(); // perhaps one of many sizes while an edge is dragged
    this.answers.onView(this.current(), this.size);
    this.request();
  }

  private draw(): void {
    const { canvas, context, size } = this;
    if (!size.width || !size.height) return;
    const began = performance.now();
    const device = Math.min(
      window.devicePixelRatio || 1,
      Math.max(1, Math.sqrt(mostPixels / (size.width * size.height))),
    );
    const [width, height] = [Math.round(size.width * device), Math.round(size.height * device)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const view = this.current();
    context.setTransform(device, 0, 0, device, 0, 0);
    context.clearRect(0, 0, size.width, size.height);
    this.layers.below(context, view, size);
    this.drawPoints(device);
    this.layers.above(context, view, size);
    this.drawMarked();
    this.answers.onMove(view, size);
    this.lastFrame_ms = performance.now() - began;
    if (!this.moving) return;
    if (this.lastFrame_ms > slow_ms) this.level = Math.min(qualities.length - 1, this.level + 1);
    else if (this.lastFrame_ms < fast_ms) this.level = Math.max(0, this.level - 1);
  }

  private drawPoints(device: number): void {
    const { points, shades, colors, size, copy } = this;
    if (!this.drawsPoints) return;
    if (!points || !shades || !colors || shades.of.length !== points.size) return;
    const { ratio, stride } = this.moving ? qualities[this.level] : qualities[0];
    const width = Math.ceil(size.width * device * ratio);
    const height = Math.ceil(size.height * device * ratio);
    const { image } = this.raster.draw(
      points,
      shades,
      colors,
      this.viewOf(width / (device * ratio), height / (device * ratio)),
      width,
      height,
      device * ratio,
      stride,
      this.moving ? quickly : finely,
    );
    if (copy.width !== width || copy.height !== height) {
      copy.width = width;
      copy.height = height;
    }
    copy.getContext("2d")?.putImageData(image, 0, 0);
    this.context.drawImage(copy, 0, 0, width / (device * ratio), height / (device * ratio));
  }

  /** The view of an image that is a fraction of a pixel larger than the canvas. */
  private viewOf(width: number, height: number): View {
    const view = this.current();
    const [x, y] = toPlane(view, this.size, width / 2, height / 2);
    return { ...view, x, y };
  }

  private drawMarked(): void {
    if (this.marked.length < 2) return;
    const { context } = this;
    context.beginPath();
    for (const [x, y] of this.marked) context.lineTo(x, y);
    context.closePath();
    context.fillStyle = this.accent;
    context.strokeStyle = this.accent;
    context.lineWidth = 1.5;
    context.globalAlpha = 0.13;
    context.fill();
    context.globalAlpha = 1;
    context.stroke();
  }
  accent = "#6fb1ec";

  private mark(path: Point[], done: boolean, tool = this.tool): void {
    const outline = path.length ? outlineOf(tool, path) : [];
    this.marked = done ? [] : outline;
    if (done && outline.length > 2 && path.length > 1) {
      const inPlane = ([x, y]: Point): Point => toPlane(this.current(), this.size, x, y);
      const ends: [Point, Point] = [inPlane(path[0]), inPlane(path[path.length - 1])];
      this.answers.onMark(outline.map(inPlane), tool === "circle" ? ends : null);
    }
    this.request();
  }

  /** The id − 1 of the source at a point on the screen. */
  private idAt([left, top]: Point, within = reach): number | null {
    const { points, shades } = this;
    if (!points || !shades) return null;
    const view = this.current();
    const [x, y] = toPlane(view, this.size, left, top);
    const far = Math.min(within, Math.max(this.size.width, this.size.height));
    let at = points.nearest(x, y, view, far, (i) => shades.of[i] < faint);
    if (at < 0) at = points.nearest(x, y, view, far, (i) => shades.of[i] !== absent);
    return at < 0 ? null : points.ids[at];
  }

  /** The current position of a point of the plane on the screen. */
  onScreen(x: number, y: number): Point {
    return toScreen(this.current(), this.size, x, y);
  }
}
