// How fast the playground's pages are in a browser without a graphics card: node playground.mjs URL
// prints rows of a table: the time to the first view, and frames per second while views are
// dragged and zoomed and filters are moved.
import { chromium } from "playwright-core";
import { drawn } from "./reader.mjs"; // from tests/web

const url = process.argv[2];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();

// More of the canvas is coloured than lines and names could cover.
const sources = { contrast: 24, pixels: 0, share: 0.02 };

async function firstView(path) {
  const start = performance.now();
  await page.goto(url + path, { waitUntil: "commit" });
  await page.waitForFunction(drawn, sources, { polling: 20 });
  return performance.now() - start;
}

/** Frames per second, and the longest frame, while `act` runs. */
async function frames(act) {
  await page.evaluate(() => {
    window.times = [];
    const note = (time) => {
      window.times.push(time);
      window.noting = requestAnimationFrame(note);
    };
    window.noting = requestAnimationFrame(note);
  });
  await act();
  const times = await page.evaluate(() => {
    cancelAnimationFrame(window.noting);
    return window.times;
  });
  const gaps = times.slice(1).map((time, i) => time - times[i]);
  const mean = (times.at(-1) - times[0]) / gaps.length;
  return `${(1000 / mean).toFixed(0)} frames per second, longest ${Math.max(...gaps).toFixed(0)} ms`;
}

const say = (what, value) => console.log(`| ${what} | ${value} |`);
await page.goto(`${url}/about`); // so that the start of the browser is not included
for (const path of ["/", "/properties"])
  say(`first view of ${path}`, `${((await firstView(path)) / 1000).toFixed(2)} s`);

async function drag(seconds = 3) {
  const box = await page.locator("canvas.points").first().boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  const start = performance.now();
  for (let t = 0; t < seconds; t = (performance.now() - start) / 1000)
    await page.mouse.move(x + 150 * Math.sin(3 * t), y + 100 * Math.sin(2 * t));
  await page.mouse.up();
}
async function zoom(seconds = 3) {
  const start = performance.now();
  for (let t = 0; t < seconds; t = (performance.now() - start) / 1000)
    await page.mouse.wheel(0, t < seconds / 2 ? -60 : 60);
}
async function slide(label, seconds = 3) {
  const slider = page.locator(".range", { hasText: label }).locator("input[type=range]").first();
  const box = await slider.boundingBox();
  await page.mouse.move(box.x + 8, box.y + box.height / 2);
  await page.mouse.down();
  const start = performance.now();
  for (let t = 0; t < seconds; t = (performance.now() - start) / 1000)
    await page.mouse.move(box.x + 8 + (box.width - 16) * Math.abs(Math.sin(1.5 * t)), box.y + 5);
  await page.mouse.move(box.x + 8, box.y + 5);
  await page.mouse.up();
}
const views = "1.x=hard_hs&1.y=hard_hm&2.x=hard_ms&2.y=bb_kt&2.yscale=log";
for (const [path, name] of [
  ["/", "the sky"],
  ["/properties", "a plane"],
  [`/views?views=plane.1,plane.2&${views}`, "two planes"],
  [`/views?views=plane.1,plane.2,sky.3,histogram.4&${views}`, "two planes, sky and histogram"],
  [`/views?views=plane.1,plane.2,plane.3,sky.4&${views}`, "three planes and the sky"],
]) {
  await firstView(path);
  await page.waitForTimeout(1000);
  say(`${name}, dragged`, await frames(drag));
  say(`${name}, zoomed`, await frames(zoom));
  say(`${name}, minimum probability moved`, await frames(() => slide(/Probability/)));
  say(`${name}, anomaly moved`, await frames(() => slide(/Anomaly/)));
}
await browser.close();
