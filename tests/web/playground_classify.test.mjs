// Detections that a reader uploads get the same classes as on the command line.
import assert from "node:assert/strict";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { close } from "./browser.mjs";
import { number } from "./reader.mjs";
import { makeRun, setUp, tearDown, uhuru } from "./served.mjs";
import { rowsIn } from "./truth.mjs";

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
  await page.getByText("dropped.csv classified with the published model").waitFor();
  const classes = await page.locator(".outcome table.data tbody .class-name").allTextContents();
  assert.deepEqual(classes, expected.map((row) => row.main_type).filter(Boolean));
  await page.getByRole("link", { name: /See them among/ }).click();
  const own = page.getByRole("button", { name: /of your detections/ });
  const axes = [
    await page.locator("select").nth(0).inputValue(),
    await page.locator("select").nth(1).inputValue(),
  ];
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
  assert.equal(await page.locator(".outcome h2").textContent(), one.main_type);
  for (const row of await page.locator(".outcome .probabilities tr").all()) {
    const [name, p] = [
      await row.locator("th").textContent(),
      await row.locator("td").last().textContent(),
    ];
    if (one[name] === null) assert.equal(p, "not learned");
    else assert.ok(Math.abs(number(p) - one[name]) < 0.001 + 0.001 * one[name], name);
  }

  const { upload_limit_bytes: limit } = await served.json("/api/catalog");
  writeFileSync(run.at("large.csv"), "");
  truncateSync(run.at("large.csv"), limit + 1);
  await page.getByRole("radio", { name: "A table" }).check();
  await page.locator("input[type=file]").setInputFiles(run.at("large.csv"));
  await page.getByRole("alert").getByText("The file is too large").waitFor();
  await close(page);
});
