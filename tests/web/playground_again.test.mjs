// The playground with readers who change their minds: back and forward, other pages, colours and
// models while an answer is pending or the map is moving.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { close } from "./browser.mjs";
import { lasso, number, selectedCount, settled, shown, until } from "./reader.mjs";
import { makeRun, setUp, tearDown } from "./served.mjs";

let browser, run, served;
before(async () => ({ browser, run, served } = await setUp(() => makeRun(3000))));
after(tearDown);

const open = (path, options) => served.open(browser, path, options);
const nav = (page, name) =>
  page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name }).click();
const viewOf = (page) => (new URL(page.url()).searchParams.get("view") ?? "").split(",").map(Number);
const near = (found, expected, within) =>
  expected.every((value, i) => Math.abs(found[i] - value) <= within) ? true : found;
const goTo = (page, field) => page.getByRole("combobox", { name: "Go to" }).selectOption(field);
/** Delays answers to `path` by `late_ms` for requests that match `fits`. The result waits until there
 *  was such a request and all have arrived or were aborted. */
async function delay(page, path, late_ms, fits = () => true) {
  const waiting = new Set();
  let ended = 0;
  const end = (request) => (ended += waiting.delete(request));
  page.on("requestfinished", end);
  page.on("requestfailed", end);
  await page.route(path, async (route) => {
    if (fits(route.request())) {
      waiting.add(route.request());
      await new Promise((resolve) => setTimeout(resolve, late_ms));
    }
    await route.continue().catch(() => {}); // it was aborted
  });
  return () => until(() => ended > 0 && waiting.size === 0, true);
}

test("the map keeps its view across pages and goes to searched positions", async () => {
  const page = await open("/?view=83.82,-5.39,2");
  await shown(page);
  for (const name of ["Table", "Properties", "Classify", "About"]) {
    await nav(page, name);
    await settled(page, 500);
    await nav(page, "Sky");
    await shown(page);
    await settled(page, 400);
    assert.equal(near(viewOf(page), [83.82, -5.39, 2], 0.01), true, name);
  }
  // A search moves the map, also a second time, and from another page.
  const search = async (text) => {
    await page.getByRole("combobox", { name: "Name or position" }).fill(text);
    await page.keyboard.press("Enter");
  };
  const isThere = async () => near(viewOf(page), [10.68, 41.27, 0.5], 0.01);
  await search("10.68 41.27");
  await until(isThere, true);
  await page.getByRole("button", { name: "Show all" }).click();
  await until(() => page.url().includes("view="), false);
  await search("10.68 41.27");
  await until(isThere, true);
  await page.getByRole("button", { name: "Show all" }).click();
  await nav(page, "Table");
  await search("10.68 41.27");
  await until(isThere, true);
  await close(page);
});

test("a movement of the map stops when the reader does something else", async () => {
  const page = await open("/");
  await shown(page);
  await goTo(page, "M 31");
  await settled(page, 250);
  await page.getByRole("button", { name: "Show all" }).click();
  await settled(page, 2000);
  assert.ok(!page.url().includes("view="), page.url());
  // When the frame changes, the centre stays.
  await goTo(page, "M 31");
  await settled(page, 2500);
  const before = viewOf(page);
  await page.getByRole("radio", { name: "Equatorial" }).check();
  await settled(page, 600);
  assert.equal(near(viewOf(page), before.slice(0, 2), 0.01), true, page.url());
  // Back stops it as well.
  await page.getByRole("button", { name: "Show all" }).click();
  await settled(page, 400);
  await page.getByRole("combobox", { name: "Name or position" }).fill("83.82 -5.39");
  await page.keyboard.press("Enter");
  await settled(page, 300);
  await page.goBack();
  await settled(page, 2000);
  assert.ok(!/view=|center=/.test(page.url()), page.url());
  await close(page);
});

test("Back undoes filters, order and lassos", async () => {
  const page = await open("/table?page=2");
  const all = number((await page.locator(".table-head h1").textContent()).split(" ")[0]);
  await page.waitForSelector("table.data tbody tr");
  await page.getByRole("group", { name: "Class" }).getByLabel("LMXB").check();
  assert.equal(new URL(page.url()).searchParams.get("page"), null, "back to the first page");
  await page.locator("table.data th", { hasText: "dec" }).getByRole("button").click();
  await page.waitForURL(/sort=dec/);
  await page.goBack();
  assert.equal(new URL(page.url()).search, "?class=LMXB");
  await page.goBack();
  assert.equal(new URL(page.url()).search, "?page=2");
  await until(async () => (await selectedCount(page)) || all, await selectedCount(page));
  await nav(page, "Properties");
  await shown(page);
  // A stroke that encloses nothing selects nothing.
  const address = page.url();
  await lasso(page, [[0.3, 0.5], [0.7, 0.5]]);
  await settled(page, 400);
  assert.equal(page.url(), address);
  await lasso(page, [[0.3, 0.3], [0.7, 0.3], [0.7, 0.7], [0.3, 0.7]]);
  await page.waitForURL(/where=/);
  await page.goBack();
  await until(() => page.url().includes("where="), false);
  await close(page);
});

test("the points inside of a lasso stay visible while it is drawn", async () => {
  const page = await open("/properties");
  await shown(page);
  await page.getByRole("combobox", { name: "Drag" }).selectOption("lasso");
  const box = await page.locator("canvas.points").boundingBox();
  const at = (x, y) => [box.x + x * box.width, box.y + y * box.height];
  const colored = () =>
    page.evaluate(() => {
      const canvas = document.querySelector("canvas.points");
      const [w, h] = [canvas.width, canvas.height];
      const { data } = canvas.getContext("2d").getImageData(0.4 * w, 0.4 * h, 0.2 * w, 0.2 * h);
      let found = 0;
      for (let i = 0; i < data.length; i += 4)
        found += Math.max(...data.slice(i, i + 3)) - Math.min(...data.slice(i, i + 3)) > 60;
      return found;
    });
  const before = await colored();
  await page.mouse.move(...at(0.3, 0.3));
  await page.mouse.down();
  for (const [x, y] of [[0.7, 0.3], [0.7, 0.7], [0.3, 0.7]]) await page.mouse.move(...at(x, y), { steps: 5 });
  await settled(page, 200);
  assert.ok((await colored()) > 0.5 * before);
  await page.mouse.up();
  await close(page);
});

test("the legend has the counts of the values it shows", async () => {
  const page = await open("/");
  await shown(page);
  for (const by of ["class", "group", "class"]) {
    await page.getByRole("combobox", { name: "Colour" }).selectOption(by);
    const { counts } = await served.json(`/api/counts?by=${by}`);
    const expected = counts.map((one) => `${one.value} ${one.count}`).sort();
    await until(
      async () =>
        (await page.locator(".legend button").allTextContents())
          .map((text) => text.trim().replaceAll(",", ""))
          .sort(),
      expected,
    );
  }
  await close(page);
});

test("late answers do not overwrite newer ones", async () => {
  const page = await open("/classify");
  const classified = await delay(page, "**/api/classify*", 1500, (request) => request.url().includes("model=catalog"));
  await page.locator("input[type=file]").setInputFiles(run.at("d.csv"));
  await page.getByRole("combobox", { name: "Model" }).selectOption("csc2-published");
  await page.getByText("d.csv classified with csc2-published").waitFor();
  const first = await page.locator(".outcome").textContent();
  await classified();
  await settled(page, 100);
  assert.equal(await page.locator(".outcome").textContent(), first);
  // It is still there after a visit to the plane.
  await page.getByRole("link", { name: /See them among/ }).click();
  await page.goBack();
  await page.getByText("d.csv classified with csc2-published").waitFor();

  const searched = await delay(page, "**/api/search*", 1200);
  const box = page.getByRole("combobox", { name: "Name or position" });
  await box.fill("SIM J");
  await page.keyboard.press("Enter");
  await nav(page, "About");
  await searched();
  await settled(page, 100);
  assert.equal(new URL(page.url()).pathname, "/about");

  await delay(page, "**/api/selection*", 1000);
  await page.goto(`${served.url}/table?class=LMXB`);
  await page.locator(".selected-count strong", { hasText: "…" }).waitFor();
  const { total } = await served.json("/api/counts?by=class&class=LMXB");
  await until(() => selectedCount(page), total);

  await delay(page, "**/api/source?*", 1000);
  const [one, other] = (await served.json("/api/sources?limit=2&columns=name")).rows.flat();
  await page.goto(`${served.url}/source/${encodeURIComponent(one)}`);
  await page.getByRole("heading", { name: one }).waitFor();
  await box.fill(other);
  await page.keyboard.press("Enter");
  await page.getByText("Loading the source").waitFor();
  await page.getByRole("heading", { name: other }).waitFor();
  await close(page);
});

test("cones accept positions in the same forms as the search", async () => {
  const page = await open("/table");
  for (const [text, cone] of [
    ["83.82 −5.39 0.5", [83.82, -5.39, 0.5]],
    ["05 35 16.8 -05 23 24 30′", [83.82, -5.39, 0.5]],
  ]) {
    await page.getByLabel("Cone").fill(text);
    await page.keyboard.press("Enter");
    await until(async () => {
      const found = (new URL(page.url()).searchParams.get("cone") ?? "").split(",").map(Number);
      return near(found, cone, 1e-4);
    }, true);
    await page.getByRole("button", { name: "Clear all" }).click();
  }
  await page.getByLabel("Cone").fill("500 10 1");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  await close(page);
});
