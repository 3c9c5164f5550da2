// The licences of what is bundled into a page.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Name, version and licence of each package that one of these files belongs to; `root` is where
 *  node_modules lies. */
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
      const licence = readdirSync(folder).find((file) => /^(licen[cs]e|copying)/i.test(file));
      if (!licence) throw new Error(`${name} has no licence text`);
      return `${name} ${version}\n\n${readFileSync(join(folder, licence), "utf8").trim()}\n`;
    })
    .join("\n" + "-".repeat(72) + "\n\n");
}
