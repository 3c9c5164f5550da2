// The part of a canvas that layers draw with, which writes SVG instead: maps and planes are drawn by
// the same code on the screen and on paper.
import { withoutControls } from "../../../common/xml.js";

export type Pen = Pick<
  CanvasRenderingContext2D,
  | "arc"
  | "beginPath"
  | "closePath"
  | "fill"
  | "fillRect"
  | "fillStyle"
  | "fillText"
  | "font"
  | "globalAlpha"
  | "lineJoin"
  | "lineTo"
  | "lineWidth"
  | "measureText"
  | "moveTo"
  | "rect"
  | "setLineDash"
  | "stroke"
  | "strokeStyle"
  | "strokeText"
  | "textAlign"
  | "textBaseline"
>;

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

export const escaped = (text: string): string =>
  withoutControls(text).replace(/[&<>"]/g, (one) => entities[one]);

/** A number with at most two decimals. */
export const short = (value: number): string => `${Math.round(100 * value) / 100}`;

/** An element with these attributes; undefined ones are left out. */
export function tag(
  name: string,
  attributes: Record<string, string | number | undefined>,
  content = "",
): string {
  const text = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(typeof value === "number" ? short(value) : `${value}`)}"`);
  return content ? `<${name}${text.join("")}>${content}</${name}>` : `<${name}${text.join("")}/>`;
}

const anchors: Record<string, string | undefined> = { center: "middle", right: "end", end: "end" };
export const fontFamily = "Helvetica, Arial, sans-serif";

export class SvgPen implements Pen {
  fillStyle: string | CanvasGradient | CanvasPattern = "#000";
  strokeStyle: string | CanvasGradient | CanvasPattern = "#000";
  lineWidth = 1;
  lineJoin: CanvasLineJoin = "miter";
  globalAlpha = 1;
  font = "12px sans-serif";
  textAlign: CanvasTextAlign = "left";
  textBaseline: CanvasTextBaseline = "alphabetic";
  private path = "";
  private dash: number[] = [];
  private readonly parts: string[] = [];
  private readonly measuring = document.createElement("canvas").getContext("2d");

  /** What was drawn, as elements. */
  text(): string {
    return this.parts.join("\n");
  }

  beginPath(): void {
    this.path = "";
  }
  moveTo(x: number, y: number): void {
    this.path += `M${short(x)} ${short(y)}`;
  }
  lineTo(x: number, y: number): void {
    this.path += `${this.path ? "L" : "M"}${short(x)} ${short(y)}`;
  }
  closePath(): void {
    if (this.path) this.path += "z";
  }
  rect(x: number, y: number, width: number, height: number): void {
    this.path += `M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}z`;
  }
  /** Whole circles only. */
  arc(x: number, y: number, radius: number): void {
    const [r, d] = [short(radius), short(2 * radius)];
    this.path += `M${short(x - radius)} ${short(y)}a${r} ${r} 0 1 0 ${d} 0a${r} ${r} 0 1 0 -${d} 0z`;
  }
  setLineDash(dash: number[]): void {
    this.dash = dash;
  }

  private opacity(): number | undefined {
    return this.globalAlpha < 1 ? this.globalAlpha : undefined;
  }
  private stroked() {
    return {
      fill: "none",
      stroke: `${this.strokeStyle}`,
      "stroke-width": this.lineWidth,
      "stroke-linejoin": this.lineJoin === "round" ? "round" : undefined,
      "stroke-dasharray": this.dash.length ? this.dash.join(" ") : undefined,
      opacity: this.opacity(),
    };
  }
  fill(): void {
    if (this.path)
      this.parts.push(tag("path", { d: this.path, fill: `${this.fillStyle}`, opacity: this.opacity() }));
  }
  stroke(): void {
    if (this.path) this.parts.push(tag("path", { d: this.path, ...this.stroked() }));
  }
  fillRect(x: number, y: number, width: number, height: number): void {
    const fill = `${this.fillStyle}`;
    this.parts.push(tag("rect", { x, y, width, height, fill, opacity: this.opacity() }));
  }

  private written(text: string, x: number, y: number, paint: Record<string, string | number | undefined>) {
    const size = Number(this.font.match(/([\d.]+)px/)?.[1] ?? 12);
    this.parts.push(
      tag(
        "text",
        {
          x,
          y: y + (this.textBaseline === "middle" ? 0.35 * size : 0),
          "font-family": fontFamily,
          "font-size": size,
          "font-style": this.font.startsWith("italic") ? "italic" : undefined,
          "text-anchor": anchors[this.textAlign],
          ...paint,
        },
        escaped(text),
      ),
    );
  }
  fillText(text: string, x: number, y: number): void {
    this.written(text, x, y, { fill: `${this.fillStyle}` });
  }
  strokeText(text: string, x: number, y: number): void {
    this.written(text, x, y, this.stroked());
  }
  measureText(text: string): TextMetrics {
    if (!this.measuring) throw new Error("this browser has no canvas");
    this.measuring.font = this.font;
    return this.measuring.measureText(text);
  }
}
