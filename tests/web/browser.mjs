// Starts Chromium for the tests and opens pages that record every problem.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

/** With `more` options of Chromium. */
export const launch = (...more) =>
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
      ...more,
    ],
  });

/** A page in its own context. Problems are recorded in `page.troubles`: console messages, errors,
 *  and requests whose address is not `allowed`. */
export async function newPage(browser, allowed, { width = 1280, height = 900, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, ...options });
  const page = await context.newPage();
  page.troubles = [];
  page.on("console", (message) => {
    // Caused by the tests, which read canvases.
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

/** Closes a page that must have had no troubles other than `expected` ones. */
export async function close(page, expected = /^$/) {
  assert.deepEqual(
    page.troubles.filter((text) => !expected.test(text)),
    [],
  );
  await page.context().close();
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The violations that axe finds on a page, which must have been opened with `bypassCSP`. */
export async function axeFaults(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate("axe.run()");
  return violations.map(({ id, impact, nodes }) => `${id} (${impact}): ${nodes[0].html}`);
}
