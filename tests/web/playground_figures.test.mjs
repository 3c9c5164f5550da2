// Figures for papers: what they hold, in each format, and the data behind them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { close } from "./browser.mjs";
import { shown, until } from "./reader.mjs";
import { setUp, tearDown } from "./served.mjs";
import { rowsOf, sourcesOf } from "./truth.mjs";

let browser, served, sources;
before(async () => {
  ({ browser, served } = await setUp());
  sources = await sourcesOf(served);
});
after(tearDown);

const open = (path, options) => served.open(browser, path, options);
async function saved(page, format) {
  const menu = page.locator("details.menu", { hasText: "Figure" }).first();
  if (!(await menu.evaluate((node) => node.open))) await menu.locator("summary").click();
  const download = page.waitForEvent("download");
  await menu.getByRole(format === "csv" ? "link" : "button", { name: format === "csv" ? "Data as CSV" : format.toUpperCase() }).click();
  return readFileSync(await (await download).path());
}
/** The points of a figure: each begins a path of its shade. */
const points = (svg) =>
  [...svg.matchAll(/<path d="([^"]*)" fill="rgb[^"]*" opacity="0\.85"\/>/g)]
    .map(([, d]) => d.match(/M/g).length)
    .reduce((sum, one) => sum + one, 0);

test("a plane as SVG: its points, axes, legend, caption; light also on a dark page", async () => {
  const fills = [];
  for (const colorScheme of ["light", "dark"]) {
    const page = await open("/properties?x=hard_hs&y=bb_kt&yscale=log&group=XB&only=selected", { colorScheme });
    await shown(page);
    const svg = `${await saved(page, "svg")}`;
    const inside = sources.filter((one) => one.group === "XB" && one.hard_hs !== null && one.bb_kt > 0);
    // The view leaves out at most a few outliers.
    const drawn = points(svg);
    assert.ok(drawn <= inside.length && drawn > 0.98 * inside.length, `${drawn} of ${inside.length}`);
    for (const text of ["hard_hs", "bb_kt (keV)", "XB", "selected by: group XB", "recipe csc2"])
      assert.ok(svg.includes(text), text);
    assert.match(svg, /width="180mm"/);
    assert.ok(svg.includes("#fff"));
    fills.push([...new Set(svg.match(/fill="[^"]*"/g))].sort());
    await close(page);
  }
  assert.deepEqual(fills[0], fills[1]);
  assert.ok(fills[0].length > 4);
});

test("maps as PNG and PDF, and the data of the selection", async () => {
  const page = await open("/?group=YSO");
  await shown(page);
  const png = await saved(page, "png");
  assert.deepEqual([...png.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
  assert.equal(png.readUInt32BE(16), Math.round((180 / 25.4) * 300)); // 300 dpi
  const pdf = await saved(page, "pdf");
  assert.equal(`${pdf.subarray(0, 5)}`, "%PDF-");
  assert.match(`${pdf}`, /\/MediaBox \[0 0 510\.\d+ /);
  const rows = rowsOf(`${await saved(page, "csv")}`);
  assert.equal(rows.length, sources.filter((one) => one.group === "YSO").length);
  assert.ok(rows.every((row) => row.class_group === "YSO" && Number.isFinite(row.ra)));
  await close(page);
});

test("density and histograms as figures", async () => {
  const page = await open("/views?views=plane.1,histogram.2&1.density=on&2.x=bb_kt");
  await page.locator(".histogram svg").waitFor();
  await until(() => page.locator(".color-bar").count(), 1);
  const svg = `${await saved(page, "svg")}`;
  assert.ok(svg.includes("Selected sources in a hexagon"));
  assert.equal(points(svg), 0);
  const menu = page.locator(".histogram details.menu");
  await menu.locator("summary").click();
  const download = page.waitForEvent("download");
  await menu.getByRole("button", { name: "SVG" }).click();
  const histogram = readFileSync(await (await download).path(), "utf8");
  for (const text of ["bb_kt (keV)", ">sources<", "Distribution of bb_kt", ">YSO<"])
    assert.ok(histogram.includes(text), text);
  await close(page);
});
