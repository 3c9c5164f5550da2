// Builds the page with Aladin Lite into files with fixed names, and the licences of the packages in
// them.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { licences } from "../common/notices.mjs";

const here = dirname(fileURLToPath(import.meta.url));

export default defineConfig({
  root: here,
  base: "./",
  experimental: { renderBuiltUrl: (file) => `images/${file}` }, // from the page's <base>
  plugins: [licences(here, "licences.txt")],
  build: {
    target: "es2022",
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 4000,
    rollupOptions: {
      output: {
        inlineDynamicImports: true,
        entryFileNames: "images.js",
        assetFileNames: "images[extname]",
      },
    },
  },
});
