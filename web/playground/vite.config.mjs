// Builds the playground into three files with fixed names, which are embedded in the program, and
// the licences of the packages in them. `npm run dev` serves the sources and forwards the API to a
// running uhuru serve (UHURU_SERVER).
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { licences } from "../common/notices.mjs";

const here = dirname(fileURLToPath(import.meta.url));

export default defineConfig({
  root: here,
  base: "./",
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  plugins: [licences(here, "assets/licences.txt")],
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
        inlineDynamicImports: true,
        entryFileNames: "assets/playground.js",
        assetFileNames: "assets/playground[extname]",
      },
    },
  },
  server: {
    proxy: { "^/(api|images)": process.env.UHURU_SERVER ?? "http://127.0.0.1:8080" },
    fs: { allow: [here, `${here}/../common`] },
  },
});
