// Modules of the playground without a browser. PLAYGROUND is the folder with its sources and its
// installed packages.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const root = process.env.PLAYGROUND;
const { build } = await import(
  pathToFileURL(createRequire(join(root, "package.json")).resolve("esbuild"))
);

/** Bundles and imports a module. */
export async function load(path) {
  const entryPoints = [join(root, "src", path)];
  const { outputFiles } = await build({ entryPoints, bundle: true, format: "esm", write: false });
  const code = Buffer.from(outputFiles[0].contents).toString("base64");
  return import(`data:text/javascript;base64,${code}`);
}
