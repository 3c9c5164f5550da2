// A figure as PDF.
import { jsPDF } from "jspdf";
import { svg2pdf } from "svg2pdf.js";

/** The fonts of PDF have the characters of Windows-1252 only. */
const replacements: Record<string, string> = { "−": "–", "′": "'", "″": '"', "≥": ">=", "≤": "<=", "≠": "!=" };

/** Exponents, which these fonts do not have, as "^". */
const plain = (text: string): string =>
  text
    .replace(/[−′″≥≤≠]/g, (one) => replacements[one])
    .replace(/⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (raised) =>
      `^${[...raised].map((one) => (one === "⁻" ? "–" : "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(one))).join("")}`,
    );

export async function pdfOf(svg: string, [width, height]: [number, number]): Promise<Blob> {
  const root = document.importNode(
    new DOMParser().parseFromString(svg, "image/svg+xml").documentElement,
    true,
  ) as unknown as SVGSVGElement;
  for (const text of root.querySelectorAll("text")) {
    // The library draws the outlines that set text off from what is below it much too wide.
    if (text.getAttribute("fill") === "none") text.remove();
    else text.textContent = plain(text.textContent ?? "");
  }
  const pdf = new jsPDF({
    unit: "mm",
    format: [width, height],
    orientation: width > height ? "landscape" : "portrait",
    compress: true,
  });
  // The library measures text, so the figure must be part of the page for a moment.
  root.classList.add("hidden");
  document.body.append(root);
  try {
    await svg2pdf(root, pdf, { x: 0, y: 0, width, height });
  } finally {
    root.remove();
  }
  return pdf.output("blob");
}
