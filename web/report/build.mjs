// Builds report.html: template, style, script and the licences of the bundled packages in one file
// that refers to no other. node build.mjs [OUTPUT]
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { notices } from "../common/notices.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const output = process.argv[2] ?? join(here, "report.html");

const bundle = (entry) =>
  build({
    entryPoints: [join(here, entry)],
    absWorkingDir: here,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "iife",
    target: ["es2022"],
    legalComments: "none", // the full licences are added below
    charset: "utf8",
  });

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

const script = await bundle("src/main.ts");
const style = await bundle("src/main.css");
// The script must not contain the end tag of its element.
const scriptText = script.outputFiles[0].text.trim().replace(/<\/script/gi, "<\\/script");
const styleText = style.outputFiles[0].text.trim();
const policy = [
  "default-src 'none'",
  `script-src ${hash(scriptText)}`,
  `style-src ${hash(styleText)}`,
  "img-src blob:", // to convert a figure to PNG
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const parts = {
  POLICY: policy,
  STYLE: styleText,
  SCRIPT: scriptText,
  NOTICES: escaped(notices(Object.keys(script.metafile.inputs), here)),
};
const page = readFileSync(join(here, "src/template.html"), "utf8").replace(
  /@(POLICY|STYLE|SCRIPT|NOTICES)@/g,
  (_, name) => parts[name],
);
writeFileSync(output, page);
