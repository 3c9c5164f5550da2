// Detections that a reader uploads get the same classes as on the command line.
import assert from "node:assert/strict";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { close } from "./browser.mjs";
import { number, selectedCount, shown, until } from "./reader.mjs";
import { makeRun, setUp, tearDown, uhuru } from "./served.mjs";
import { columnOf, rowsIn, separation, sourcesOf } from "./truth.mjs";

let browser, run, served;
before(async () => ({ browser, run, served } = await setUp(() => makeRun(3000))));
after(tearDown);

test("typed and dropped detections get the same classes as with uhuru predict", async () => {
  const lines = readFileSync(run.at("d.csv"), "utf8").trim().split("\n");
  writeFileSync(run.at("few.csv"), `${lines.slice(0, 41).join("\n")}\n`);
  uhuru("predict", run.at("few.csv"), "--out", run.at("few_classes.csv")); // the published model
  const expected = rowsIn(run.at("few_classes.csv"));
  const page = await served.open(browser, "/classify");
  await page.getByRole("combobox", { name: "Model" }).selectOption("csc2-published");
  const data = await page.evaluateHandle(
    (text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], "dropped.csv"));
      return transfer;
    },
    readFileSync(run.at("few.csv"), "utf8"),
  );
  await page.locator("label.drop").dispatchEvent("drop", { dataTransfer: data });
  await page.getByText("dropped.csv classified with csc2-published").waitFor();
  const classes = await page.locator(".outcome table.data tbody .class-name").allTextContents();
  assert.deepEqual(classes, expected.map((row) => row.class_name).filter(Boolean));
  await page.getByRole("link", { name: /See them among/ }).click();
  const own = page.getByRole("button", { name: /of your detections/ });
  const axis = (name) => page.getByRole("combobox", { name, exact: true }).inputValue();
  const axes = [await axis("x"), await axis("y")];
  const placed = expected.filter((row) => axes.every((name) => row[name] !== null));
  assert.equal(number((await own.textContent()).split(" ")[0]), placed.length);
  await own.click();
  await own.waitFor({ state: "detached" });

  await page.goto(`${served.url}/classify`);
  await page.getByRole("radio", { name: "One detection" }).check();
  const typed = { hard_hm: -0.2, hard_hs: -0.55, hard_ms: -0.4, powlaw_gamma: 2.4, bb_kt: 0.45 };
  for (const [name, value] of Object.entries(typed))
    await page.getByLabel(new RegExp(`^${name}\\b`)).fill(`${value}`);
  const button = page.getByRole("button", { name: "Classify", exact: true });
  await button.click();
  await page.getByText(/one detection classified with/).waitFor();
  // It is still legible under the pointer.
  const look = await button.evaluate((node) => {
    const { color, backgroundColor } = getComputedStyle(node);
    return [color, backgroundColor].map((text) =>
      text.match(/[\d.]+/g).reduce((a, b) => a + +b, 0),
    );
  });
  assert.ok(Math.abs(look[0] - look[1]) > 150, `${look}`);
  writeFileSync(run.at("one.csv"), `${Object.keys(typed)}\n${Object.values(typed)}\n`);
  uhuru(
    "predict",
    run.at("one.csv"),
    "--model",
    run.at("run/model.json"),
    "--out",
    run.at("o.csv"),
  );
  const [one] = rowsIn(run.at("o.csv"));
  assert.equal(await page.locator(".outcome h2").textContent(), one.class_name);
  for (const row of await page.locator(".outcome .probabilities tr").all()) {
    const [name, p] = [
      await row.locator("th").textContent(),
      await row.locator("td").last().textContent(),
    ];
    const expected = one[columnOf(name)];
    if (expected === null) assert.equal(p, "not learned");
    else assert.ok(Math.abs(number(p) - expected) < 0.001 + 0.001 * expected, name);
  }

  const { upload_limit_bytes: limit } = await served.json("/api/catalog");
  writeFileSync(run.at("large.csv"), "");
  truncateSync(run.at("large.csv"), limit + 1);
  await page.getByRole("radio", { name: "A table" }).check();
  await page.locator("input[type=file]").setInputFiles(run.at("large.csv"));
  await page.getByRole("alert").getByText("The file is too large").waitFor();
  await close(page);
});

/** Opens the page and classifies a file with the published model. */
async function classified(file, look = {}) {
  const page = await served.open(browser, "/classify", look);
  await page.getByRole("combobox", { name: "Model" }).selectOption("csc2-published");
  await page.locator("input[type=file]").setInputFiles(file);
  await page.getByText(/classified with csc2-published/).waitFor();
  return page;
}

test("classes by source are those of uhuru predict --vote", async () => {
  const lines = readFileSync(run.at("d.csv"), "utf8").trim().split("\n");
  writeFileSync(run.at("many.csv"), `${lines.slice(0, 121).join("\n")}\n`);
  uhuru("predict", run.at("many.csv"), "--out", run.at("m.csv"), "--vote", run.at("votes"));
  const expected = rowsIn(run.at("votes/sources.csv"));
  const page = await classified(run.at("many.csv"));
  await page.getByRole("radio", { name: "Per source" }).check();
  const voted = expected.filter((row) => row.class_name);
  await page
    .getByRole("heading", { name: `${voted.length} of ${expected.length} sources classified` })
    .waitFor();
  const rows = page.getByRole("region", { name: "Classified sources" }).locator("tbody tr");
  const cells = await rows.evaluateAll((all) =>
    all.map((row) => [...row.cells].map((cell) => cell.textContent)),
  );
  assert.deepEqual(
    cells.map(([name]) => name),
    expected.slice(0, 100).map(({ name }) => name),
  );
  const header = await page.locator(".outcome thead th").allTextContents();
  const place = header.indexOf("class");
  assert.deepEqual(
    cells.map((row) => row[place]),
    expected.slice(0, 100).map((row) => row.class_name ?? "–"),
  );
  for (const row of await page.locator(".outcome .probabilities tr").all()) {
    const name = await row.locator("th").textContent();
    const found = number(await row.locator("td").last().textContent());
    assert.equal(found, voted.filter((one) => one.class_name === name).length, name);
  }
  const waits = page.waitForEvent("download");
  await page.getByText("Download all sources").getByRole("button", { name: "CSV" }).click();
  const download = await waits;
  assert.equal(download.suggestedFilename(), "many_sources.csv");
  assert.equal(
    readFileSync(await download.path(), "utf8"),
    readFileSync(run.at("votes/sources.csv"), "utf8"),
  );
  await close(page);
});

test("an error is about the file that was given, and the expected columns can be read", async () => {
  const page = await served.open(browser, "/classify");
  await page.getByText("Recipe csc2: 12 features, 10 classes (QSO, AGN").waitFor();
  await page.getByText("Columns that recipe csc2 expects").click();
  await page.getByText("Observation, which orders the detections of a source").waitFor();
  const give = (name, text) =>
    page
      .locator("input[type=file]")
      .setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
  const where = page.getByRole("alert").locator("dd").first();
  await give("not my day.vot", "<html>");
  await until(() => where.textContent(), "not my day.vot");
  await give("Größen & more.csv", "a,b\n1,2\n");
  await until(() => where.textContent(), "Größen & more.csv");
  await close(page, /400 \(Bad Request\)/);
});

/** The colour in the middle of the map or plane, as "rgb(…)". */
const middleColor = (page) =>
  page.evaluate(() => {
    const canvas = document.querySelector("canvas.points");
    const { data } = canvas
      .getContext("2d")
      .getImageData(Math.round(canvas.width / 2), Math.round(canvas.height / 2), 1, 1);
    return `rgb(${[...data.slice(0, 3)].join(", ")})`;
  });
const swatchOf = (page, name) =>
  page
    .locator("ul.legend button", { hasText: name })
    .first()
    .locator("svg *")
    .first()
    .evaluate((node) => getComputedStyle(node).fill);

for (const colorScheme of ["light", "dark"])
  test(`own detections have the colours of the legend on the sky (${colorScheme})`, async () => {
    const [row] = rowsIn(run.at("m.csv")).filter((one) => one.class_name);
    const lines = readFileSync(run.at("d.csv"), "utf8").trim().split("\n");
    const names = lines[0].split(",");
    const detection = lines.find((line) => line.split(",")[names.indexOf("name")] === row.name);
    // Far from all sources of the catalog.
    const cells = detection.split(",");
    cells[names.indexOf("ra")] = "200.5";
    cells[names.indexOf("dec")] = "-75.25";
    writeFileSync(run.at("far.csv"), `${lines[0]}\n${cells.join(",")}\n`);
    const page = await classified(run.at("far.csv"), { colorScheme });
    const name = await page.locator(".outcome h2").textContent();
    const { classes } = await served.json("/api/catalog");
    const { group } = classes.find((one) => one.name === name);
    await page.getByRole("link", { name: "on the sky" }).click();
    await page.getByRole("button", { name: "1 of your detections ×" }).waitFor();
    await page.getByRole("combobox", { name: "Name or position" }).fill("200.5 -75.25");
    await page.keyboard.press("Enter");
    await until(() => new URL(page.url()).searchParams.get("center"), "200.5,-75.25");
    await until(() => middleColor(page), await swatchOf(page, group));
    await page.getByRole("combobox", { name: "Colour" }).selectOption("class");
    await page.locator("ul.legend[aria-label='Colours by class']").waitFor();
    await until(() => middleColor(page), await swatchOf(page, name));
    await page.getByRole("button", { name: "1 of your detections ×" }).click();
    const ground = await middleColor(page);
    await until(async () => (await middleColor(page)) !== (await swatchOf(page, name)), true, ground);
    await close(page);
  });

test("the catalog's sources at the positions become a subset", async () => {
  const page = await classified(run.at("many.csv"));
  await page.getByRole("combobox", { name: "within" }).selectOption("5");
  await page.getByRole("button", { name: /^Make a subset/ }).click();
  await shown(page);
  const where = new URL(page.url()).searchParams.get("where");
  const numbers = where.match(/^near\((.*)\)$/)[1].split(", ").map(Number);
  assert.equal(numbers[0], 5);
  const places = new Set();
  for (let i = 1; i < numbers.length; i += 2) places.add(`${numbers[i]} ${numbers[i + 1]}`);
  const expected = rowsIn(run.at("m.csv")).map(
    ({ ra, dec }) => `${Number(ra.toFixed(5))} ${Number(dec.toFixed(5))}`,
  );
  assert.deepEqual([...places].sort(), [...new Set(expected)].sort());
  const own = rowsIn(run.at("m.csv"));
  const near = (await sourcesOf(served)).filter((source) =>
    own.some((row) => separation(source, row) < 5 / 3600),
  );
  await until(() => selectedCount(page), near.length);
  await close(page);
});
