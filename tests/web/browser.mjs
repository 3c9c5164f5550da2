// Chromium for the tests, and pages that note every trouble.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

/** A page in a context of its own. Its troubles go into `page.troubles`: what the console says,
 *  errors, and requests whose address is not `allowed`. */
export async function newPage(browser, allowed, { width = 1280, height = 900, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, ...options });
  const page = await context.newPage();
  page.troubles = [];
  page.on("console", (message) => {
    // Said of the tests' own looks at a canvas.
    if (!message.text().startsWith("Canvas2D: Multiple readback")) page.troubles.push(message.text());
  });
  page.on("pageerror", (error) => page.troubles.push(error.message));
  page.on("dialog", (dialog) => {
    page.troubles.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith("blob:") && !url.startsWith("data:") && !allowed(url))
      page.troubles.push(`request of ${url.slice(0, 80)}`);
  });
  return page;
}

/** Closes a page that had no troubles but `expected` ones. */
export async function close(page, expected = /^$/) {
  assert.deepEqual(
    page.troubles.filter((text) => !expected.test(text)),
    [],
  );
  await page.context().close();
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds against a page that was opened with `bypassCSP`. */
export async function axeFaults(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate("axe.run()");
  return violations.map(({ id, impact, nodes }) => `${id} (${impact}): ${nodes[0].html}`);
}
