// The page of a source: its reasons, percentiles, errors, times, and the way to the next one. The
// words are tested without a browser, the page on runs whose detections have dates and limits.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { axeFaults, close } from "./browser.mjs";
import { until } from "./reader.mjs";
import { makeRun, setUp, tearDown, uhuru } from "./served.mjs";
import { rowsIn } from "./truth.mjs";

// esbuild comes with vite, which builds the playground.
const scratch = mkdtempSync(join(tmpdir(), "uhuru-source-"));
after(() => rmSync(scratch, { recursive: true }));
const bundle = join(scratch, "texts.mjs");
execFileSync(
  join(process.env.PLAYGROUND, "node_modules/.bin/esbuild"),
  ["--bundle", "--format=esm", `--outfile=${bundle}`, "--log-level=warning"],
  {
    cwd: process.env.PLAYGROUND,
    input: ["reason_texts", "times", "feature_values"]
      .map((name) => `export * from "./src/source/${name}";`)
      .join("\n"),
  },
);
const texts = await import(pathToFileURL(bundle));

/** A run on detections with dates and limits of powlaw_gamma, and the same of the method bayes. */
function makeDatedRuns() {
  const run = makeRun(3000);
  const { at } = run;
  const rows = rowsIn(at("d.csv"));
  const names = [...Object.keys(rows[0]), "gti_obs", "powlaw_gamma_lolim", "powlaw_gamma_hilim", "theta"];
  const lines = rows.map((row, i) => {
    row.gti_obs = `${2000 + (i % 20)}-0${1 + (i % 9)}-15T06:00:00`;
    row.theta = (i % 140) / 10;
    if (row.powlaw_gamma !== null) {
      row.powlaw_gamma_lolim = row.powlaw_gamma - 0.25;
      row.powlaw_gamma_hilim = row.powlaw_gamma + 0.5;
    }
    return names.map((name) => row[name] ?? "").join(",");
  });
  writeFileSync(at("dated.csv"), [names.join(","), ...lines].join("\n"));
  const labels = readFileSync(at("l.csv"), "utf8").split("\n");
  writeFileSync(at("fewer.csv"), labels.filter((line) => !line.includes("Seyfert_2")).join("\n"));
  for (const method of ["mahalanobis", "bayes"])
    uhuru(
      ...["run", "--detections", at("dated.csv"), "--labels", at("fewer.csv")],
      ...["--method", method, "--out", at(method)],
    );
  return run;
}

let browser, published, bayes;
before(async () => {
  const all = await setUp(makeDatedRuns, ["mahalanobis", "bayes"]);
  ({ browser } = all);
  [published, bayes] = all.servers;
});
after(tearDown);

const addressOf = (name, query = "") => `/source/${encodeURIComponent(name)}${query}`;
const sourceOf = (served, name) => served.json(`/api/source?name=${encodeURIComponent(name)}`);
/** The classified source with the most detections, and one with a single detection. */
async function chosen(served) {
  const names = async (query) =>
    (await served.json(`/api/sources?standing=classified&limit=1&columns=name&${query}`)).rows[0][0];
  return [await names("sort=detections&order=desc"), await names("max.detections=1")];
}

test("votes are told in words", () => {
  const say = texts.votesSentence;
  assert.equal(say(["QSO"]), "Its only detection with a class is most probably QSO.");
  assert.equal(say(["QSO", "QSO"]), "Each of its 2 detections alone is most probably QSO.");
  assert.equal(
    say(["AGN", "QSO", "QSO"]),
    "Taken alone, 2 of its 3 detections are most probably QSO and 1 AGN.",
  );
  assert.equal(
    say(["A", "B", "C", "D", "E", "A"]),
    "Taken alone, 2 of its 6 detections are most probably A, 1 B, 1 C and 2 of other classes.",
  );
  assert.deepEqual(texts.tally(["b", "a", "b", "c"]), [["b", 2], ["a", 1], ["c", 1]]);
});

const odds = (p) => Math.log(p / (1 - p));
const explanation = (prior, total, features = []) => ({
  classes: ["QSO", "LMXB", "YSO", "none"],
  detections: 1,
  prior: [...prior.map(odds), null],
  features: features.map(([name, ...of]) => ({ name, log_odds: [...of, null] })),
  together: [0, 0, 0, null],
  total: [...total.map(odds), null],
});

test("prior and evidence are told in words that the numbers support", () => {
  const favoured = texts.reasonsByEvidence("QSO", ["QSO"], explanation([0.2, 0.3, 0.5], [0.8, 0.1, 0.1]));
  assert.match(favoured.join(" "), /Its features favour QSO: .* from 0\.2, .* one detection .* to 0\.8\./);
  // The features favour LMXB (0.01 → 0.2), but the prior decides.
  const against = texts
    .reasonsByEvidence("QSO", ["QSO"], explanation([0.9, 0.01, 0.09], [0.7, 0.2, 0.1]))
    .join(" ");
  assert.match(against, /Its features alone favour LMXB: .* from 0\.01 to 0\.2\. But before/);
  assert.match(against, /is 90 times as likely to be QSO, 0\.9; .* that is 0\.7, still/);
  // Another class on top than the catalog's: nothing is said about it.
  const other = texts.reasonsByEvidence("YSO", ["YSO"], explanation([0.9, 0.01, 0.09], [0.7, 0.2, 0.1]));
  assert.equal(other.length, 1);
  const features = [
    ["a", Math.log(3), 0, 0],
    ["b", -Math.log(2), 0, 0],
    ["c", 0.01, 0, 0],
  ];
  const why = texts
    .reasonsByEvidence("QSO", ["QSO", "QSO"], explanation([0.2, 0.3, 0.5], [0.8, 0.1, 0.1], features))
    .join(" ");
  assert.match(why, /Together, its features favour/);
  assert.match(why, /Most for QSO: a \(odds × 3\)\. Most against it: b \(odds × 0\.5\)\.$/);
});

test("distances are told in words", () => {
  const p = new Map([["QSO", 0.6], ["AGN", 0.39996], ["XB", 0]]);
  const one = texts.reasonsByDistance({ name: "QSO", hard: "QSO", votes: ["QSO"], p }).join(" ");
  assert.match(one, /It gives QSO 0\.6, then AGN, 0\.4\. How frequent/);
  const several = texts.reasonsByDistance({ name: "QSO", hard: "AGN", votes: ["AGN", "AGN", "QSO"], p });
  assert.match(several.join(" "), /largest for QSO, 0\.6, then AGN, 0\.4\. Most detections are AGN.* only 0\.4\./);
  const sure = texts.reasonsByDistance({ name: "XB", hard: "XB", votes: ["XB"], p: new Map([["XB", 1], ["QSO", 0]]) });
  assert.match(sure[1], /^It gives XB 1\.$/);
});

test("large numbers, percentiles, errors and times fit", () => {
  assert.deepEqual([3, 12_346, 1.26e6, 3.44e9, 1e15].map(texts.rough), ["3", "12,000", "1.3 million", "3.4 billion", "1.0e15"]);
  const percentile = (percentile, sources) => texts.percentileText({ percentile, sources });
  assert.equal(percentile(97.3, 500), "97");
  assert.equal(percentile(99.8, 500), "> 99");
  assert.equal(percentile(99.8, 5000), "99.8");
  assert.equal(percentile(99.999, 50_000), "> 99.99");
  assert.equal(percentile(0.001, 5000), "< 0.1");
  assert.equal(texts.isExtreme({ percentile: 0.5, sources: 500 }), true);
  assert.equal(texts.isExtreme({ percentile: 0.5, sources: 50 }), false);
  assert.equal(texts.isExtreme({ percentile: 50, sources: 500 }), false);
  assert.equal(texts.isExtreme(null), false);
  const value = (value, lower = null, upper = null) => texts.valueText({ value, lower, upper });
  assert.equal(value(null), "–");
  assert.equal(value(1.23456), "1.235");
  assert.equal(value(1.7, 1.5, 1.9), "1.70 ± 0.20");
  assert.equal(value(-1.7, -1.83, -1.2), "−1.70 +0.50 −0.13");
  assert.equal(value(0.5, null, 0.75), "0.50 +0.25");
  assert.equal(value(2e-14, 1e-14, 3e-14), "2.000e−14 (1.0e−14 … 3.0e−14)");
  assert.equal(value(0.5, 0.5, 0.5), "0.5");
  assert.equal(texts.dateText(51544.5), "2000-01-01");
  assert.equal(texts.dateText(51544.75, true), "2000-01-01 18:00");
  assert.deepEqual([3653, 40, 1.5].map(texts.spanText), ["10 years", "40 days", "36 hours"]);
});

test("a source with several detections says why, by time and with errors", async () => {
  for (const served of [published, bayes]) {
    const [name] = await chosen(served);
    const { detections, values } = await sourceOf(served, name);
    const page = await served.open(browser, addressOf(name));
    const reasons = page.locator(".reasons");
    const votes = detections.columns.findIndex(({ role }) => role === "class");
    const counts = texts.tally(detections.rows.map((row) => row[votes]));
    await until(async () => (await reasons.textContent()).includes(served === bayes ? "features" : "How frequent"), true);
    const said = await reasons.textContent();
    if (counts.length > 1)
      assert.ok(said.includes(`${counts[0][1]} of its ${detections.rows.length} detections`), said);
    assert.ok(said.includes(values.class));
    assert.equal(await page.getByRole("heading", { name: "Why this class" }).count(), Number(served === bayes));
    // Deviations are those of several votes.
    await page.getByRole("columnheader", { name: "mean ± deviation" }).waitFor();
    // One figure for the probability, and for each feature with two values.
    const features = detections.columns.filter(
      ({ role }, c) => role === "feature" && detections.rows.filter((row) => row[c] !== null).length > 1,
    );
    const figures = page.locator(".time-series");
    assert.equal(await figures.count(), 1 + features.length);
    assert.equal(await figures.first().locator("strong").textContent(), `P(${values.class})`);
    const gamma = figures.filter({ has: page.locator("strong", { hasText: /^powlaw_gamma$/ }) });
    const place = detections.columns.findIndex((column) => column.name === "powlaw_gamma");
    const known = detections.rows.filter((row) => row[place] !== null).length;
    assert.equal(await gamma.locator("circle").count(), known);
    assert.equal(await gamma.locator(".error").count(), known);
    // Later is to the right, and a larger probability is higher.
    const dots = await figures.first().locator("circle").evaluateAll((all) =>
      all.map((one) => [Number(one.getAttribute("cx")), Number(one.getAttribute("cy"))]),
    );
    const p = detections.columns.findIndex((column) => column.role === "probability of" && column.name === values.class);
    const rows = detections.rows.map((row, r) => [detections.times.mjd[r], row[p]]);
    assert.equal(dots.length, rows.length);
    for (const [i, [mjd, value]] of rows.entries())
      for (const [j, [otherMjd, other]] of rows.entries()) {
        if (mjd < otherMjd) assert.ok(dots[i][0] < dots[j][0]);
        if (value < other) assert.ok(dots[i][1] >= dots[j][1]);
      }
    const feature = page.locator(".feature-figure", { has: page.locator("strong", { hasText: /^powlaw_gamma$/ }) });
    assert.match(await feature.locator(".value").textContent(), /^−?[\d.]+ \+0\.50 −0\.25$/);
    await feature.locator("rect.errors").waitFor();
    // The limits are with their feature, not among the columns from the input.
    const carried = page.locator("dl.carried");
    assert.ok((await carried.textContent()).includes("Off-axis angle"));
    assert.ok(!(await carried.textContent()).includes("lolim"));
    const link = page.getByRole("region", { name: "Detections" }).locator(".row-links a").first();
    assert.match(await link.getAttribute("href"), /^https:\/\/cda\.cfa\.harvard\.edu\/.*obsid=\d+$/);
    await close(page);
  }
});

test("a source with one detection has no deviation and no series", async () => {
  for (const served of [published, bayes]) {
    const [, name] = await chosen(served);
    const page = await served.open(browser, addressOf(name));
    await page.locator(".probabilities").first().waitFor();
    assert.equal(await page.getByText("mean ± deviation").count(), 0);
    assert.equal(await page.getByRole("heading", { name: "By time" }).count(), 0);
    assert.ok(!(await page.locator(".probabilities").first().textContent()).includes("±"));
    await page.locator(".reasons", { hasText: "Its only detection with a class" }).waitFor();
    await close(page);
  }
});

test("percentiles are those of the server", async () => {
  const [name] = await chosen(bayes);
  const found = await bayes.json(`/api/percentiles?name=${encodeURIComponent(name)}`);
  const page = await bayes.open(browser, addressOf(name));
  await page.locator(".rank").filter({ hasText: "percentile" }).first().waitFor();
  for (const { name: feature, all, class: alike } of found.columns) {
    const figure = page.locator(".feature-figure", { has: page.locator("strong", { hasText: new RegExp(`^${feature}$`) }) });
    if ((await figure.count()) === 0) continue; // from the input
    assert.equal(
      await figure.locator(".rank").textContent(),
      `percentile ${texts.percentileText(all)} of all, ${texts.percentileText(alike)} of ${found.class}`,
    );
    const extreme = texts.isExtreme(all) || texts.isExtreme(alike);
    assert.equal(await figure.locator(".extreme").count(), Number(extreme));
  }
  // Those that are extreme are listed.
  const extremes = found.columns.filter((one) => texts.isExtreme(one.all) || texts.isExtreme(one.class));
  assert.equal(await page.locator(".unusual li").count(), Math.min(6, extremes.length));
  await page.route("**/api/percentiles*", (route) => route.fulfill({ status: 500, body: "" }));
  await page.reload();
  await page.getByRole("alert").getByText("answered 500").waitFor();
  await close(page, /500/);
});

test("links and keys lead through the selection in the table's order", async () => {
  const query = "?class=YSO&sort=probability&order=desc";
  const { rows } = await published.json(`/api/sources${query}&columns=name&limit=1000`);
  const names = rows.map(([name]) => name);
  const page = await published.open(browser, addressOf(names[1], query));
  const heading = page.locator("h1");
  const steps = page.getByRole("navigation", { name: "Sources of the table" });
  await steps.getByText(`2 of ${names.length.toLocaleString("en-US")} selected sources, by probability, descending`).waitFor();
  const next = steps.getByRole("link", { name: "Source after" });
  assert.equal(await next.getAttribute("aria-keyshortcuts"), "Shift+ArrowRight");
  assert.equal(await next.getAttribute("aria-label"), `Source after: ${names[2]}`);
  await next.click();
  await until(() => heading.textContent(), names[2]);
  await steps.getByText("3 of ").waitFor();
  await page.keyboard.press("Shift+ArrowLeft");
  await until(() => heading.textContent(), names[1]);
  await steps.getByText("2 of ").waitFor();
  await page.keyboard.press("Shift+ArrowLeft");
  await until(() => heading.textContent(), names[0]);
  await steps.getByText("1 of ").waitFor();
  assert.equal(await steps.getByRole("link", { name: "Source before" }).count(), 0);
  await page.keyboard.press("Shift+ArrowLeft"); // there is none
  // Keys that are typed into a field are the field's.
  await page.getByRole("searchbox").or(page.getByRole("combobox", { name: "Name or position" })).first().focus();
  await page.keyboard.press("Shift+ArrowRight");
  assert.equal(await heading.textContent(), names[0]);
  // The filters are kept.
  assert.equal(new URL(page.url()).search, query);
  await page.goBack();
  await until(() => heading.textContent(), names[1]);
  // A source that is not selected.
  await page.goto(published.url + addressOf(names[0], "?class=AGN"));
  await steps.getByText("not among the").waitFor();
  await close(page);
});

test("classes are read and long names wrap on a narrow screen, in both themes", async () => {
  const [name] = await chosen(bayes);
  for (const colorScheme of ["light", "dark"]) {
    const page = await bayes.open(browser, addressOf(name), {
      width: 380,
      colorScheme,
      bypassCSP: true,
    });
    await page.locator("table.odds").waitFor();
    await page.locator(".rank").filter({ hasText: "percentile" }).first().waitFor();
    const row = page.locator(".probabilities tr", { hasText: "Seyfert_2" }).first();
    assert.equal((await row.locator("td.number").textContent()).trim(), "not learned");
    assert.deepEqual(await axeFaults(page), []);
    await page.evaluate(() => {
      for (const text of document.querySelectorAll(".class-name, h1, dt"))
        text.append("_with_a_very_long_name_that_has_no_blanks_in_it");
    });
    assert.ok(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"));
    for (const section of await page.locator(".section, .source-page > header").all())
      assert.ok(await section.evaluate((one) => one.scrollWidth <= one.clientWidth + 1));
    await close(page);
  }
});
