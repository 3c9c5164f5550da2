// The sky and the properties in a browser, over a simulated run: drawn, moved, filtered, linked.
import assert from "node:assert/strict";
import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const program = process.env.UHURU;
let scratch, server, browser, address;

before(async () => {
  scratch = mkdtempSync(join(tmpdir(), "uhuru-web-"));
  const at = (name) => join(scratch, name);
  const uhuru = (...words) => execFileSync(program, [...words, "--quiet"]);
  uhuru("simulate", "--rows", "6000", "--out", at("d.csv"), "--labels-out", at("l.csv"));
  uhuru("run", "--detections", at("d.csv"), "--labels", at("l.csv"), "--out", at("run"));
  server = spawn(program, ["serve", at("run"), "--port", "0"]);
  address = await new Promise((resolve, reject) => {
    let text = "";
    server.stdout.on("data", (part) => {
      text += part;
      const url = text.match(/http:\/\/[\d.]+:\d+/);
      if (url) resolve(url[0]);
    });
    server.on("exit", () => reject(new Error("uhuru serve ended")));
  });
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  });
});
after(async () => {
  await browser?.close();
  server?.removeAllListeners("exit");
  server?.kill();
  if (scratch) rmSync(scratch, { recursive: true });
});

async function open(path, { width = 1280, colorScheme = "light", bypassCSP = false } = {}) {
  const viewport = { width, height: 800 };
  const context = await browser.newContext({ viewport, colorScheme, bypassCSP });
  const page = await context.newPage();
  page.troubles = [];
  // The warning is about the tests' own look at the canvas.
  page.on("console", (message) => {
    if (!message.text().startsWith("Canvas2D: Multiple readback"))
      page.troubles.push(message.text());
  });
  page.on("pageerror", (error) => page.troubles.push(error.message));
  page.on("request", (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(address))
      page.troubles.push(`request of ${request.url().slice(0, 80)}`);
  });
  await page.goto(address + path);
  await page.waitForFunction(drawn);
  return page;
}

/** Whether there are points on the canvas: pixels that are clearly coloured. */
const drawn = () => {
  const canvas = document.querySelector("canvas.points");
  if (!canvas?.width) return false;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let colored = 0;
  for (let i = 0; i < data.length; i += 4)
    if (
      Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]) >
      60
    )
      ++colored;
  return colored > 50;
};

const search = (page) => page.evaluate(() => location.search);
const selectedCount = async (page) =>
  Number((await page.locator(".selected-count strong").textContent()).replaceAll(",", ""));

async function lasso(page, corners) {
  const box = await page.locator("canvas.points").boundingBox();
  const place = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
  await page.getByRole("button", { name: "Select", exact: true }).click();
  await page.mouse.move(...place(corners[0]));
  await page.mouse.down();
  for (const corner of corners.slice(1)) await page.mouse.move(...place(corner), { steps: 6 });
  await page.mouse.up();
  await page.waitForFunction(() => /[?&](sky|plane)=/.test(location.search));
  await page.waitForFunction(() => !document.querySelector('.selected-count[aria-busy="true"]'));
}

const left = [
  [0.1, 0.2],
  [0.5, 0.2],
  [0.5, 0.9],
  [0.1, 0.9],
];

test("the sky is drawn, moves, and its address says where it is", async () => {
  const page = await open("/");
  await page.locator("canvas.points").focus();
  await page.keyboard.press("+");
  await page.keyboard.press("ArrowLeft");
  await page.waitForFunction(() => location.search.includes("view="));
  const view = await search(page);
  await page.keyboard.press("0");
  await page.waitForFunction(() => !location.search.includes("view="));
  const again = await open(`/${view}`);
  await again.waitForTimeout(500);
  assert.equal(await search(again), view);
  await page.getByLabel("Go to").selectOption("M 31");
  await page.waitForFunction(() => /view=10\.68/.test(location.search));
  assert.deepEqual([...page.troubles, ...again.troubles], []);
});

test("Enter opens the source in the middle, with the way to its page", async () => {
  const page = await open("/");
  await page.locator("canvas.points").focus();
  await page.keyboard.press("Enter");
  const link = page.locator(".card a");
  await link.waitFor();
  const name = await page.locator(".card h2").textContent();
  await link.click();
  await page.waitForFunction(() => location.pathname.startsWith("/source/"));
  assert.equal(decodeURIComponent(new URL(page.url()).pathname.split("/")[2]), name);
});

test("a lasso on the sky selects, here and in the properties, in both frames", async () => {
  const page = await open("/");
  const all = await selectedCount(page);
  await lasso(page, left);
  const some = await selectedCount(page);
  assert.ok(some > 0 && some < all);
  assert.match(await search(page), /sky=galactic,/);
  await page.getByLabel("equatorial").check({ force: true });
  await page.waitForFunction(() => location.search.includes("frame=equatorial"));
  await page.getByRole("link", { name: "Properties" }).click();
  await page.waitForFunction(drawn);
  assert.equal(await selectedCount(page), some);
  await page.getByRole("button", { name: "Remove: lasso on the sky" }).click();
  await page.waitForFunction(
    (count) => document.querySelector(".selected-count strong").textContent === count,
    all.toLocaleString("en-US"),
  );
  assert.deepEqual(page.troubles, []);
});

test("a lasso in a plane selects on the sky, and goes with a click", async () => {
  const page = await open("/properties?x=hard_hm&y=var_ratio_b&yscale=log");
  const all = await selectedCount(page);
  await lasso(page, left);
  const some = await selectedCount(page);
  assert.ok(some > 0 && some < all);
  const parameters = new URLSearchParams(await search(page));
  assert.equal(parameters.get("plane.x"), "hard_hm");
  assert.equal(parameters.get("plane.yscale"), "log");
  await page.getByRole("link", { name: "Sky" }).click();
  await page.waitForFunction(drawn);
  assert.equal(await selectedCount(page), some);
  await page.getByRole("button", { name: "Clear all" }).click();
  assert.deepEqual(page.troubles, []);
});

test("an entry of the legend is a filter", async () => {
  const page = await open("/");
  const entry = page.locator(".legend button").first();
  await entry.click();
  await page.waitForFunction(() => location.search.includes("group="));
  await page.waitForFunction(() => document.querySelector('.legend [aria-pressed="true"]'));
  await entry.click();
  await page.waitForFunction(() => !location.search.includes("group="));
});

test("an unknown column says so", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${address}/?colour=nonsense`);
  assert.match(await page.locator(".error-box").textContent(), /nonsense/);
});

for (const colorScheme of ["light", "dark"])
  for (const width of [380, 1280])
    for (const path of ["/?group=AGN", "/properties?colour=probability"])
      test(`accessible: ${path}, ${colorScheme}, ${width} wide`, async () => {
        const page = await open(path, { width, colorScheme, bypassCSP: true });
        await page.evaluate(axe);
        const { violations } = await page.evaluate("axe.run()");
        assert.deepEqual(
          violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`),
          [],
        );
        const beyond = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
        assert.ok(beyond <= 0, `${beyond} pixels beyond the window`);
      });
