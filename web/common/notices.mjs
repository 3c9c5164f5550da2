// The licences of the packages that are bundled into a page.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Name, version and licence of each package that one of these files belongs to; `root` is the
 *  folder with node_modules. */
export function notices(files, root) {
  const packages = new Set();
  for (const file of files) {
    const name = file.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1];
    if (name) packages.add(name);
  }
  return [...packages]
    .sort()
    .map((name) => {
      const folder = join(root, "node_modules", name);
      const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      const texts = readdirSync(folder).filter((file) => /^(licen[cs]e|copying)/i.test(file));
      if (!texts.length) throw new Error(`${name} has no licence text`);
      const read = (file) => readFileSync(join(folder, file), "utf8").trim();
      return `${name} ${version}\n\n${[...new Set(texts.map(read))].join("\n\n")}\n`;
    })
    .join("\n" + "-".repeat(72) + "\n\n");
}

/** A Vite plugin that writes them into a file beside the page. */
export const licences = (root, fileName) => ({
  name: "licences",
  apply: "build",
  generateBundle() {
    this.emitFile({ type: "asset", fileName, source: notices([...this.getModuleIds()], root) });
  },
});
