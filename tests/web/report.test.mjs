// The page of `uhuru report` in a browser: no requests, no errors, interactive figures.
import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { after, before, test } from "node:test";
import { axeFaults, close, launch, newPage } from "./browser.mjs";
import { hostile, makePages } from "./run_folder.mjs";

const figures = [
  "stages",
  "source-classes",
  "cluster-sizes",
  "cluster-features",
  "latitudes",
  "sky-map",
  "plane-0",
  "plane-1",
  "plane-2",
  "plane-3",
  ...Array.from({ length: 12 }, (_, f) => `feature-${f}`),
  "most-certain",
  "least-certain",
  "confusion",
  "reliability",
  "roc",
  "precision-recall",
];

let browser, pages;
before(async () => {
  pages = makePages();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  if (pages) rmSync(pages.scratch, { recursive: true });
});

/** Opens a page in its own context without network; problems are recorded in `page.troubles`. */
async function open(file, { width = 1280, colorScheme = "light", bypassCSP = false } = {}) {
  const page = await newPage(browser, (url) => url.startsWith("file:"), {
    width,
    colorScheme,
    offline: true,
    bypassCSP,
  });
  await page.goto(`file://${encodeURI(file)}`);
  return page;
}

/** Scrolls a figure into the window and waits until it is drawn. */
async function show(page, id) {
  await page.locator(`#${id}`).evaluate((figure) => figure.scrollIntoView({ block: "center" }));
  await page.waitForSelector(`#${id} .canvas svg`);
}

/** Waits until all figures are drawn. */
async function settle(page) {
  await page.waitForFunction(
    (count) => document.querySelectorAll(".canvas svg").length === count,
    figures.length,
  );
}

const ticks = (page, id, axis = "x") =>
  page.locator(`#${id} [data-mark="${axis}-axis tick label"]`).first().textContent();

async function saved(page, id, kind) {
  const download = page.waitForEvent("download");
  await page
    .locator(`#${id}`)
    .getByRole("button", { name: `Save as ${kind}` })
    .click();
  return readFileSync(await (await download).path());
}

test("every figure is drawn without requests or errors", async () => {
  const page = await open(pages.full);
  for (const id of figures) {
    await show(page, id);
    const marks = await page.locator(`#${id} .canvas svg path, #${id} .canvas svg rect`).count();
    assert.ok(marks > 0, `${id} is empty`);
  }
  assert.equal(await page.locator("figure").count(), figures.length);
  await close(page);
});

test("names from files stay text", async () => {
  const page = await open(pages.full);
  for (const id of figures) await show(page, id);
  assert.equal(await page.evaluate("window.broken"), undefined);
  assert.equal(await page.locator("img, #page script, b").count(), 0);
  assert.match(await page.locator("h1").textContent(), /^<img src=x/);
  assert.match(await page.locator("#provenance").textContent(), /<b>d\.csv/);
  const names = await page.evaluate(
    () => JSON.parse(document.getElementById("data").textContent).sample.names,
  );
  for (const start of hostile)
    assert.ok(
      names.some((name) => name.startsWith(start)),
      start,
    );
});

test("hovering shows values", async () => {
  const page = await open(pages.full);
  await settle(page);
  const words = {
    stages: /detections/,
    "sky-map": /cluster \d/,
    "plane-0": /hard_hm/,
    "feature-3": /powlaw_gamma/,
    confusion: /truth/,
    roc: /false positive rate/,
  };
  for (const [id, word] of Object.entries(words)) {
    await show(page, id);
    const box = await page.locator(`#${id} .canvas svg`).boundingBox();
    // Move across the figure until there is something to hover over.
    for (let part = 0.2; part < 0.9; part += 0.02) {
      await page.mouse.move(box.x + part * box.width, box.y + 0.5 * box.height);
      if (await page.locator(`#${id} [aria-label="tip"] text`).count()) break;
    }
    assert.match(await page.locator(`#${id} [aria-label="tip"]`).textContent(), word, id);
  }
  await close(page);
});

test("figures zoom by button, wheel, drag and key, and can be reset", async () => {
  const page = await open(pages.full);
  await settle(page);
  for (const id of ["plane-2", "feature-3", "roc"]) {
    await show(page, id);
    const start = await ticks(page, id);
    const changed = async (how) => {
      await page
        .waitForFunction(
          ([sel, text]) => document.querySelector(sel)?.textContent !== text,
          [`#${id} [data-mark="x-axis tick label"]`, start],
          { timeout: 60_000 },
        )
        .catch(() => assert.fail(`${id}: ${how} changes nothing`));
    };
    const back = async () => {
      await page.locator(`#${id}`).getByRole("button", { name: "Show all" }).click();
      await page.waitForFunction(
        ([sel, text]) => document.querySelector(sel)?.textContent === text,
        [`#${id} [data-mark="x-axis tick label"]`, start],
        { timeout: 60_000 },
      );
    };
    for (let i = 0; i < 3; ++i)
      await page.locator(`#${id}`).getByRole("button", { name: "Zoom in" }).click();
    await changed("a button");
    await back();
    const box = await page.locator(`#${id} .canvas svg`).boundingBox();
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.5);
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -600);
    await page.keyboard.up("Control");
    await changed("the wheel");
    await back();
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.5);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.5, { steps: 4 });
    await page.mouse.up();
    await changed("a drag");
    await back();
    await page.locator(`#${id} .canvas`).focus();
    await page.keyboard.press("+");
    await page.keyboard.press("+");
    await page.keyboard.press("+");
    await changed("a key");
    await page.keyboard.press("0");
  }
  await close(page);
});

test("the map has longitude to the left and the Galactic centre in the middle", async () => {
  const page = await open(pages.full);
  await show(page, "sky-map");
  const labels = await page.evaluate(() =>
    [...document.querySelectorAll("#sky-map .canvas svg text")].map((node) => {
      const box = node.getBoundingClientRect();
      return [node.textContent, box.left + box.width / 2, box.top];
    }),
  );
  const at = (text) => labels.find(([label]) => label === text) ?? assert.fail(`no label ${text}`);
  const map = await page.locator("#sky-map .canvas svg").boundingBox();
  assert.ok(Math.abs(at("0°")[1] - (map.x + map.width / 2)) < 3);
  assert.ok(at("90°")[1] < at("0°")[1] && at("0°")[1] < at("270°")[1]);
  assert.ok(at("+30°")[2] < at("−30°")[2]);
});

test("panels, colours and legends change the figures", async () => {
  const page = await open(pages.full);
  await show(page, "sky-map");
  const figure = page.locator("#sky-map");
  await figure.getByText("side by side").click();
  await page.waitForFunction(
    () =>
      document.querySelectorAll("#sky-map g[data-mark=facet], #sky-map svg g[transform]").length >
      3,
  );
  await figure.getByText("cluster", { exact: true }).click();
  await page.waitForSelector("#sky-map .legend button:has-text('cluster 5')");
  const before = await figure.locator(".canvas svg").evaluate((svg) => svg.innerHTML.length);
  await figure.getByRole("button", { name: "cluster 5" }).click();
  await page.waitForFunction(
    (length) => document.querySelector("#sky-map .canvas svg").innerHTML.length < length,
    before,
  );
  await close(page);
});

test("saved figures are complete, self-contained files", async () => {
  const page = await open(pages.full, { colorScheme: "dark" });
  for (const id of ["sky-map", "plane-0", "most-certain", "roc"]) {
    await show(page, id);
    const svg = (await saved(page, id, "SVG")).toString("utf8");
    const parsed = await page.evaluate((text) => {
      const document_ = new DOMParser().parseFromString(text, "image/svg+xml");
      return [
        document_.querySelector("parsererror")?.textContent,
        document_.documentElement.localName,
        document_.querySelector("title")?.textContent,
      ];
    }, svg);
    assert.equal(parsed[0], undefined);
    assert.equal(parsed[1], "svg");
    assert.ok(parsed[2]);
    assert.doesNotMatch(svg, /var\(|light-dark|<script|<style|style=|href=/);
    const png = await saved(page, id, "PNG");
    assert.equal(png.subarray(1, 4).toString(), "PNG");
    assert.ok(png.readUInt32BE(16) > 400 && png.length > 5000);
  }
  await close(page);
});

for (const width of [380, 1280, 2560])
  for (const colorScheme of ["light", "dark"])
    test(`nothing extends beyond the edge at ${width} px, ${colorScheme}`, async () => {
      const page = await open(pages.full, { width, colorScheme });
      for (const id of figures) await show(page, id);
      const [content, window] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        innerWidth,
      ]);
      assert.ok(content <= window, `${content} > ${window}`);
      await close(page);
    });

for (const colorScheme of ["light", "dark"])
  test(`accessible by axe's rules, ${colorScheme}`, async () => {
    const page = await open(pages.full, { colorScheme, bypassCSP: true });
    for (const id of figures) await show(page, id);
    assert.deepEqual(await axeFaults(page), []);
  });

test("the theme can be chosen", async () => {
  const page = await open(pages.full);
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(await paper(), "rgb(255, 255, 255)");
  await page.locator("nav").getByText("dark").click();
  assert.notEqual(await paper(), "rgb(255, 255, 255)");
  await page.emulateMedia({ media: "print" });
  assert.equal(await paper(), "rgb(255, 255, 255)");
  assert.equal(await page.locator("nav").isVisible(), false);
});

test("a run without the optional parts says what it lacks", async () => {
  const page = await open(pages.plain);
  for (const id of figures.slice(0, -4)) await show(page, id);
  assert.equal(await page.locator("#roc").count(), 0);
  assert.match(await page.locator("#validation").textContent(), /not validated/);
  assert.match(await page.locator("#anomalies").textContent(), /tail_probability/);
  await close(page);
});
