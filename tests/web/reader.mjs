// What a reader does on a page of the playground, and sees there.
import assert from "node:assert/strict";

export const number = (text) => Number(text.replaceAll(",", "").replaceAll("−", "-"));
/** Waits until `read` returns `expected`. */
export async function until(read, expected, what = "") {
  let found;
  for (const start = Date.now(); Date.now() - start < 60_000;) {
    found = await read();
    if (JSON.stringify(found) === JSON.stringify(expected)) return;
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  assert.deepEqual(found, expected, what);
}

/** Waits until the page has run all timers that it has set for at most `ms` before, and has drawn what
 *  came of them. It is the page's own clock that counts, so that a slow machine changes nothing. */
export const settled = (page, ms) =>
  page.evaluate(
    (most) =>
      new Promise((resolve) => {
        const drawn = () => requestAnimationFrame(() => requestAnimationFrame(resolve));
        setTimeout(drawn, most);
      }),
    ms,
  );

export const selectedCount = async (page) =>
  number(await page.locator(".selected-count strong").first().textContent());

export const shown = (page) =>
  page.waitForFunction(drawn, { contrast: 60, pixels: 300, share: 0 }, { polling: 50 });
/** Whether the canvas shows the sources: more than `pixels`, and more than the fraction `share`,
 *  are coloured, that is, their red, green and blue differ by more than `contrast`. */
export const drawn = ({ contrast, pixels, share }) => {
  const canvas = document.querySelector("canvas.points");
  if (!canvas?.width) return false;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let colored = 0;
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b] = [data[i], data[i + 1], data[i + 2]];
    colored += Math.max(r, g, b) - Math.min(r, g, b) > contrast;
  }
  return colored > Math.max(pixels, share * canvas.width * canvas.height);
};
export const picture = (page) =>
  page.evaluate(() => document.querySelector("canvas.points").toDataURL());
/** The corners "x,y,…" of the lasso in the condition of an address. */
export const cornersIn = (where) => where.match(/((?:, ?-?[\d.e-]+)+)\)$/)[1].slice(1).replaceAll(" ", "");
export async function lasso(page, corners) {
  await page.getByRole("combobox", { name: "Drag" }).selectOption("lasso");
  const box = await page.locator("canvas.points").first().boundingBox();
  const at = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...at(corners[0]));
  await page.mouse.down();
  for (const corner of [...corners.slice(1), corners[0]])
    await page.mouse.move(...at(corner), { steps: 5 });
  await page.mouse.up();
}
