// The selection as text for other programs: what they select is what the server selects. numpy and
// stilts run if they are installed.
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { axeFaults, close } from "./browser.mjs";
import { load } from "./module.mjs";
import { until } from "./reader.mjs";
import { setUp, tearDown } from "./served.mjs";

const copy = await load("state/copy_as.ts");

let run, browser, served, catalog, download;
before(async () => {
  ({ run, browser, served } = await setUp());
  catalog = await served.json("/api/catalog");
  download = `${served.url}/api/download`;
});
after(tearDown);

const where = (text) => `where=${encodeURIComponent(text)}`;
// Not synchronously: connections that the server closes meanwhile must not be used again.
const output = async (...command) => (await promisify(execFile)(...command)).stdout;
const python = (code) => {
  writeFileSync(run.at("code.py"), code);
  return output("/usr/bin/python3", ["-W", "ignore", run.at("code.py")]);
};
const stiltsOf = (text) => text.match(/cmd='select "(.*)"'/)[1].replace(/\\(.)/g, "$1");
const hasStilts = spawnSync("stilts", ["-version"]).status === 0;
const hasAstropy = spawnSync("/usr/bin/python3", ["-c", "import astropy"]).status === 0;

const columns = [
  { name: "name", type: "text", role: "name" },
  { name: "ra", type: "number", role: "ra" },
  { name: "dec", type: "number", role: "dec" },
  { name: "class", type: "text", role: "class" },
  { name: "hard_hs", type: "number", role: "feature" },
  { name: "detections", type: "integer", role: "detections" },
  { name: "group_XB", type: "number", role: "probability of group" },
  { name: "TTau*", type: "number", role: "probability of" },
];
const known = { columns, groups: ["XB"] };
const inStilts = (text) => stiltsOf(copy.stilts("http://x/d", where(text), known).text);

test("conditions in the language of stilts", () => {
  const is = (text, expected) => assert.equal(inStilts(text), expected);
  is("hard_hs > 0.5 and dec < 3", "(hard_hs > 0.5 && dec < 3.0)");
  is("not hard_hs > 0.5", "hard_hs <= 0.5");
  is("hard_hs != 1", "(hard_hs < 1.0 || hard_hs > 1.0)");
  is("detections / 2 > 1", "(!NULL_detections && ((1.0 * detections) / 2.0) > 1.0)");
  is("class = 'A\"B'", 'equals($4, "A\\"B")');
  is("class != 'A'", '(!(NULL_$4) && !(equals($4, "A")))');
  is("class in ('A', 'B') or missing(class)", '((equals($4, "A") || equals($4, "B")) || NULL_$4)');
  is("P(XB) > P('TTau*')", "group_XB > $8");
  is("not holds(hard_hs > 0)", "!(hard_hs > 0.0)");
  is("named('A b')", 'equals(toLowerCase(name), "a b")');
  is("cone(1, -2, 0.5)", "skyDistanceDegrees(ra, dec, 1, -2) <= 0.5");
  is("inside(hard_hs, log10(dec), 0, 0, 1, 0, 0, -1)", "isInside(hard_hs, log10(dec), 0, 0, 1, 0, 0, -1)");
  is("hard_hs ^ 2 > 2", "pow(hard_hs, 2.0) > 2.0");
});

test("what another program cannot say, the server selects", () => {
  const sky = where("sky('galactic', 0, 0, 1, 0, 0, 1)");
  const { text, hint } = copy.stilts("http://x/d", sky, known);
  assert.ok(!text.includes("cmd=") && text.includes("http://x/d?where=sky"), text);
  assert.match(hint, /^The server selects: it has no polygons/);
  assert.match(copy.stilts("http://x/d", where("nothing > 1"), known).hint, /no column nothing/);
  assert.match(copy.pythonHere("http://x/d", where("class > 1"), known).hint, /class has texts/);
  const long = where(`named(${Array(900).fill("'2CXO J000000.0+000000'").join(", ")})`);
  assert.equal(copy.tableAddress("http://x/d", long), null);
  assert.ok(!copy.curl("http://x/d", long).text.includes("--get"));
  assert.ok(copy.python("http://x/d", long).text.includes("data=urlencode(query)"));
});

test("words of a shell, and of ADQL", async () => {
  assert.match(copy.curl("http://x/d", "min.S%2FN+x=5").text, /'min\.S%2FN%20x=5'/);
  const text = copy.curl("http://x/d", where("class = 'A'")).text;
  const words = await output("sh", ["-c", text.replace("curl", "printf '%s\\n'")]);
  assert.deepEqual(words.trim().split("\n"), [
    ...["--fail", "--get", "http://x/d", "-o", "sources.vot"],
    ...["--data-urlencode", "where=class = 'A'", "--data-urlencode", "format=votable"],
  ]);
  const archive = { title: "the archive", tap: "https://x/tap", table: "c.sources" };
  assert.equal(
    copy.adql(archive, ["A", "B's"], 2).text,
    "SELECT *\nFROM c.sources\nWHERE name IN (\n  'A',\n  'B''s'\n)\n",
  );
  assert.match(copy.adql(archive, ["A"], 1001).hint, /up to 1000/);
  assert.match(copy.adql(null, ["A"], 1).hint, /No public service/);
});

// Each selects some sources of the simulated catalog, but not all.
const conditions = [
  "hard_hs > 0.2 and not bb_kt > 1",
  "class in ('QSO', 'YSO') and detections >= 2",
  "class != 'QSO' or detections / 2 > 1.2",
  "P(YSO) > 0.5 ? dec > 0 : ra < 180",
  "not holds(log10(bb_kt) > 0)",
  "inside(hard_hs, log10(bb_kt), -0.5, -1, 0.6, -0.9, 0.5, 1, -0.4, 0.2)",
  "not inside(hard_hs, log10(bb_kt), -0.5, -1, 0.6, -0.9, 0.5, 1, -0.4, 0.2)",
  "cone(83.8, -5.4, 20) or near(7200, 10, 41, 150, 2)",
  "starts(name, 'sim j0') and missing(label)",
  "min(hard_hs, hard_hm) + avg(ra, dec) / 100 > 1 or (hard_hs > 0) + (dec > 0) = 2",
  "bit(detections, 0) = 1 and abs(dec)^0.5 < 6 and sign(hard_ms) = 1",
];
const filters = [
  "class=QSO&class=YSO&min.detections=2",
  "label=&max.dec=10",
  "cone=83.8,-5.4,20",
  "name=sim+j0",
  "sky=galactic,-1,-0.5,1.2,-0.4,1,0.8,-0.9,0.6",
  "sky=equatorial,-1,-0.5,1.2,-0.4,1,0.8,-0.9,0.6&group=YSO",
  "plane=-0.5,-1,0.6,-0.9,0.5,1&plane.x=hard_hs&plane.y=bb_kt&plane.xscale=linear&plane.yscale=log",
];

/** How many sources the server selects. */
const selectedBy = async (query) => {
  const answer = await fetch(`${served.url}/api/selection?${query}`);
  assert.equal(answer.status, 200, query);
  return Number(answer.headers.get("X-Count"));
};

test("numpy and stilts select what the server selects", async (t) => {
  if (!hasAstropy) return t.skip("there is no astropy");
  const queries = [...filters, ...conditions.map(where)];
  const expected = await Promise.all(queries.map(selectedBy));
  for (const [i, count] of expected.entries())
    assert.ok(count > 0 && count < catalog.sources, `${queries[i]}: ${count}`);
  const table = run.at("all.vot");
  writeFileSync(table, await (await fetch(`${download}?format=votable`)).text());
  const code = queries.map((query) => copy.pythonHere(download, query, catalog));
  for (const { hint } of code) assert.equal(hint, "All sources are downloaded; numpy selects.");
  const said = await python(code.map(({ text }) => text).join("\n"));
  const counts = said.trim().split("\n");
  assert.deepEqual(counts, expected.map((count) => `${count} sources`));

  if (!hasStilts) return t.diagnostic("there is no stilts");
  const translated = queries
    .map((query, i) => [copy.stilts(download, query, catalog).text, expected[i], query])
    .filter(([text]) => text.includes("cmd="));
  assert.equal(translated.length, queries.length - 2);
  // All in one: Java starts slowly.
  const escaped = (text) => text.replace(/["\\]/g, "\\$&");
  const added = translated.map(([text], i) => `cmd=addcol is_${i} "${escaped(stiltsOf(text))}"`);
  const kept = `cmd=keepcols "${translated.map((_, i) => `is_${i}`).join(" ")}"`;
  const csv = await output("stilts", [
    ...["-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"],
    ...["tpipe", `in=${table}`, ...added, kept, "out=-", "ofmt=csv-noheader"],
  ]);
  const rows = csv.trimEnd().split("\n").map((line) => line.split(","));
  for (const [i, [, count, query]] of translated.entries())
    assert.equal(rows.filter((row) => row[i] === "true").length, count, query);
});

test("the commands run as they stand", async (t) => {
  const query = filters[0];
  const count = await selectedBy(query);
  const command = copy.curl(download, query).text.replace("sources.vot", run.at("got.vot"));
  await output("sh", ["-c", command]);
  if (hasAstropy)
    assert.equal((await python(copy.python(download, query).text)).trim(), `${count} sources`);
  if (!hasStilts) return t.diagnostic("there is no stilts");
  const out = run.at("got.fits");
  const tpipe = copy.stilts(download, query, catalog).text.replace("out=sources.fits", `out=${out}`);
  await output("sh", ["-c", tpipe]);
  for (const file of [run.at("got.vot"), out]) {
    const said = await output("stilts", ["tpipe", `in=${file}`, "omode=count"]);
    assert.equal(Number(said.match(/rows: (\d+)/)[1]), count);
  }
});

test("the menu", async () => {
  const page = await served.open(browser, "/table?class=QSO", {
    permissions: ["clipboard-read", "clipboard-write"],
    bypassCSP: true,
  });
  await page.getByText("Copy as", { exact: true }).click();
  const text = page.getByRole("textbox", { name: /^The selection as/ });
  await until(async () => (await text.inputValue()).includes('("class", "QSO")'), true);
  assert.deepEqual(await axeFaults(page), []);
  await page.getByRole("radio", { name: "condition" }).check();
  await until(() => text.inputValue(), "class = 'QSO'");
  await page.getByRole("button", { name: "Copy", exact: true }).click();
  await page.getByText("Copied", { exact: true }).waitFor();
  assert.equal(await page.evaluate("navigator.clipboard.readText()"), "class = 'QSO'");
  await page.getByRole("radio", { name: "ADQL" }).check();
  const asked = "SELECT *\nFROM csc21.master_source\nWHERE name IN (\n  'SIM J";
  await until(async () => (await text.inputValue()).startsWith(asked), true);
  await page.keyboard.press("Escape");
  assert.equal(await text.isVisible(), false);
  await close(page);
});
