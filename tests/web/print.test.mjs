// The pages of the playground in print, and numbers of things in words.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { close } from "./browser.mjs";
import { until } from "./reader.mjs";
import { setUp, tearDown } from "./served.mjs";

const root = process.env.PLAYGROUND;
let browser, served, catalog, source;
before(async () => {
  ({ browser, served } = await setUp());
  catalog = await served.json("/api/catalog");
  const found = await served.json("/api/sources?standing=classified&sort=detections&order=desc&limit=1&columns=name");
  source = `/source/${encodeURIComponent(found.rows[0][0])}`;
});
after(tearDown);

/** Opens a page as a printer sees it. */
async function printed(path, options = {}) {
  const page = await served.open(browser, path, options);
  await page.locator("h1").first().waitFor({ state: "attached" });
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await page.emulateMedia({ media: "print" });
  return page;
}
const style = (page, selector, name) =>
  page.locator(selector).first().evaluate((node, of) => getComputedStyle(node)[of], name);

test("one thing is not several", async () => {
  const { build } = await import(
    pathToFileURL(createRequire(join(root, "package.json")).resolve("esbuild"))
  );
  const { outputFiles } = await build({
    entryPoints: [join(root, "../common/numbers.ts")],
    bundle: true,
    format: "esm",
    write: false,
  });
  const code = Buffer.from(outputFiles[0].contents).toString("base64");
  const { counted } = await import(`data:text/javascript;base64,${code}`);
  assert.equal(counted(1, "source"), "1 source");
  assert.equal(counted(0, "source"), "0 sources");
  assert.equal(counted(4906, "source"), "4,906 sources");
  assert.equal(counted(2, "class", "classes"), "2 classes");
});

test("no page speaks of 1 sources or 1 detections", async () => {
  const one = await served.json("/api/sources?standing=classified&sort=detections&limit=1&columns=name&columns=detections");
  const [name, detections] = one.rows[0];
  assert.equal(detections, 1);
  for (const path of [`/source/${encodeURIComponent(name)}`, `/table?name=${encodeURIComponent(name)}`]) {
    const page = await printed(path);
    const text = await page.locator("body").innerText();
    assert.doesNotMatch(text, /\b1 (sources|detections)\b/);
    assert.match(text, /\b1 (source|detection)\b/);
    await close(page);
  }
});

test("a printed page says what it is of, and has no navigation, filters or tools", async () => {
  for (const path of ["/?group=XB", "/properties?group=XB", "/table?group=XB", source, "/about"]) {
    const page = await printed(path, { colorScheme: "dark" });
    const line = page.locator(".print-line");
    assert.equal(await line.isVisible(), true, path);
    const text = await line.innerText();
    assert.ok(text.includes(catalog.title), text);
    assert.ok(text.includes(`${new Date().getFullYear()}`), text);
    assert.equal(text.includes("group XB"), path.includes("group"), text);
    for (const hidden of [".top", ".filters", ".zoom-buttons", ".pager button", ".menu", ".tools select"])
      for (const node of await page.locator(hidden).all())
        assert.equal(await node.isVisible(), false, `${path}: ${hidden}`);
    assert.equal(await style(page, "body", "backgroundColor"), "rgb(255, 255, 255)");
    assert.equal(await style(page, ":root", "printColorAdjust"), "exact");
    assert.equal(await style(page, "main", "overflowY"), "visible");
    await page.emulateMedia({ media: "screen" });
    assert.equal(await line.isVisible(), false, path);
    await close(page);
  }
});

test("a plot is printed as it is on the screen, to fit the paper", async () => {
  for (const [path, plot] of [
    ["/", ".stage"],
    ["/properties", ".plane"],
  ]) {
    const page = await served.open(browser, path, { width: 1600 });
    await page.locator(".legend button").first().waitFor();
    await page.waitForLoadState("networkidle");
    const box = () => page.locator(plot).boundingBox();
    const parts = () => page.locator(`${plot} .legend`).boundingBox();
    const [before, legend] = [await box(), await parts()];
    await page.setViewportSize({ width: 1600, height: 900 });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await page.emulateMedia({ media: "print" });
    const [now, then] = [await box(), await parts()];
    assert.ok(now.width <= 681 && now.height <= 881, `${now.width} × ${now.height}`);
    const scale = now.width / before.width;
    assert.ok(Math.abs(now.height - scale * before.height) < 2, path);
    assert.ok(Math.abs(then.x - now.x - scale * (legend.x - before.x)) < 3, path);
    await page.emulateMedia({ media: "screen" });
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    await until(async () => Math.round((await box()).width), Math.round(before.width));
    await close(page);
  }
});

test("a printed table is whole, and its head is repeated", async () => {
  const page = await printed("/table?rows=100");
  const { scroll, shown } = await page.locator(".table-scroll").evaluate((node) => ({
    scroll: node.scrollHeight,
    shown: node.clientHeight,
  }));
  assert.ok(scroll <= shown + 1, `${scroll} > ${shown}`);
  assert.equal(await style(page, "thead", "display"), "table-header-group");
  assert.equal(await style(page, "thead th", "position"), "static");
  assert.equal(await style(page, "thead th > *", "display"), "contents");
  assert.equal(await style(page, "tbody tr", "breakInside"), "avoid");
  await close(page);
});

test("a printed source is complete", async () => {
  const page = await printed(source);
  const headings = await page.locator(".source-page h2").allInnerTexts();
  for (const part of ["Position", "Elsewhere", "Classes", "Features", "Detections"])
    assert.ok(headings.includes(part), `${part} in ${headings}`);
  const values = page.locator(".section table.data tbody tr").first().locator("td");
  const name = await values.first().getAttribute("data-name");
  assert.match(
    await values.first().evaluate((node) => getComputedStyle(node, "::before").content),
    new RegExp(name),
  );
  const beyond = await page.locator(".section table.data td").evaluateAll((all) =>
    Math.max(...all.map((td) => td.getBoundingClientRect().right)) - innerWidth,
  );
  assert.ok(beyond <= 0, `${beyond}`);
  await close(page);
});
