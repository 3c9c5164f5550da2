// The page of `uhuru report` in a browser: no requests, no errors, interactive figures.
import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { after, before, test } from "node:test";
import { axeFaults, close, launch, newPage } from "./browser.mjs";
import { classes, groups, hostile, makeLabelledPage, makePages } from "./run_folder.mjs";

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
  "confusion",
  "reliability",
  "roc",
  "precision-recall",
];

let browser, pages, labelled;
before(async () => {
  pages = makePages();
  labelled = makeLabelledPage();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  for (const made of [pages, labelled]) if (made) rmSync(made.scratch, { recursive: true });
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
  for (const id of ["sky-map", "plane-0", "confusion", "roc"]) {
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

test("a run in which all have labels is reported as a training set", async () => {
  for (const width of [360, 1280]) {
    const page = await open(labelled.path, { width, bypassCSP: true });
    assert.deepEqual(await page.locator("section > h2").allTextContents(), [
      "Detections read and lost",
      "Clusters",
      "Planes of features",
      "Features by group",
      "Quality",
      "Anomalies",
      "Provenance",
    ]);
    for (const id of ["stages", "training-classes", "cluster-sizes", "plane-0", "feature-0", "roc"])
      await show(page, id);
    assert.match(await page.locator("#counts").textContent(), /Every detection had a label/);
    assert.equal(await page.locator("#source-classes").count(), 0);
    const text = await page.locator("main").innerText();
    assert.doesNotMatch(text, /observation|sources with a class|\bsky\b|arcsec/i);
    assert.doesNotMatch(text, /Infinity|NaN|undefined/);
    assert.equal(await page.locator("dl.tiles dt").count(), 3);
    const rows = page.locator("#training-classes table tbody tr");
    await page.locator("#training-classes summary").click();
    await rows.first().waitFor();
    assert.deepEqual(await rows.first().locator("td").allTextContents(), ["20", "5.6 %"]);
    assert.deepEqual(await rows.nth(11).locator("td").allTextContents(), ["0", "0.0 %"]);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `${over} pixels too wide`);
    assert.deepEqual(await axeFaults(page), []);
    await close(page);
  }
});

const dataOf = (page) =>
  page.evaluate(() => JSON.parse(document.getElementById("data").textContent));

test("the most and least certain sources of each group are listed, with links", async () => {
  const page = await open(pages.full);
  const { recipe, sources } = await dataOf(page);
  const cards = page.locator(".of-group");
  assert.equal(await cards.count(), sources.groups.length);
  assert.ok(sources.groups.length > 2);
  for (const [i, of] of sources.groups.entries()) {
    const card = cards.nth(i);
    const heading = await card.locator("h3").textContent();
    assert.ok(heading.startsWith(recipe.groups[of.group]), heading);
    const rows = card.locator("tbody tr");
    const listed = [...of.most_certain, ...of.least_certain];
    assert.equal(await rows.count(), listed.length);
    for (const [r, source] of listed.entries()) {
      assert.equal(recipe.group_of_class[source.class], of.group);
      const link = rows.nth(r).locator("th a");
      assert.equal(await link.textContent(), source.name);
      assert.match(await link.getAttribute("href"), /^https:\/\/simbad\..*Coord=[\d.]+%20[-%]/);
      const cells = await rows.nth(r).locator("td").allTextContents();
      assert.equal(cells[0], recipe.classes[source.class]);
      assert.ok(Math.abs(Number(cells[1]) - source.probabilities[source.class]) < 1e-3, cells[1]);
      assert.equal(cells[2], `${source.detections}`);
      const bar = rows.nth(r).getByRole("img");
      assert.match(await bar.getAttribute("aria-label"), new RegExp(`\\b\\w+.? [\\d.]+`));
    }
  }
  // A group has its colour wherever it is shown.
  await show(page, "cluster-sizes");
  const fill = (place, g) =>
    page.locator(place).evaluateAll(
      (signs, name) => {
        const mark = signs.find((sign) => sign.textContent.startsWith(name)).querySelector("svg > *");
        return mark.getAttribute("fill") ?? mark.getAttribute("stroke");
      },
      recipe.groups[g],
    );
  for (const { group } of sources.groups)
    assert.equal(await fill(".of-group h3", group), await fill("#cluster-sizes .legend li", group));
  await close(page);
});

test("probabilities of the published method are called a ranking, where they are shown", async () => {
  const page = await open(pages.full);
  for (const id of ["sources", "validation"])
    assert.match(await page.locator(`#${id}`).innerText(), /rank sources, not as frequencies/);
  const other = await open(labelled.path); // of the method bayes
  assert.doesNotMatch(await other.locator("main").innerText(), /mahalanobis/);
  await close(page);
  await close(other);
});

test("axes have names and units, figures say what they show", async () => {
  const page = await open(pages.full);
  const names = {
    stages: ["detections"],
    "source-classes": ["sources"],
    "cluster-sizes": ["detections"],
    latitudes: ["Galactic latitude b (degrees)", "share of the detections (%)"],
    "plane-0": ["hard_hm", "hard_hs"],
    "plane-2": ["powlaw_gamma", "bb_kt (keV)"],
    "feature-4": ["bb_kt (keV)", "share of the group (%)"],
    reliability: ["mean probability", "fraction correct"],
    roc: ["false positive rate", "true positive rate"],
  };
  for (const [id, expected] of Object.entries(names)) {
    await show(page, id);
    const found = await page.locator(`#${id} [data-mark$="-axis label"]`).allTextContents();
    for (const name of expected) assert.ok(found.includes(name), `${id}: ${name} in ${found}`);
  }
  for (const id of figures) {
    await show(page, id);
    assert.ok((await page.locator(`#${id} figcaption`).textContent()).length > 20, id);
  }
  await close(page);
});

test("print has whole figures in colour and no controls", async () => {
  const page = await open(pages.full, { colorScheme: "dark" });
  await settle(page);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  for (const hidden of ["nav", ".toolbar", ".controls", ".help", "footer", "summary"])
    for (const node of await page.locator(hidden).all())
      assert.equal(await node.isVisible(), false, hidden);
  const style = (selector, name) =>
    page.locator(selector).first().evaluate((node, of) => getComputedStyle(node)[of], name);
  assert.equal(await style("body", "backgroundColor"), "rgb(255, 255, 255)");
  assert.equal(await style(":root", "printColorAdjust"), "exact");
  assert.equal(await style("figure", "breakInside"), "avoid");
  const widths = await page.locator(".grid.two svg, .grid.one svg").evaluateAll((all) =>
    all.map((svg) => svg.getBoundingClientRect().width),
  );
  assert.ok(Math.max(...widths) <= 690, `${Math.max(...widths)}`);
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.equal(await page.evaluate("document.documentElement.className"), "");
  assert.ok((await page.pdf({ preferCSSPageSize: true })).length > 50_000);
  await close(page);
});

test("the report names what the recipe says to cite", async () => {
  const page = await open(labelled.path);
  const items = page.locator(".citations li");
  assert.match(await items.first().textContent(), /arXiv:2401.12203/);
  assert.deepEqual((await items.allTextContents()).slice(1, 3), [
    "The data: First & Second 2020",
    "The data: Third 2021",
  ]);
  assert.equal(await items.nth(1).locator("a").getAttribute("href"), "https://example.org/first");
  assert.equal(await items.nth(2).locator("a").count(), 0);
  await close(page);
});

test("groups and classes of a report look different", async () => {
  const page = await open(labelled.path);
  const looks = (place) =>
    page.locator(`${place} .legend button`).evaluateAll((all) =>
      Object.fromEntries(
        all.map((button) => {
          const mark = button.querySelector("svg > *");
          const [stroke, fill] = [getComputedStyle(mark).stroke, getComputedStyle(mark).fill];
          const sign = mark.getAttribute("d") ?? mark.getAttribute("stroke-dasharray");
          return [button.textContent, [mark.localName === "path" ? fill : stroke, sign]];
        }),
      ),
    );
  await show(page, "plane-0");
  const points = await looks("#planes");
  await show(page, "feature-0");
  const lines = await looks("#features");
  // The fifth group does not occur, and the others keep their colours.
  const there = groups.filter((_, g) => g !== 4);
  for (const found of [points, lines]) {
    assert.deepEqual(Object.keys(found), there);
    assert.equal(new Set(there.slice(0, 9).map((group) => found[group][0])).size, 9);
    assert.equal(new Set(there.map((group) => found[group].join())).size, there.length);
    assert.equal(found[groups[10]][0], found[groups[0]][0]);
    assert.notEqual(found[groups[10]][1], found[groups[0]][1]);
  }
  for (const group of there) assert.equal(points[group][0], lines[group][0], group);
  await page.locator("#planes").getByText("class", { exact: true }).click();
  await page.locator("#planes .legend button", { hasText: "a8" }).waitFor();
  const ofClasses = await looks("#planes");
  assert.equal(Object.keys(ofClasses).length, classes.length - 1);
  assert.equal(new Set(Object.values(ofClasses).map(String)).size, classes.length - 1);
  // Squares and the like are drawn as such.
  await page.waitForSelector("#plane-0 .canvas path[stroke-width='0']", { state: "attached" });
  await close(page);
});
