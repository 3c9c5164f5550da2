// Builds the playground into files with fixed names, which are embedded in the program, and the
// licences of the packages in them. What makes PDF is large and rarely needed: a file of its own.
// `npm run dev` serves the sources and forwards the API to a
// running uhuru serve (UHURU_SERVER).
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { licences } from "../common/notices.mjs";

const ofPdf =
  /figure\/(pdf|absent)|jspdf|svg2pdf|fflate|fast-png|iobuffer|pako|specificity|svgpath|cssesc|font-family|@babel|commonjsHelpers/;

/** Moves the style sheet and the script behind the content, which is painted before they arrive. */
const late = {
  name: "late",
  transformIndexHtml: {
    order: "post",
    handler(html) {
      const [script] = html.match(/<script type="module"[^>]*><\/script>/);
      const [style] = html.match(/<link rel="stylesheet" crossorigin[^>]*>/) ?? [""];
      const rest = html.replace(script, "").replace(style, "").replace(/\n\s*\n/g, "\n");
      return rest.replace("</body>", `${style}\n${script}\n</body>`);
    },
  },
};

const here = dirname(fileURLToPath(import.meta.url));

export default defineConfig({
  root: here,
  base: "./",
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  // What jsPDF needs to draw HTML, which figures are not.
  resolve: {
    alias: Object.fromEntries(
      ["canvg", "html2canvas", "dompurify"].map((name) => [name, `${here}/src/figure/absent.ts`]),
    ),
  },
  plugins: [late, licences(here, "assets/licences.txt")],
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox121", "safari17.5"], // keep light-dark() as it is
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    rollupOptions: {
      output: {
        entryFileNames: "assets/playground.js",
        onlyExplicitManualChunks: true, // nothing that the page itself needs
        chunkFileNames: "assets/[name].js",
        manualChunks: (id) => (ofPdf.test(id) ? "pdf" : undefined),
        assetFileNames: "assets/playground[extname]",
      },
    },
  },
  server: {
    proxy: { "^/(api|images)": process.env.UHURU_SERVER ?? "http://127.0.0.1:8080" },
    fs: { allow: [here, `${here}/../common`] },
  },
});
