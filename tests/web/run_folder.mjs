// The folder of a run with names that try to break out of the page, and its report.
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
