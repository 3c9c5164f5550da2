// Accessibility of the playground's pages: axe in both themes and in narrow and wide windows,
// keyboard use, wrong addresses.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axeFaults, close } from "./browser.mjs";
import { shown, until } from "./reader.mjs";
import { makeBayesRun, setUp, tearDown } from "./served.mjs";

const pages = [
  "/?group=AGN",
  "/properties?colour=probability",
  "/table",
  "/classify",
  "/about",
];
let browser, served, source;
before(async () => {
  ({ browser, served } = await setUp(makeBayesRun, ["bayes"]));
  const { rows } = await served.json("/api/sources?standing=classified&limit=1&columns=name");
  source = `/source/${encodeURIComponent(rows[0][0])}`;
});
after(tearDown);

for (const colorScheme of ["light", "dark"])
  for (const width of [360, 1280])
    test(`pages are accessible, ${colorScheme}, ${width} wide`, async () => {
      const look = async (path) => {
        const page = await served.open(browser, path, { width, colorScheme, bypassCSP: true });
        await page.locator("h1").first().waitFor({ state: "attached" });
        await page.waitForLoadState("networkidle");
        assert.deepEqual(await axeFaults(page), [], path);
        const beyond = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
        assert.ok(beyond <= 0, `${path}: ${beyond} pixels beyond the window`);
        await page.context().close();
      };
      await Promise.all([...pages, source].map(look)); // they mostly wait
    });

test("the keyboard opens the source in the middle of the map, and its page", async () => {
  const page = await served.open(browser, "/");
  await page.locator("canvas.points").focus();
  await shown(page); // there is nothing to open before
  await page.keyboard.press("+");
  await page.keyboard.press("Enter");
  const name = await page.locator(".card h2").textContent();
  await page.locator(".card a").focus();
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === `/source/${encodeURIComponent(name)}`);
  assert.deepEqual(page.troubles, []);
});

test("the keyboard chooses the class that is explained", async () => {
  const page = await served.open(browser, source);
  const choice = page.getByRole("combobox", { name: "Class" });
  await choice.waitFor();
  const isFocused = () => choice.evaluate((node) => node === document.activeElement);
  for (let i = 0; i < 60 && !(await isFocused()); ++i) await page.keyboard.press("Tab");
  const first = await choice.inputValue();
  await page.keyboard.press(first === "QSO" ? "ArrowDown" : "ArrowUp");
  await until(async () => (await choice.inputValue()) !== first, true);
  const bars = page.getByRole("table", { name: `What speaks for ${await choice.inputValue()}` });
  assert.equal((await bars.locator("tbody tr").count()) - 3, 12); // a row for each feature
  await close(page);
});

test("the error for an unknown column names it", async () => {
  const page = await served.open(browser, "/?colour=nonsense");
  assert.match(await page.locator(".error-box").textContent(), /nonsense/);
});

test("the keyboard reaches everything", async () => {
  const page = await served.open(browser, "/table");
  await page.waitForLoadState("networkidle");
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement;
      const style = getComputedStyle(element);
      const label = element.getAttribute("aria-label") ?? element.textContent.trim();
      return [label, style.outlineStyle !== "none" || style.boxShadow !== "none"];
    });
  await page.keyboard.press("Tab");
  assert.equal((await focused())[0], "Skip to content");
  const seen = [];
  for (let i = 0; i < 60; ++i) {
    await page.keyboard.press("Tab");
    const [label, visible] = await focused();
    seen.push(label);
    // A restyled radio button or checkbox may show the focus beside it.
    if (label) assert.ok(visible, `the focus is invisible on ${label}`);
  }
  for (const label of [
    "Sky",
    "Properties",
    "Name or position",
    "Probability at least",
    "Columns",
    "Download",
  ])
    assert.ok(
      seen.some((one) => one.startsWith(label)),
      `${label} in ${seen}`,
    );
  await page.getByRole("radio", { name: "dark" }).focus();
  await page.keyboard.press("Space");
  await page.reload();
  await page.waitForLoadState("networkidle");
  assert.equal(await page.evaluate("document.documentElement.dataset.theme"), "dark");
  await close(page);
});
