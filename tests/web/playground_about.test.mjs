// What the pages say of the run and of its probabilities, and the files that they offer.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { axeFaults, close } from "./browser.mjs";
import { Served, makeBayesRun, setUp, tearDown, uhuru } from "./served.mjs";

let browser, run, published, bayes;
before(async () => {
  const all = await setUp(
    () => {
      const made = makeBayesRun(3000);
      const input = ["--detections", made.at("d.csv"), "--labels", made.at("l.csv")];
      uhuru("validate", ...input, "--repeats", "1", "--out", made.at("run"));
      return made;
    },
    ["run", "bayes"],
  );
  ({ browser, run } = all);
  [published, bayes] = all.servers;
});
after(tearDown);

const caveat = /rankings, not frequencies/;

test("rankings are not shown as frequencies", async () => {
  const { rows } = await published.json("/api/sources?standing=classified&limit=1&columns=name");
  const paths = ["/", "/properties", "/table", "/classify", "/about", `/source/${encodeURIComponent(rows[0][0])}`];
  for (const path of paths) {
    const page = await published.open(browser, path);
    await page.getByRole("note").filter({ hasText: caveat }).first().waitFor();
    await close(page);
  }
  for (const path of ["/", "/table", "/about"]) {
    const page = await bayes.open(browser, path);
    await page.locator(path === "/about" ? "text=calibrated on sources" : ".selected-count").first().waitFor();
    assert.equal(await page.getByText(caveat).count(), 0, path);
    await close(page);
  }
  // The built-in model ranks, also where the catalog's own does not.
  const page = await bayes.open(browser, "/classify");
  await page.getByRole("combobox", { name: "Model" }).selectOption("csc2-published");
  await page.getByText(caveat).waitFor();
  await page.getByRole("combobox", { name: "Model" }).selectOption("catalog");
  await page.getByText(caveat).waitFor({ state: "hidden" });
  await close(page);
});

test("the page about the catalog has the run's notes, losses and scores", async () => {
  const record = JSON.parse(readFileSync(run.at("run/run.json"), "utf8"));
  const validation = JSON.parse(readFileSync(run.at("run/validation.json"), "utf8"));
  for (const colorScheme of ["light", "dark"])
    for (const width of [380, 1280]) {
      const page = await published.open(browser, "/about", { colorScheme, width, bypassCSP: true });
      await page.getByRole("heading", { name: "The run" }).waitFor();
      assert.deepEqual(await axeFaults(page), []);
      const beyond = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      assert.ok(beyond <= 0, `${beyond} pixels beyond the window`);
      const text = await page.locator("article").innerText();
      for (const note of record.notes) assert.ok(text.includes(note), note);
      for (const [kind, lost] of Object.entries(record.counts.without))
        if (lost > 0)
          assert.match(text, new RegExp(`${lost.toLocaleString("en-US")}\\s+without ${kind}`));
      assert.ok(text.includes(`read ${record.counts.read.toLocaleString("en-US")} rows`));
      assert.ok(!text.includes(run.scratch), "no folders");
      const rows = page.getByRole("region", { name: "Scores" }).locator("tbody tr");
      assert.equal(await rows.count(), validation.evaluations.length);
      const { accuracy } = validation.evaluations[0];
      assert.ok((await rows.first().innerText()).includes(`${Number(accuracy.value.toPrecision(3))}`));
      await page.context().close();
    }
});

test("a run without a validation, or with a broken one, says so", async () => {
  const page = await bayes.open(browser, "/about");
  await page.getByText("The run has not been validated").waitFor();
  await close(page);
  writeFileSync(run.at("bayes/validation.json"), "{");
  const broken = await Served.start([run.at("bayes")]);
  const other = await broken.open(browser, "/about");
  await other.getByText("cannot be shown").waitFor();
  await close(other);
  await broken.end();
});

test("files say in their names and headers what they hold", async () => {
  const page = await published.open(browser, "/table?group=YSO");
  await page.locator(".table-head h1").filter({ hasText: /\d/ }).waitFor();
  await page.getByText("Download", { exact: true }).click();
  const { total } = await published.json("/api/counts?group=YSO");
  const endings = { VOTable: "vot", FITS: "fits", ECSV: "ecsv", CSV: "csv" };
  for (const [format, ending] of Object.entries(endings))
    for (const which of ["first", "last"]) {
      const download = page.waitForEvent("download");
      await page.locator(".downloads").getByRole("link", { name: format, exact: true })[which]().click();
      assert.equal((await download).suggestedFilename(), `run_YSO_${total}_sources.${ending}`);
      const content = readFileSync(await (await download).path(), "latin1");
      if (format === "CSV") assert.match(content, /^name,/);
      else assert.match(content, /group=YSO/);
      if (format === "VOTable" && which === "last")
        assert.match(content, /<COOSYS ID="icrs" system="ICRS"\/>/);
    }
  await close(page);
});
