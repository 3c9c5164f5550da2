// The pages under special conditions: colours that the reader's system forces, and several views in a
// narrow window and on paper.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { close } from "./browser.mjs";
import { shown, until } from "./reader.mjs";
import { makeRun, setUp, tearDown } from "./served.mjs";

let browser, served;
before(async () => ({ browser, served } = await setUp(() => makeRun(3000))));
after(tearDown);

const views = "/views?views=sky.1,plane.2,histogram.3,table.4";

test("with forced colours, points keep their colours and what is chosen is marked", async () => {
  const page = await served.open(browser, "/", { forcedColors: "active" });
  await shown(page); // coloured points
  const ground = (name) =>
    page
      .getByRole("radio", { name })
      .evaluate((node) => getComputedStyle(node.nextElementSibling).backgroundColor);
  assert.notEqual(await ground("Galactic"), await ground("Equatorial"));
  const line = (name) =>
    page
      .getByRole("link", { name, exact: true })
      .evaluate((node) => getComputedStyle(node).borderBottomColor);
  assert.notEqual(await line("Sky"), await line("Table"));
  await close(page);
});

test("in a narrow window, all pages can be reached and the tools of views are in a menu", async () => {
  const page = await served.open(browser, views, { width: 380, height: 800 });
  await shown(page);
  const nav = page.getByRole("navigation", { name: "Pages", exact: true });
  const cut = await nav.evaluate((node) => node.scrollWidth - node.clientWidth);
  assert.equal(cut, 0);
  const top = (await page.locator(".views-room").boundingBox()).y;
  assert.ok(top < 160, `${top}`);
  await page.locator(".views-tools").getByText("Tools and legend").click();
  await page.getByRole("combobox", { name: "Colour" }).selectOption("class");
  await until(() => page.url().includes("colour=class"), true);
  await close(page);
});

test("letters of a histogram are as large as those of a plane", async () => {
  for (const width of [1280, 2560]) {
    const page = await served.open(browser, views, { width });
    const scale = () =>
      page
        .locator(".histogram svg")
        .evaluate((svg) => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width);
    await page.locator(".histogram svg path").first().waitFor();
    await until(async () => Math.abs((await scale()) - 1) < 0.02, true);
    await close(page);
  }
});

test("views are printed one below the other, and nothing is cut", async () => {
  const page = await served.open(browser, views);
  await shown(page);
  await page.locator(".histogram svg").waitFor();
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await page.emulateMedia({ media: "print" });
  const boxes = await page.locator(".pane").evaluateAll((panes) =>
    panes.map((pane) => {
      const { top, bottom } = pane.getBoundingClientRect();
      const isCut = [...pane.querySelectorAll(".stage, .plane, svg, tr")].some(
        (part) => part.getBoundingClientRect().bottom > bottom + 1,
      );
      return { top, bottom, isCut };
    }),
  );
  assert.equal(boxes.length, 4);
  boxes.forEach(({ top, isCut }, i) => {
    assert.ok(!isCut, `view ${i}`);
    assert.ok(i === 0 || top >= boxes[i - 1].bottom, `view ${i} at ${top}`);
  });
  const histogram = await page.locator(".histogram svg").boundingBox();
  assert.ok(histogram.height > 200, `${histogram.height}`);
  assert.equal(await page.getByRole("button", { name: "Close Plane" }).isVisible(), false);
  await close(page);
});
