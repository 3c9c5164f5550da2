// Small windows and large letters: nothing overlaps, controls have one height, the map keeps most of the
// window, and its labels are not under what stands on it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { close } from "./browser.mjs";
import { settled, shown, until } from "./reader.mjs";
import { makeRun, setUp, tearDown } from "./served.mjs";

let browser, run, served, pages;
before(async () => {
  ({ browser, run, served } = await setUp(() => makeRun(3000)));
  const { rows } = await served.json("/api/sources?standing=classified&limit=1&columns=name");
  const source = `/source/${encodeURIComponent(rows[0][0])}`;
  pages = ["/", "/properties", "/table", "/classify", "/about", source];
  pages.push("/views?views=sky.1,plane.2,histogram.3,table.4,source.5");
});
after(tearDown);

async function open(path, options) {
  const page = await served.open(browser, path, options);
  await page.locator("h1").first().waitFor({ state: "attached" });
  await page.waitForLoadState("networkidle");
  await settled(page, 300);
  return page;
}

/** Lists texts and controls that overlap, as far as they are visible. */
function overlaps() {
  const isShown = (node) =>
    node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    getComputedStyle(node).clipPath === "none";
  const clipped = (rect, node) => {
    let { left, right, top, bottom } = rect;
    for (let at = node; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.clipPath !== "none") return null;
      if (at === node && rect.width === at.getBoundingClientRect().width) continue;
      if (style.overflowX === "visible") continue;
      const box = at.getBoundingClientRect();
      [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
      [top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)];
    }
    return right - left > 1 && bottom - top > 1 ? { left, right, top, bottom } : null;
  };
  const boxes = [];
  const add = (node, rect, name) => {
    const box = clipped(rect, node);
    if (box) boxes.push({ node, box, name });
  };
  for (const node of document.querySelectorAll("button, select, input, textarea, summary, .button"))
    if (isShown(node)) add(node, node.getBoundingClientRect(), node.outerHTML.slice(0, 60));
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = texts.nextNode()); ) {
    const node = text.parentElement;
    if (!text.data.trim() || node.closest("svg, option, script, noscript") || !isShown(node)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const rect of range.getClientRects()) add(node, rect, text.data.trim().slice(0, 40));
  }
  const faults = [];
  boxes.forEach((a, i) => {
    for (const b of boxes.slice(0, i)) {
      if (a.node.contains(b.node) || b.node.contains(a.node)) continue;
      const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
      if (across > 3 && down > 4) faults.push(`${a.name} over ${b.name}`);
    }
  });
  return faults;
}

test("at 200 %, nothing overlaps", async () => {
  const faults = [];
  const look = async (path) => {
    const page = await open(path, { width: 640, height: 450, deviceScaleFactor: 2 });
    for (const fault of await page.evaluate(overlaps)) faults.push(`${path}: ${fault}`);
    const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    if (wide > 0) faults.push(`${path}: ${wide} pixels too wide`);
    await close(page);
  };
  await Promise.all(pages.map(look));
  assert.deepEqual(faults, []);
});

test("at the usual size, nothing overlaps", async () => {
  const faults = [];
  const look = async (path) => {
    const page = await open(path, { width: 1280, height: 900 });
    for (const fault of await page.evaluate(overlaps)) faults.push(`${path}: ${fault}`);
    await close(page);
  };
  await Promise.all(pages.map(look));
  assert.deepEqual(faults, []);
});

test("controls have one height", async () => {
  const heights = new Map();
  for (const path of pages) {
    const page = await open(path, { width: 1280, height: 900 });
    if (path === "/classify") await page.getByRole("radio", { name: "One detection" }).check();
    const found = await page.evaluate(() =>
      [
        ...document.querySelectorAll(
          "select, input:is([type=text], [type=search], [type=number]), .toggle, .button," +
            ".choice span, .menu > summary",
        ),
      ]
        .filter((node) => node.checkVisibility())
        .map((node) => [node.getBoundingClientRect().height, node.outerHTML.slice(0, 80)]),
    );
    for (const [height, what] of found) heights.set(Math.round(2 * height) / 2, `${path} ${what}`);
    await close(page);
  }
  assert.equal(heights.size, 1, [...heights].join("\n"));
});

test("in a narrow window, the map has two thirds of the height, and its menus open", async () => {
  for (const [path, menus] of [
    ["/", ["Tools", "Legend"]],
    ["/properties", ["Tools and legend"]],
  ]) {
    const page = await open(path, { width: 380, height: 800 });
    await shown(page);
    const height = await page.locator("canvas.points").evaluate((node) => node.clientHeight);
    assert.ok(height >= (2 / 3) * 800, `${path}: ${height}`);
    assert.equal(await page.locator(".tools").isVisible(), false);
    for (const menu of menus) {
      await page.getByText(menu, { exact: true }).click();
      const body = page.locator("details[open] > .menu-body");
      await body.waitFor();
      const { x, y, width, height } = await body.boundingBox();
      assert.ok(x >= 0 && y >= 0 && x + width <= 380 && y + height <= 800, `${path} ${menu}`);
      assert.deepEqual(await page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0);
      await page.keyboard.press("Escape");
      await until(() => page.locator("details[open] > .menu-body").count(), 0);
    }
    await page.getByText(menus[0], { exact: true }).click();
    await page.getByRole("combobox", { name: "Colour" }).selectOption("class");
    await until(() => page.url().includes("colour=class"), true);
    await close(page);
  }
});

test("labels of the grid are neither cut nor under what stands on the map", async () => {
  for (const [width, path] of [
    [1280, "/"],
    [1280, "/?view=83.82,-5.39,12&frame=equatorial&fields=off"],
    [1280, "/?view=0,0,90&colour=probability"],
    [640, "/?view=266,-29,40"],
    [380, "/?view=83.82,-5.39,12&frame=equatorial"],
  ]) {
    const page = await served.open(browser, "/about", { width, height: 700 });
    await page.addInitScript(() => {
      const { clearRect, fillText } = CanvasRenderingContext2D.prototype;
      window.labels = [];
      CanvasRenderingContext2D.prototype.clearRect = function (...all) {
        window.labels = [];
        return clearRect.apply(this, all);
      };
      CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
        if (/\d[°′″]$/.test(text)) {
          const { width } = this.measureText(text);
          const left = x - width * { left: 0, center: 0.5, right: 1 }[this.textAlign];
          window.labels.push({ text, left, right: left + width, top: y - 6, bottom: y + 6 });
        }
        return fillText.call(this, text, x, y);
      };
    });
    await page.goto(served.url + path);
    await shown(page);
    await settled(page, 500);
    await page.locator("canvas.points").press("+"); // it is drawn again, with all around it there
    await settled(page, 1000);
    const { faults, count } = await page.evaluate(() => {
      const canvas = document.querySelector("canvas.points").getBoundingClientRect();
      const boxes = [...document.querySelectorAll(".stage > :not(canvas), .tools > *")]
        .filter((node) => node.checkVisibility() && !node.matches(".tools"))
        .flatMap((node) => (node.matches(".readout") ? [...node.children] : [node]))
        .map((node) => ({ box: node.getBoundingClientRect(), name: node.className }));
      const faults = [];
      for (const { text, left, right, top, bottom } of window.labels) {
        if (left < 0 || right > canvas.width || top < 0 || bottom > canvas.height)
          faults.push(`${text} is cut`);
        for (const { box, name } of boxes)
          if (
            left < box.right - canvas.left &&
            box.left - canvas.left < right &&
            top < box.bottom - canvas.top &&
            box.top - canvas.top < bottom
          )
            faults.push(`${text} under ${name}`);
      }
      return { faults, count: window.labels.length };
    });
    assert.deepEqual(faults, [], `${path} at ${width}`);
    assert.ok(count >= 2, `${path} at ${width}: ${count} labels`);
    await close(page);
  }
});
