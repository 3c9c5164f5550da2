// Pages about classes that are not a run's: the folder of `predict --vote`, published tables, and
// tables that fit no recipe. They show what there is, and say what there is not.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { axeFaults, close, newPage } from "./browser.mjs";
import { settled } from "./reader.mjs";
import { setUp, tearDown, uhuru } from "./served.mjs";

const csc = ["QSO", "AGN", "Seyfert_1", "Seyfert_2", "HMXB", "LMXB", "XB", "YSO", "TTau*", "Orion_V*"];

/** Rows of the published tables [PD24]. */
const detections = `,name,obsid,cluster,ra,dec,main_type,${csc}
0,2CXO J000010.0-501526,11997,1,0.0418,-50.2574,QSO,0.711,0.2,0.038,0.001,0.021,0.005,0.023,0.0,0.0,0.001
2045,2CXO J013236.8+303228,6377,5,23.1535,30.5412,HMXB,0,0,0,0,0.97,0,0.03,0,0,0
2046,2CXO J013236.8+303228,6385,4,23.1535,30.5412,XB,0,0,0,0,0.45,0,0.55,0,0,0
`;
const columns = `detection_count,${csc},ra,dec,hard_hm,bb_kt`;
const unique = `name,agg_master_class,master_class,${columns}
2CXO J004231.1+411621,XB,HMXB,97,0.056±0.152,0.156±0.209,0.079±0.151,0.04±0.106,0.241±0.215,0.213±0.228,0.142±0.222,0.024±0.066,0.004±0.016,0.044±0.164,10.6298,41.2727,-0.0587,0.5641
`;
const ambiguous = `name,hard_master_class,soft_master_class,${columns}
2CXO J004300.0+411600,LMXB,HMXB,3,0.0±0.0,0.0±0.0,0.0±0.0,0.0±0.0,0.5±0.1,0.4±0.1,0.1±0.0,0.0±0.0,0.0±0.0,0.0±0.0,10.75,41.2667,0.1,
`;
const any = `name,RAJ2000,DEJ2000,Class,P_AGN,P_CV,P_STAR,flux,remark
A,10.5,-20,AGN,0.9,0.04,0.06,1e-14,bright
B,,,STAR,0.1,0.2,0.7,3e-12,
C,11,-21,,,,,2e-13,faint
`;
const bare = "kind\npulsar\nblazar\npulsar\n";

const kinds = {
  "votes": "SIM",
  "detections.csv": "2CXO J013236.8+303228",
  "published": "2CXO J004300.0+411600",
  "any.csv": "B",
  "bare.csv": "row 2",
};
const names = Object.keys(kinds);

function makeTables() {
  const scratch = mkdtempSync(join(tmpdir(), "uhuru-web-"));
  const at = (name) => join(scratch, name);
  uhuru("simulate", "--rows", "500", "--out", at("d.csv"));
  uhuru("predict", at("d.csv"), "--out", at("classes.vot"), "--vote", at("votes"));
  mkdirSync(at("published"));
  writeFileSync(at("published/uniquely_classified.csv"), unique);
  writeFileSync(at("published/ambiguous_classification.csv"), ambiguous);
  writeFileSync(at("detections.csv"), detections);
  writeFileSync(at("any.csv"), any);
  writeFileSync(at("bare.csv"), bare);
  return { scratch, at, remove: () => rmSync(scratch, { recursive: true }) };
}

let run, browser, servers;
before(async () => ({ run, browser, servers } = await setUp(makeTables, names)));
after(tearDown);

/** No number that is none, and no 0 for what is not known. */
async function expectNoHoles(page, where) {
  const text = await page.locator("body").innerText();
  assert.doesNotMatch(text, /NaN|undefined|null|\[object/, where);
}

for (const [place, name] of names.entries())
  test(`the pages of ${name} have no holes`, async () => {
    const served = servers[place];
    const found = (await served.json(`/api/sources?limit=1&name=${encodeURIComponent(kinds[name])}`)).rows;
    const source = `/source/${encodeURIComponent(found[0][0])}`;
    for (const path of ["/", "/properties?colour=class", "/table", source, "/about"]) {
      const page = await served.open(browser, path, { bypassCSP: true });
      await page.locator("h1").waitFor({ state: "attached" });
      await settled(page, 300);
      await expectNoHoles(page, `${name} ${path}`);
      assert.deepEqual(await axeFaults(page), [], `${name} ${path}`);
      await close(page);
    }
  });

test("a source says what its table tells", async () => {
  const verdict = async (name, source) => {
    const page = await servers[names.indexOf(name)].open(
      browser,
      `/source/${encodeURIComponent(source)}`,
    );
    await page.locator("h1").waitFor();
    const text = await page.locator("article").innerText();
    await close(page);
    return text;
  };
  assert.match(await verdict("published", "2CXO J004300.0+411600"), /LMXB, so it is ambiguous/);
  assert.match(await verdict("published", "2CXO J004300.0+411600"), /their detections are not in it/);
  assert.match(await verdict("detections.csv", "2CXO J013236.8+303228"), /from 2 of 2 detections/);
  assert.match(await verdict("any.csv", "A"), /Probability of the class: 0\.9/);
  assert.match(await verdict("any.csv", "A"), /bright/);
  assert.match(await verdict("any.csv", "C"), /No class in the table/);
  assert.match(await verdict("bare.csv", "row 2"), /The class has no probability/);
});

for (const name of names)
  test(`the report of ${name} has no empty figure`, async () => {
    const file = run.at(`${name}.html`);
    uhuru("report", run.at(name), "--out", file);
    const page = await newPage(browser, (url) => url.startsWith("file:"), { bypassCSP: true });
    await page.goto(`file://${encodeURI(file)}`);
    for (const figure of await page.locator("figure").all()) {
      await figure.scrollIntoViewIfNeeded();
      await figure.locator("svg").first().waitFor();
    }
    await expectNoHoles(page, name);
    // Each section has a figure, a table, or a sentence why there is none.
    for (const section of await page.locator("section[id]").all())
      assert.ok((await section.locator("figure, table, p.lead").count()) > 0);
    assert.deepEqual(await axeFaults(page), [], name);
    await close(page);
  });

test("the report says what there is not, and why", async () => {
  const page = await newPage(browser, (url) => url.startsWith("file:"));
  await page.goto(`file://${encodeURI(run.at("bare.csv.html"))}`);
  for (const text of [
    "There are no clusters to show. No column cluster says to which cluster a row belongs.",
    "There is no map. No columns of positions were found.",
    "There are no histograms to show. The table has no columns of features.",
    "No source can be called certain or uncertain. There are classes without probabilities.",
    "no column of names: the sources are called by their row",
  ])
    await page.getByText(text).waitFor();
  await close(page);
});
