// The playground with a catalog without positions, in which all sources have labels, of a recipe with
// twelve groups that carries columns.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axeFaults, close } from "./browser.mjs";
import { settled, shown, until } from "./reader.mjs";
import { classes, groups } from "./run_folder.mjs";
import { makeLabelledRun, setUp, tearDown } from "./served.mjs";

let browser, served;
before(async () => ({ browser, served } = await setUp(makeLabelledRun)));
after(tearDown);

const open = (path, options) => served.open(browser, path, options);
const everyPage = [
  ...["/", "/properties?colour=class", "/table", "/views", "/source/S1003", "/classify", "/about"],
];

/** Colour and shape of each entry of a facet or legend, by its name. */
const looks = (page, rows) =>
  page.locator(rows).evaluateAll((all) =>
    Object.fromEntries(
      all.map((row) => {
        const path = row.querySelector(".swatch path");
        const name = row.querySelector(".value") ?? row;
        const text = name.firstChild.nodeName === "svg" ? name.childNodes[1] : name.firstChild;
        return [text.textContent.trim(), [getComputedStyle(path).fill, path.getAttribute("d")]];
      }),
    ),
  );
const groupFacet = ".facet:has(legend:text-is('Group')) label";
const classFacet = ".facet:has(legend:text-is('Class')) label";

test("it begins with its properties and has no sky", async () => {
  const page = await open("/");
  await shown(page);
  const nav = page.getByRole("navigation", { name: "Pages" }).getByRole("link");
  const pages = ["Properties", "Table", "Views", "Classify", "About"];
  assert.deepEqual(await nav.allTextContents(), pages);
  assert.equal(await nav.first().getAttribute("aria-current"), "page");
  assert.equal(await page.locator("h1").textContent(), "Properties");
  assert.match(await page.title(), /^Properties/);
  assert.equal(await page.getByLabel(/Cone/).count(), 0);
  assert.equal(await page.getByLabel("Name begins with").getAttribute("placeholder"), "S1");
  const search = page.getByRole("combobox", { name: "Name", exact: true });
  await search.fill("83.82 -5.39");
  await page.getByText("No such name.", { exact: true }).waitFor();
  await search.press("Enter");
  await settled(page, 200);
  assert.equal(new URL(page.url()).pathname, "/");
  await search.fill("s1003");
  await search.press("Enter");
  await until(() => page.locator("h1").textContent(), "S1003");
  await page.goto(`${served.url}/nothing`);
  await page.getByRole("link", { name: "Go to the properties" }).click();
  await shown(page);
  await close(page, /404/);
});

for (const colorScheme of ["light", "dark"])
  test(`every page works without asking for the sky, ${colorScheme}`, async () => {
    for (const path of everyPage)
      for (const width of [360, 1280]) {
        const page = await open("/about", { colorScheme, width, bypassCSP: true });
        const asked = [];
        page.on("request", (request) => asked.push(request.url()));
        await page.goto(served.url + path);
        await page.waitForLoadState("networkidle");
        await settled(page, 300);
        assert.deepEqual(asked.filter((url) => /api\/(map|cone)|images/.test(url)), [], path);
        assert.doesNotMatch(
          await page.locator("body").innerText(),
          /\b(sky|position|neighbours|observation|cone|NaN|undefined|null)\b/i,
          path,
        );
        assert.equal(await page.getByRole("alert").count(), 0, path);
        const wide = () => document.documentElement.scrollWidth - innerWidth;
        assert.ok((await page.evaluate(wide)) <= 0, `${path} at ${width}`);
        assert.deepEqual(await axeFaults(page), [], path);
        await close(page);
      }
  });

test("groups have the colours of their places in the recipe, whatever occurs", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const page = await open("/", { colorScheme });
    await shown(page);
    const all = await looks(page, groupFacet);
    assert.deepEqual(Object.keys(all), groups); // also the one that no source has
    const colors = groups.map((group) => all[group][0]);
    const shapes = groups.map((group) => all[group][1]);
    assert.equal(new Set(colors.slice(0, 10)).size, 10);
    // Colours differ well, and from the background.
    const rgb = (color) => color.match(/\d+/g).map(Number);
    const apart = (a, b) => Math.max(...rgb(a).map((value, i) => Math.abs(value - rgb(b)[i])));
    const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    colors.slice(0, 10).forEach((color, i) => {
      for (const other of [paper, ...colors.slice(0, i)])
        assert.ok(apart(color, other) > 40, `${color} ${other}`);
    });
    // The eleventh has the colour of the first, and another shape.
    assert.deepEqual(colors.slice(10), colors.slice(0, 2));
    assert.equal(new Set(shapes.slice(0, 10)).size, 1);
    assert.notEqual(shapes[10], shapes[0]);
    const legend = await looks(page, ".legend button");
    assert.equal(Object.keys(legend).length, 11);
    for (const [group, look] of Object.entries(legend)) assert.deepEqual(look, all[group], group);
    await page.goto(`${served.url}/?group=${encodeURIComponent("group 7")}`);
    await shown(page);
    assert.deepEqual(await looks(page, groupFacet), all);
    await close(page);
  }
});

test("the classes of a group look different", async () => {
  const page = await open("/?colour=class");
  await shown(page);
  const all = await looks(page, classFacet);
  assert.deepEqual(Object.keys(all), classes.map(({ name }) => name));
  assert.equal(new Set(Object.values(all).map(String)).size, classes.length);
  const eight = classes.slice(0, 8).map(({ name }) => all[name]);
  eight.slice(1).forEach(([color], c) => assert.notEqual(color, eight[c][0]));
  assert.equal(new Set(eight.map(([color]) => color)).size, 4);
  assert.equal(new Set(eight.map(([, shape]) => shape)).size, 6);
  await close(page);
});

test("carried columns can be chosen and are on the page of a source", async () => {
  const page = await open("/table");
  await page.waitForSelector("table.data");
  await page.getByText("Columns", { exact: true }).click();
  const input = page.getByRole("group", { name: "From the input" });
  assert.deepEqual(
    (await input.locator("label").allTextContents()).map((text) => text.trim()),
    ["exposure ks", "number", "remark"],
  );
  assert.equal(
    await input.locator("label").first().getAttribute("title"),
    "Time on the source, for the first detection",
  );
  for (const name of ["exposure", "number", "remark"]) await input.getByLabel(name).check();
  const cells = async (column) =>
    page.locator(`table.data tbody tr:first-child td:nth-last-child(${column})`).textContent();
  await until(() => cells(1), "<b>odd</b>");
  assert.equal(await cells(2), "70000");
  // With some fonts the menu lies over the head of the column.
  await page.getByText("Columns", { exact: true }).click();
  await page.getByRole("button", { name: /^exposure/ }).click();
  await page.waitForURL(/sort=exposure/);
  const { sources } = await served.json("/api/catalog");
  await until(() => cells(2), `${70000 + sources - 1}`);

  await page.goto(`${served.url}/source/S1003`);
  const carried = page.locator(".section:has(h2:text-is('From the input'))");
  await carried.waitFor();
  assert.deepEqual(
    (await carried.locator("dd").allTextContents()).map((text) => text.trim()),
    ["1.5 ks", "70003", "–"],
  );
  assert.equal(
    await carried.locator("dt").first().getAttribute("title"),
    "Time on the source, for the first detection",
  );
  const title = page.getByRole("region", { name: "Detections" }).locator("th", { hasText: "exposure" });
  assert.equal(await title.locator("span").first().getAttribute("title"), "Time on the source");
  await page.getByText("it is in the training set").waitFor();
  const link = page.getByRole("link", { name: "A page elsewhere" });
  assert.equal(await link.getAttribute("href"), "https://example.org/70003");
  await close(page);
});

test("what to cite is on the page about the catalog", async () => {
  const page = await open("/about");
  const first = page.getByRole("link", { name: "First & Second 2020" });
  assert.equal(await first.getAttribute("href"), "https://example.org/first");
  assert.equal(await page.getByText("Third 2021").evaluate((node) => node.tagName), "DD");
  await page.getByText("arXiv:2401.12203").waitFor();
  await close(page);
});
