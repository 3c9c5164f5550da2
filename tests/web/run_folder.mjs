// Folders of runs and their reports: with names that try to break out of the page, and without
// positions and observations.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = process.env.UHURU;
const uhuru = (...words) => execFileSync(program, [...words, "--quiet"], { encoding: "utf8" });

export const hostile = [
  "</script><script>window.broken=1</script>",
  '"><img src=x onerror=window.broken=2>',
  "<!--<script>",
  "${window.broken=3}",
  "\u2028\u202e&lt;b&gt;",
];

/** The groups of the recipe below: the first has eight classes, each other one has one. */
export const groups = Array.from({ length: 12 }, (_, g) => `group ${g + 1}`);
export const classes = [
  ...Array.from({ length: 8 }, (_, c) => ({ name: `a${c + 1}`, group: groups[0] })),
  ...groups.slice(1).map((group, g) => ({ name: `b${g + 2}`, group })),
];
const unseen = "b5"; // no source has this label

/** Writes a recipe without positions and observations, plain.toml, and a table, plain.csv, in which
 *  all sources have labels. */
export function writePlain(at) {
  const recipe = `
name = "plain"
description = "Made-up sources"
[columns]
name = "source"
name_example = "S1"
[[features]]
name = "f1"
transform = "identity"
kind = "colour"
range = [0, inf]
[[features]]
name = "f2"
transform = "identity"
kind = "colour"
[mixture]
components = 2
[classes]
method = "bayes"
names = ${JSON.stringify(classes.map(({ name }) => name))}
[classes.groups]
${classes.map(({ name, group }) => `${name} = "${group}"`).join("\n")}
[labels]
name = "source"
type = "kind"
[bayes]
replicates = 4
trees = 4
[[carry]]
name = "exposure"
unit = "ks"
description = "Time on the source"
[[carry]]
name = "number"
description = "Its number in the input"
[[carry]]
name = "remark"
description = "What was said of it"
[[links]]
title = "A page elsewhere"
url = "https://example.org/{number}"
[[citations]]
text = "First & Second 2020"
url = "https://example.org/first"
[[citations]]
text = "Third 2021"
`;
  const rows = ["source,kind,f1,f2,exposure,number,remark"];
  const seen = classes.filter(({ name }) => name !== unseen);
  for (let i = 0; i < 20 * seen.length; ++i) {
    const c = i % seen.length;
    const values = [c + ((37 * i) % 50) / 60, ((53 * i) % 97) / 10 + (c % 3), i / 2, 70000 + i];
    rows.push([`S${1000 + i}`, seen[c].name, ...values, i % 2 ? "" : "<b>odd</b>"].join());
  }
  writeFileSync(at("plain.toml"), recipe);
  writeFileSync(at("plain.csv"), `${rows.join("\n")}\n`);
}

/** The report of a run in which all sources have labels, with its validation. */
export function makeLabelledPage() {
  const scratch = mkdtempSync(join(tmpdir(), "uhuru-web-"));
  const at = (name) => join(scratch, name);
  writePlain(at);
  const input = ["--detections", at("plain.csv"), "--recipe", at("plain.toml")];
  uhuru("run", ...input, "--out", at("run"));
  uhuru("validate", ...input, "--repeats", "1", "--out", at("validation"));
  uhuru("report", at("run"), "--validation", at("validation/validation.json"));
  return { scratch, path: at("run/report.html") };
}

/** Paths of two pages: one with all optional parts and hostile names, and a plain one without
 *  them. */
export function makePages() {
  const scratch = mkdtempSync(join(tmpdir(), "uhuru-web-"));
  const at = (name) => join(scratch, name);
  uhuru("simulate", "--rows", "4000", "--out", at("d.csv"), "--labels-out", at("l.csv"));
  uhuru("run", "--detections", at("d.csv"), "--labels", at("l.csv"), "--out", at("plain"));

  const folder = at("<img src=x onerror=window.broken=4>");
  const lines = readFileSync(at("d.csv"), "utf8").split("\n");
  const name = lines[0].split(",").indexOf("name");
  const changed = lines.map((line, i) => {
    if (i === 0 || !line) return line;
    const cells = line.split(",");
    const text = `${hostile[i % hostile.length]} ${cells[name]}`;
    cells[name] = `"${text.replaceAll('"', '""')}"`;
    return cells.join(",");
  });
  writeFileSync(at("<b>d.csv"), changed.join("\n"));
  uhuru("run", "--detections", at("<b>d.csv"), "--labels", at("l.csv"), "--out", folder);
  uhuru(
    "validate",
    "--detections",
    at("<b>d.csv"),
    "--labels",
    at("l.csv"),
    "--repeats",
    "1",
    "--out",
    folder,
  );

  // As written by an older version: without densities and sources.csv.
  // Of an earlier version, whose record has no digests.
  const record = JSON.parse(readFileSync(join(at("plain"), "run.json"), "utf8"));
  delete record.files;
  writeFileSync(join(at("plain"), "run.json"), JSON.stringify(record));
  for (const table of ["clusters.csv", "detection_level_classification.csv"]) {
    const text = readFileSync(join(at("plain"), table), "utf8");
    writeFileSync(join(at("plain"), table), text.replace(/(,[^,\n]*){3}$/gm, ""));
  }
  rmSync(join(at("plain"), "sources.csv"));

  uhuru("report", at("plain"));
  uhuru("report", folder, "--out", at("report.html"));
  return { scratch, plain: join(at("plain"), "report.html"), full: at("report.html") };
}
