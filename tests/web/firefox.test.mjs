// The playground's main tasks in Debian's Firefox, by real pointer and keys.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { button, choose, click, close, field, launch, link, menu, open, radio, textOf } from "./firefox.mjs";
import { cornersIn, drawn, number, settled, until } from "./reader.mjs";
import { makeRun, Served, uhuru } from "./served.mjs";
import { galactic, inside, mollweide, rowsIn, sourcesOf } from "./truth.mjs";

let run, browser, served;
before(async () => {
  run = makeRun(3000);
  mkdirSync(run.at("saved"));
  [browser, served] = await Promise.all([launch(run.at("saved")), Served.start([run.at("run")])]);
});
after(async () => {
  await browser?.close();
  await served?.end();
  run?.remove();
});

const show = (path, options) => open(browser, served, path, options);
const where = (page) => new URL(page.url()).searchParams.get("where");
const totalOf = async (condition) =>
  (await served.json(`/api/sources?limit=1&where=${encodeURIComponent(condition)}`)).total;
const selectedCount = async (page) => number((await textOf(page, ".selected-count strong")) ?? "-1");
const arePointsDrawn = (page) =>
  page.waitForFunction(drawn, { polling: 50 }, { contrast: 60, pixels: 300, share: 0 });
const boxOf = async (page, selector) => (await page.waitForSelector(selector)).boundingBox();
/** Drags along points, as fractions of a box. */
async function drag(page, box, [first, ...others]) {
  const at = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...at(first));
  await page.mouse.down();
  for (const corner of others) await page.mouse.move(...at(corner), { steps: 4 });
  await page.mouse.up();
}
/** What Firefox has saved under a name. */
async function saved(name) {
  await until(() => readdirSync(run.at("saved")).includes(name), true, name);
  await until(() => readdirSync(run.at("saved")).some((file) => file.endsWith(".part")), false);
  return readFileSync(run.at(`saved/${name}`));
}

test("Firefox: the sky is drawn, and a lasso selects the sources inside", async () => {
  const page = await show("/");
  await arePointsDrawn(page);
  assert.equal(await selectedCount(page), (await served.json("/api/catalog")).sources);
  await choose(page, field("Drag"), "lasso");
  const box = await boxOf(page, "canvas.points");
  await drag(page, box, [[0.3, 0.3], [0.7, 0.3], [0.7, 0.7], [0.3, 0.7], [0.3, 0.3]]);
  await until(async () => (await where(page))?.startsWith("sky('galactic',"), true);
  const condition = where(page);
  const corners = cornersIn(condition);
  const expected = (await sourcesOf(served)).filter((one) => inside(mollweide(galactic(one)), corners));
  assert.ok(expected.length > 10);
  assert.equal(await totalOf(condition), expected.length);
  await until(() => selectedCount(page), expected.length);
  await close(page);
});

test("Firefox: the wheel, a drag that leaves the map, and keys move the map", async () => {
  const page = await show("/");
  await arePointsDrawn(page);
  const view = () => new URL(page.url()).searchParams.get("view");
  const box = await boxOf(page, "canvas.points");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.wheel({ deltaY: -600 });
  await until(() => view() !== null, true);
  const zoomed = view();
  await drag(page, box, [[0.5, 0.5], [0.4, 0.5], [-0.2, 0.5]]); // over the filters
  await until(() => view() !== zoomed, true);
  await settled(page, 400);
  const moved = view();
  // The button was released outside: the pointer drags nothing any more.
  await page.mouse.move(box.x + 0.6 * box.width, box.y + 0.6 * box.height, { steps: 4 });
  await settled(page, 400);
  assert.equal(view(), moved);
  await page.focus("canvas.points");
  await page.keyboard.press("0");
  await until(view, null);
  await close(page);
});

test("Firefox: a typed condition selects; its faults are said", async () => {
  const page = await show("/properties?x=hard_hs&y=bb_kt&yscale=log");
  await arePointsDrawn(page);
  await click(page, field("Condition"));
  await page.keyboard.type("hard_hs > ");
  await click(page, button("Apply"));
  await page.waitForSelector(".where-field [role=alert]");
  await click(page, field("Condition"));
  await page.keyboard.press("End");
  await page.keyboard.type("0.1 and P(YSO) > 0.2");
  await page.keyboard.press("Enter");
  await until(() => where(page), "hard_hs > 0.1 and P(YSO) > 0.2");
  const total = await totalOf(where(page));
  assert.ok(total > 0);
  await until(() => selectedCount(page), total);
  // Back and forth in the history.
  await page.goBack();
  await until(() => where(page), null);
  await until(async () => (await selectedCount(page)) > total, true);
  await close(page);
});

test("Firefox: views are linked by hovering and opening, and their edges can be dragged", async () => {
  const page = await show("/views");
  await arePointsDrawn(page);
  const titles = () => page.$$eval(".pane > header h2", (all) => all.map((one) => one.textContent));
  await until(titles, ["Sky", "Plane", "Table", "Source"]);
  const ring = (pane, nth) => page.$eval(`.pane-${pane} .rings i:nth-child(${nth})`, (one) => !one.hidden);
  const row = ".pane-table tbody tr:nth-child(3)";
  await (await page.waitForSelector(row)).hover();
  for (const pane of ["sky", "plane"]) await until(() => ring(pane, 1), true, pane);
  const name = await textOf(page, `${row} a`);
  // Its ring is where the point is.
  const at = await boxOf(page, ".pane-plane .rings i:first-child");
  await page.mouse.move(at.x + at.width / 2, at.y + at.height / 2);
  await page.waitForSelector(".pane-plane .tooltip strong");
  await click(page, `${row} a`);
  await until(() => textOf(page, ".pane-source h1"), name);
  assert.equal(new URL(page.url()).searchParams.get("source"), name);
  for (const pane of ["sky", "plane"]) await until(() => ring(pane, 2), true, pane);
  const width = async () => (await boxOf(page, ".pane-sky")).width;
  const before = await width();
  const edge = await boxOf(page, ".edge.widths");
  await drag(page, { x: edge.x + 4, y: edge.y + 60, width: 1, height: 1 }, [[0, 0], [-50, 5], [-100, 5]]);
  await until(async () => Math.abs((await width()) - (before - 100)) < 4, true);
  await close(page);
});

test("Firefox: figures as SVG and PNG are saved as files", async () => {
  const page = await show("/properties?x=hard_hs&y=bb_kt&yscale=log&group=XB");
  await arePointsDrawn(page);
  await click(page, menu("Figure"));
  const panel = await boxOf(page, "details[open] .menu-body");
  assert.ok(panel.x >= 0 && panel.x + panel.width <= 1280 && panel.y + panel.height <= 900);
  await click(page, button("SVG"));
  const svg = `${await saved("hard_hs_bb_kt.svg")}`;
  for (const text of ["hard_hs", "bb_kt (keV)", "selected by: group XB", 'width="180mm"'])
    assert.ok(svg.includes(text), text);
  assert.ok((svg.match(/<path/g) ?? []).length > 3);
  await click(page, button("PNG"));
  const png = await saved("hard_hs_bb_kt.png");
  assert.deepEqual([...png.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
  assert.equal(png.readUInt32BE(16), Math.round((180 / 25.4) * 300));
  // It is not blank.
  const colors = await page.evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const to = new OffscreenCanvas(image.width, image.height).getContext("2d");
    to.drawImage(image, 0, 0);
    return new Set(new Uint32Array(to.getImageData(0, 0, image.width, image.height).data.buffer)).size;
  }, png.toString("base64"));
  assert.ok(colors > 50, `${colors} colours`);
  await page.keyboard.press("Escape");
  await until(async () => (await page.$("details.menu[open]")) === null, true);
  await close(page);
});

test("Firefox: a condition is copied and pasted", async () => {
  const page = await show("/table?group=XB&min.hard_hs=0");
  await page.waitForSelector("table.data");
  const count = number((await textOf(page, ".table-head h1")).split(" ")[0]);
  await click(page, menu("Copy as"));
  await click(page, radio("condition"));
  const text = await page.$eval(".copy-as textarea", (area) => area.value);
  await click(page, button("Copy"));
  await until(() => textOf(page, ".copy-as [role=status]"), "Copied");
  await page.goto(`${served.url}/table`);
  await click(page, field("Condition"));
  await page.keyboard.down("Control");
  await page.keyboard.press("v");
  await page.keyboard.up("Control");
  await click(page, button("Apply"));
  await until(() => where(page), text);
  await until(() => selectedCount(page), count);
  await close(page);
});

test("Firefox: an uploaded table gets the classes of uhuru predict", async () => {
  const lines = readFileSync(run.at("d.csv"), "utf8").split("\n");
  writeFileSync(run.at("few.csv"), `${lines.slice(0, 41).join("\n")}\n`);
  uhuru("predict", run.at("few.csv"), "--out", run.at("classes.csv"));
  const page = await show("/classify");
  await choose(page, field("Model"), "csc2-published");
  await (await page.waitForSelector("input[type=file]")).uploadFile(run.at("few.csv"));
  const classes = () =>
    page.$$eval(".outcome table.data tbody .class-name", (all) => all.map((one) => one.textContent));
  const expected = rowsIn(run.at("classes.csv")).map((row) => row.class_name).filter(Boolean);
  await until(classes, expected);
  await click(page, link("on the sky"));
  await page.waitForSelector("::-p-text(of your detections)");
  await arePointsDrawn(page);
  await close(page);
});

test("Firefox: the theme changes page and canvas, and is kept", async () => {
  const page = await show("/");
  await arePointsDrawn(page);
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const picture = () => page.evaluate(() => document.querySelector("canvas.points").toDataURL());
  assert.equal(await ground(), "rgb(255, 255, 255)");
  const light = await picture();
  await click(page, radio("dark"));
  await until(ground, "rgb(20, 24, 29)");
  await until(async () => (await picture()) !== light, true);
  await page.reload();
  await until(ground, "rgb(20, 24, 29)");
  await arePointsDrawn(page);
  await close(page);
});

test("Firefox: pages fit their window", async () => {
  const { rows } = await served.json("/api/sources?limit=1&columns=name");
  const page = await show("/about");
  for (const path of ["/", "/properties", "/views", "/table", `/source/${encodeURIComponent(rows[0][0])}`, "/classify", "/about"]) {
    await page.goto(served.url + path);
    await page.waitForFunction(() => document.querySelector("h1") && !document.querySelector(".loading"));
    for (const width of [380, 1280]) {
      await page.setViewport({ width, height: 900 });
      await settled(page, 100);
      const over = await page.evaluate(() =>
        [document.documentElement, document.querySelector("main")].map((one) => one.scrollWidth - one.clientWidth),
      );
      assert.deepEqual(over, [0, 0], `${path} at ${width}`);
    }
  }
  await close(page);
});

test("Firefox: no tool of the sky lies below its zoom buttons", async () => {
  const page = await show("/");
  await arePointsDrawn(page);
  for (let width = 820; width <= 1000; width += 20) {
    await page.setViewport({ width, height: 900 });
    const below = await page.evaluate(() => {
      const zoom = document.querySelector(".stage > .zoom-buttons").getBoundingClientRect();
      const isBelow = ({ left, right, top, bottom }) =>
        right > zoom.left && left < zoom.right && bottom > zoom.top && top < zoom.bottom;
      return [...document.querySelectorAll(".tools :is(button, select, summary, label)")]
        .filter((one) => !one.closest("details:not([open]) > .menu-body"))
        .filter((one) => isBelow(one.getBoundingClientRect()))
        .map((one) => one.textContent.slice(0, 20));
    });
    assert.deepEqual(below, [], `${width}`);
  }
  await close(page);
});

test("Firefox: errors, violations of the policy and other requests would be noticed", async () => {
  const page = await show("/about");
  await page.waitForSelector("h1");
  await page.evaluate(() => {
    document.body.insertAdjacentHTML("beforeend", '<p style="color: red">');
    document.body.append(Object.assign(new Image(), { src: "http://localhost:8000/x.png" }));
    setTimeout(() => {
      throw new Error("thrown here");
    });
  });
  await page.goto(served.url.replace("127.0.0.1", "localhost"));
  for (const trouble of [/style-src-attr/, /img-src.*x\.png/, /thrown here/, /^request of http:..localhost/])
    await until(() => page.troubles.some((one) => trouble.test(one)), true, `${trouble}`);
  await page.browserContext().close();
});
