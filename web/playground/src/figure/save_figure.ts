// A figure as a file: SVG, PNG with 300 dots per inch, or PDF.
const perInch = 300;
const mm = 25.4;

export type FigureFormat = "svg" | "png" | "pdf";

/** The width and height of an SVG document in mm. */
function sizeOf(svg: string): [number, number] {
  const [width, height] = ["width", "height"].map((name) =>
    Number(svg.match(new RegExp(`<svg[^>]* ${name}="([\\d.]+)mm"`))?.[1]),
  );
  return [width, height];
}

async function png(svg: string): Promise<Blob> {
  const [width, height] = sizeOf(svg).map((size) => Math.round((size / mm) * perInch));
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image(width, height);
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    canvas.getContext("2d")?.drawImage(image, 0, 0, width, height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no image was made"))), "image/png"),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** The library is large and rarely needed: it is loaded when it is. */
async function pdf(svg: string): Promise<Blob> {
  const { pdfOf } = await import("./pdf.js");
  return pdfOf(svg, sizeOf(svg));
}

export async function figureBlob(svg: string, format: FigureFormat): Promise<Blob> {
  if (format === "png") return png(svg);
  if (format === "pdf") return pdf(svg);
  return new Blob([svg], { type: "image/svg+xml" });
}
