// Saves a figure as SVG, or as PNG at twice the size, always in the colours of the light theme:
// figures go into papers.
import { svgElement, svgNamespace } from "../../common/dom.js";
import { mark, type Entry } from "./legend.js";

const font = "Helvetica, Arial, sans-serif";
const margin = 12;

/** The value of a colour variable in the light theme. */
function lightColors(): (name: string) => string {
  const probe = document.createElement("span");
  probe.className = "light-probe";
  document.body.append(probe);
  const known = new Map<string, string>();
  const result = (name: string): string => {
    let value = known.get(name);
    if (value === undefined) {
      probe.style.color = `var(${name})`;
      value = getComputedStyle(probe).color;
      known.set(name, value);
    }
    return value;
  };
  return result;
}

/** The drawing with title and legend above it, independent of the page. */
export function standalone(drawing: SVGSVGElement, title: string, legend: Entry[]): SVGSVGElement {
  const width = Number(drawing.getAttribute("width"));
  const height = Number(drawing.getAttribute("height"));
  const inner = drawing.cloneNode(true) as SVGSVGElement;
  inner.querySelectorAll('[aria-label="tip"]').forEach((tip) => tip.remove());
  inner.setAttribute("font-size", inner.style.fontSize);
  for (const name of ["class", "style", "role", "aria-labelledby", "aria-describedby"])
    inner.removeAttribute(name);

  const head = svgElement("g", { "font-size": 12 });
  const heading = svgElement("text", {
    x: margin,
    y: margin + 14,
    "font-size": 15,
    "font-weight": "bold",
  });
  heading.textContent = title;
  head.append(heading);
  let x = margin;
  let y = margin + 28;
  for (const entry of legend) {
    const length = 26 + 7 * entry.label.length + 14;
    if (x + length > width && x > margin) {
      x = margin;
      y += 18;
    }
    const sign = svgElement("g", { transform: `translate(${x} ${y})` });
    const label = svgElement("text", { x: 24, y: 9 });
    label.textContent = entry.label;
    sign.append(mark(entry), label);
    head.append(sign);
    x += length;
  }
  const top = legend.length ? y + 18 : margin + 22;

  const file = svgElement("svg", {
    xmlns: svgNamespace,
    width: width + 2 * margin,
    height: top + height + margin,
    viewBox: `0 0 ${width + 2 * margin} ${top + height + margin}`,
    "font-family": font,
    color: "#1b1f24",
    fill: "currentColor",
  });
  const name = svgElement("title");
  name.textContent = title;
  const paper = svgElement("rect", { width: "100%", height: "100%", fill: "#ffffff" });
  inner.setAttribute("x", `${margin}`);
  inner.setAttribute("y", `${top}`);
  inner.setAttribute("font-family", font);
  file.append(name, paper, head, inner);
  return file;
}

export function svgText(drawing: SVGSVGElement, title: string, legend: Entry[]): string {
  const color = lightColors();
  const text = new XMLSerializer().serializeToString(standalone(drawing, title, legend));
  const resolved = text.replace(/var\((--[a-z0-9-]+)\)/g, (_, name: string) => color(name));
  document.querySelectorAll(".light-probe").forEach((probe) => probe.remove());
  return `<?xml version="1.0" encoding="UTF-8"?>\n${resolved}\n`;
}

function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export async function save(
  drawing: SVGSVGElement,
  id: string,
  title: string,
  legend: Entry[],
  kind: "svg" | "png",
): Promise<void> {
  const svg = new Blob([svgText(drawing, title, legend)], { type: "image/svg+xml" });
  if (kind === "svg") {
    download(svg, `${id}.svg`);
    return;
  }
  const image = new Image();
  image.src = URL.createObjectURL(svg);
  await image.decode();
  const scale = 2;
  const canvas = document.createElement("canvas");
  canvas.width = scale * image.naturalWidth;
  canvas.height = scale * image.naturalHeight;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  canvas.toBlob((blob) => blob && download(blob, `${id}.png`), "image/png");
}
