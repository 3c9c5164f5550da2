// The documentation as a site, which tools/make_site built: its search finds pages, and nothing is
// asked of another host.
import assert from "node:assert/strict";
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { close, launch, newPage } from "./browser.mjs";

const site = process.env.SITE;
const skip = existsSync(join(site, "index.html")) ? false : "tools/make_site has built no site";
const types = { ".html": "text/html", ".js": "text/javascript", ".json": "application/json" };
types[".css"] = "text/css";
types[".svg"] = "image/svg+xml";

// What mkdocs's own search says, at a moment of its choosing, on every page.
const search = /search scripts loaded|search ready|Assets for search/;

let browser, server, origin;
before(async () => {
  server = createServer((request, response) => {
    const path = join(site, new URL(request.url, origin).pathname);
    if (!existsSync(path)) return response.writeHead(404).end();
    response.setHeader("Content-Type", types[extname(path)] ?? "application/octet-stream");
    createReadStream(path).pipe(response);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  origin = `http://127.0.0.1:${server.address().port}`;
  browser = await launch();
});
after(async () => {
  await browser.close();
  server.close();
});

test("the search finds a page without another host", { skip }, async () => {
  const page = await newPage(browser, (url) => url.startsWith(origin));
  await page.goto(`${origin}/index.html`);
  await page.fill("input[name=q]", "coverage");
  await page.press("input[name=q]", "Enter");
  const found = page.locator("#mkdocs-search-results article a");
  await found.first().waitFor();
  await found.first().click();
  await page.waitForURL(/docs\/.*html/);
  assert.match(await page.textContent("[role=main]"), /coverage/i);
  await close(page, search);
});

test("pages show their pictures", { skip }, async () => {
  const page = await newPage(browser, (url) => url.startsWith(origin));
  await page.goto(`${origin}/docs/method.html`, { waitUntil: "load" });
  const widths = await page.$$eval("img", (all) => all.map((image) => image.naturalWidth));
  assert.ok(widths.length >= 5 && widths.every((width) => width > 0), String(widths));
  await close(page, search);
});
