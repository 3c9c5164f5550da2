// A run, `uhuru serve` on it, and its pages.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { launch, newPage } from "./browser.mjs";
import { hostile, writePlain } from "./run_folder.mjs";

const program = process.env.UHURU;
export const uhuru = (...words) => execFileSync(program, [...words, "--quiet"], { encoding: "utf8" });

/** A running `uhuru serve`, on a free port unless one is given. */
export class Served {
  static async start(catalog, port = "0") {
    const process = spawn(program, ["serve", ...catalog, "--port", port]);
    for await (const line of createInterface(process.stdout)) {
      const url = line.match(/^serving .*(http:\S+)/)?.[1];
      if (url) return new Served(process, url);
    }
    throw new Error("uhuru serve did not start");
  }
  constructor(process, url) {
    this.process = process;
    this.url = url;
  }
  end() {
    this.process.kill("SIGTERM");
    return new Promise((resolve) => this.process.once("exit", resolve));
  }
  async json(path) {
    return (await fetch(this.url + path)).json();
  }
  /** Opens the page at a path; it may only send requests to this server. */
  async open(browser, path, options) {
    const page = await newPage(browser, (url) => url.startsWith(this.url + "/"), {
      acceptDownloads: true,
      ...options,
    });
    page.context().setDefaultTimeout(60_000);
    await page.goto(this.url + path);
    return page;
  }
}

/** A folder with simulated tables and a run on them. */
export function makeRun(rows = 6000) {
  const scratch = mkdtempSync(join(tmpdir(), "uhuru-web-"));
  const at = (name) => join(scratch, name);
  uhuru("simulate", "--rows", `${rows}`, "--out", at("d.csv"), "--labels-out", at("l.csv"));
  uhuru("run", "--detections", at("d.csv"), "--labels", at("l.csv"), "--out", at("run"));
  return { scratch, at, remove: () => rmSync(scratch, { recursive: true }) };
}

/** The same, and "bayes", a run of that method which has not learned Seyfert_2. */
export function makeBayesRun(rows = 3000) {
  const run = makeRun(rows);
  const { at } = run;
  const labels = readFileSync(at("l.csv"), "utf8").split("\n");
  writeFileSync(at("fewer.csv"), labels.filter((line) => !line.includes("Seyfert_2")).join("\n"));
  uhuru(
    ...["run", "--detections", at("d.csv"), "--labels", at("fewer.csv")],
    ...["--method", "bayes", "--out", at("bayes")],
  );
  return run;
}

/** The same, with names of sources, features and classes that try to break out of their pages. */
export function makeHostileRun() {
  const run = makeRun(3000);
  const { at } = run;
  const lines = readFileSync(at("d.csv"), "utf8").split("\n");
  const header = lines[0].split(",");
  const name = header.indexOf("name");
  const changed = lines.slice(1).map((line, i) => {
    if (!line) return line;
    const cells = line.split(",");
    // Every fifth source has one of these names.
    const start = i % 5 === 0 ? `${hostile[(i / 5) % hostile.length]} ` : "";
    cells[name] = `"${(start + cells[name]).replaceAll('"', '""')}"`;
    return cells.join(",");
  });
  writeFileSync(at("hostile.csv"), [lines[0], ...changed].join("\n"));
  const feature = JSON.stringify("<img src=x onerror=window.broken=5>");
  const className = JSON.stringify("</script><script>window.broken=6</script>");
  const recipe = readFileSync(new URL("../../../recipes/csc2.toml", import.meta.url), "utf8")
    .replace(/\n\[simulate\][^]*/, "\n")
    .replace('name = "hard_hm"', `name = ${feature}\nexpression = "hard_hm"`)
    .replaceAll('"TTau*"', className)
    .replace("[labels.aliases]\n", `[labels.aliases]\n"TTau*" = ${className}\n`);
  writeFileSync(at("recipe.toml"), recipe);
  uhuru(
    ...["run", "--detections", at("hostile.csv"), "--labels", at("l.csv")],
    ...["--recipe", at("recipe.toml"), "--out", at("<b>hostile")],
  );
  return run;
}

/** A run without positions and observations in which all sources have labels. */
export function makeLabelledRun() {
  const scratch = mkdtempSync(join(tmpdir(), "uhuru-web-"));
  const at = (name) => join(scratch, name);
  writePlain(at);
  uhuru("run", "--detections", at("plain.csv"), "--recipe", at("plain.toml"), "--out", at("run"));
  return { scratch, at, remove: () => rmSync(scratch, { recursive: true }) };
}

const ends = [];

/** Starts a browser, a run, and a server on each of these folders in it; `tearDown` ends them
 *  all. */
export async function setUp(make = makeRun, folders = ["run"]) {
  const run = make();
  ends.push(run.remove);
  const browser = await launch();
  ends.push(() => browser.close());
  const servers = await Promise.all(folders.map((folder) => Served.start([run.at(folder)])));
  ends.push(...servers.map((served) => () => served.end()));
  return { run, browser, servers, served: servers[0] };
}

export async function tearDown() {
  for (const end of ends.reverse()) await end();
}
