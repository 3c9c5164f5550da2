// Several views on one page: linked by the selection and the marked source, laid out in the address.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axeFaults, close } from "./browser.mjs";
import { lasso, selectedCount, settled, until } from "./reader.mjs";
import { setUp, tearDown } from "./served.mjs";

let browser, served;
before(async () => ({ browser, served } = await setUp()));
after(tearDown);

const open = (path, options) => served.open(browser, path, options);
const query = (page) => new URL(page.url()).searchParams;
const titles = (page) => page.locator(".pane > header h2").allTextContents();
const pane = (page, name) => page.getByRole("region", { name, exact: true });
/** Whether the canvas of a view has coloured points. */
const isDrawn = (page, name) =>
  pane(page, name)
    .locator("canvas.points")
    .evaluate((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      for (let i = 0; i < data.length; i += 4)
        if (Math.max(...data.slice(i, i + 3)) - Math.min(...data.slice(i, i + 3)) > 60) return true;
      return false;
    });

test("a new page of views has one of each, two side by side at 1280 px and four at 2560", async () => {
  for (const [width, columns] of [[380, 1], [1280, 2], [2560, 4]]) {
    const page = await open("/views", { width });
    await until(() => titles(page), ["Sky", "Plane", "Table", "Source"]);
    await until(() => isDrawn(page, "Sky"), true);
    await until(() => isDrawn(page, "Plane"), true);
    const lefts = await page
      .locator(".pane")
      .evaluateAll((panes) => panes.map((one) => Math.round(one.getBoundingClientRect().left)));
    assert.equal(new Set(lefts).size, columns, `${width}: ${lefts}`);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `${width}: ${over} px too wide`);
    await close(page);
  }
});

test("what a page of one view showed is kept, and each view has its own parameters", async () => {
  const page = await open("/properties?x=bb_kt&xscale=log&y=hard_ms");
  await page.getByRole("link", { name: "Views" }).click();
  const column = (name, axis) =>
    pane(page, name).getByRole("combobox", { name: axis, exact: true }).inputValue();
  await until(() => column("Plane", "x"), "bb_kt");
  await page.getByRole("combobox", { name: "Add" }).selectOption("plane");
  await until(() => titles(page), ["Sky", "Plane 1", "Table", "Source", "Plane 2"]);
  await pane(page, "Plane 2").getByRole("combobox", { name: "x", exact: true }).selectOption("hard_hs");
  await until(() => column("Plane 1", "x"), "bb_kt");
  assert.equal(query(page).get("5.x"), "hard_hs");
  const address = page.url();
  await pane(page, "Plane 2").getByRole("button", { name: "Move Plane 2 forward" }).click();
  await until(() => titles(page), ["Sky", "Plane 1", "Table", "Plane 2", "Source"]);
  await pane(page, "Plane 2").getByRole("button", { name: "Close Plane 2" }).click();
  await until(() => titles(page), ["Sky", "Plane", "Table", "Source"]);
  assert.equal(query(page).get("5.x"), null);
  await page.goto(address);
  await until(() => titles(page), ["Sky", "Plane 1", "Table", "Source", "Plane 2"]);
  assert.equal(await column("Plane 2", "x"), "hard_hs");
  await close(page);
});

test("the edges between views can be dragged, and moved by keys", async () => {
  const page = await open("/views?views=sky.1,plane.2");
  await until(() => isDrawn(page, "Plane"), true);
  const width = async () => (await pane(page, "Sky").boundingBox()).width;
  const before = await width();
  const edge = page.getByRole("separator", { name: "Width of the views" });
  const box = await edge.boundingBox();
  await page.mouse.move(box.x + 4, box.y + 200);
  await page.mouse.down();
  await page.mouse.move(box.x - 96, box.y + 200, { steps: 5 });
  await page.mouse.up();
  await until(async () => Math.abs((await width()) - (before - 100)) < 4, true);
  await edge.focus();
  await page.keyboard.press("ArrowRight");
  await until(async () => (await width()) > before - 90, true);
  await settled(page, 400);
  const kept = await width();
  await page.reload();
  await until(async () => Math.abs((await width()) - kept) < 3, true);
  await close(page);
});

test("a selection in one view is the selection of all", async () => {
  const page = await open("/views?views=sky.1,plane.2,histogram.3,table.4&2.x=hard_hs&2.y=bb_kt");
  await until(() => isDrawn(page, "Plane"), true);
  await page.getByRole("combobox", { name: "Drag" }).selectOption("box");
  const box = await pane(page, "Plane").locator("canvas.points").boundingBox();
  await page.mouse.move(box.x + 0.3 * box.width, box.y + 0.2 * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.6 * box.width, box.y + 0.9 * box.height, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL(/where=inside\(hard_hs,\+bb_kt,/);
  const { total } = await served.json(
    `/api/sources?limit=1&where=${encodeURIComponent(query(page).get("where"))}`,
  );
  assert.ok(total > 0);
  await until(() => selectedCount(page), total);
  const counts = (await pane(page, "Histogram").getByRole("img").getAttribute("aria-label"))
    .split(": ")[1]
    .match(/\d[\d,]*(?=,|$)/g);
  const rows = async () =>
    Number((await pane(page, "Table").locator("h1").textContent()).split(" ")[0].replace(",", ""));
  await until(rows, total);
  assert.ok(counts.length > 0);
  await close(page);
});

test("a source is marked in all views by hovering, and opened in the view of a source", async () => {
  const page = await open("/views?views=sky.1,plane.2,table.3,source.4");
  await until(() => isDrawn(page, "Plane"), true);
  const ring = (name, nth) => pane(page, name).locator(".rings i").nth(nth);
  const row = pane(page, "Table").locator("tbody tr").nth(2);
  await row.hover();
  for (const name of ["Sky", "Plane"]) await until(() => ring(name, 0).isVisible(), true, name);
  // The ring is around the point that has this name.
  const link = row.getByRole("link");
  const source = await link.textContent();
  const at = await ring("Sky", 0).boundingBox();
  await page.mouse.move(at.x + at.width / 2, at.y + at.height / 2);
  await page.locator(".tooltip strong").waitFor();
  await link.click();
  await until(() => pane(page, "Source").locator("h1").textContent(), source);
  assert.equal(query(page).get("source"), source);
  for (const name of ["Sky", "Plane"]) await until(() => ring(name, 1).isVisible(), true, name);
  // A point that is picked is shown in the same view, without a card.
  const box = await pane(page, "Plane").locator("canvas.points").boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await pane(page, "Plane").locator("canvas.points").focus();
  await page.keyboard.press("Enter");
  await until(async () => (await pane(page, "Source").locator("h1").textContent()) === source, false);
  assert.equal(await page.locator(".card").count(), 0);
  await close(page);
});

test("density is drawn and said, and histograms follow their column", async () => {
  const page = await open("/views?views=plane.1,histogram.2&1.density=on&2.x=bb_kt&2.xscale=log");
  await until(() => isDrawn(page, "Plane"), true);
  await pane(page, "Plane").getByText("Selected sources in a hexagon").waitFor();
  const histogram = pane(page, "Histogram");
  await until(() => histogram.locator("svg > path").count(), 4);
  await histogram.getByRole("combobox", { name: "by" }).selectOption("class");
  await until(async () => (await histogram.locator("svg > path").count()) > 4, true);
  await histogram.getByRole("radio", { name: "lines" }).check();
  await until(() => histogram.locator("svg > path").first().getAttribute("fill"), "none");
  await close(page);
});

for (const colorScheme of ["light", "dark"])
  test(`views are accessible by axe's rules, ${colorScheme}`, async () => {
    const page = await open("/views?views=sky.1,plane.2,histogram.3,table.4,source.5", {
      width: 1900,
      colorScheme,
      bypassCSP: true,
    });
    await until(() => isDrawn(page, "Plane"), true);
    await page.locator(".histogram svg").waitFor();
    assert.deepEqual(await axeFaults(page), []);
    await close(page);
  });

test("wrong layouts in an address do no harm", async () => {
  const page = await open("/views?views=sky.1,sky.1,cake.2,plane.x,plane.99,plane.100&widths=a,b&heights=0");
  await until(() => titles(page), ["Sky", "Plane"]);
  await page.goto(`${served.url}/views?views=none`);
  await page.getByText("No view is open").waitFor();
  await page.getByRole("combobox", { name: "Add" }).selectOption("table");
  await until(() => titles(page), ["Table"]);
  await close(page);
});

test("a lasso in a view marks only this view's plane", async () => {
  const page = await open("/views?views=plane.1,plane.2&1.x=hard_hs&1.y=hard_hm&2.x=hard_ms&2.y=hard_hm");
  await until(() => isDrawn(page, "Plane 2"), true);
  await lasso(page, [[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.6]]);
  await page.waitForURL(/where=inside\(hard_hs,\+hard_hm,/);
  await close(page);
});
