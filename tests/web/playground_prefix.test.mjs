// The playground behind a reverse proxy that publishes it under a prefix: no request leaves it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { after, before, test } from "node:test";
import { close, newPage } from "./browser.mjs";
import { lasso, selectedCount, shown, until } from "./reader.mjs";
import { makeRun, Served, setUp, tearDown, uhuru } from "./served.mjs";

const prefix = "/xray/";
// Whether the server writes the prefix into its pages itself; until then the proxy does.
const hasPublicUrl = true;

/** Removes the prefix and forwards to `target`; records other requests in `outside`. */
class Proxy {
  outside = [];
  server = createServer((incoming, outgoing) => {
    const { url, method, headers } = incoming;
    if (!url.startsWith(prefix)) {
      this.outside.push(url);
      return outgoing.writeHead(404).end();
    }
    const address = this.target + url.slice(prefix.length - 1);
    const options = { method, headers: { ...headers, "accept-encoding": "identity" } };
    const forward = request(address, options, (answer) => {
      const isPage = /^text\/html/.test(answer.headers["content-type"]);
      if (isPage && !hasPublicUrl) return this.rewrite(answer, outgoing);
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    forward.on("error", () => outgoing.destroy());
    incoming.pipe(forward);
  });

  async start() {
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.origin = `http://127.0.0.1:${this.server.address().port}`;
  }
  end() {
    this.server.closeAllConnections();
    this.server.close();
  }
  async rewrite(answer, outgoing) {
    let page = "";
    for await (const part of answer.setEncoding("utf8")) page += part;
    page = page.replace('<base href="/">', `<base href="${prefix}">`);
    const headers = { ...answer.headers, "content-length": Buffer.byteLength(page) };
    const policy = headers["content-security-policy"];
    headers["content-security-policy"] = policy?.replace("base-uri 'none'", "base-uri 'self'");
    outgoing.writeHead(answer.statusCode, headers).end(page);
  }
}

let browser, run, published;
const proxy = new Proxy();
before(async () => {
  ({ browser, run } = await setUp(() => makeRun(3000), []));
  await proxy.start();
  const base = proxy.origin + prefix;
  const served = await Served.start([run.at("run"), ...(hasPublicUrl ? ["--public-url", base] : [])]);
  proxy.target = served.url;
  published = new Served(served.process, base.slice(0, -1));
});
after(async () => {
  await published?.end();
  proxy.end();
  await tearDown();
});

const open = (path) => published.open(browser, path);
const nav = (page, name) =>
  page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name }).click();
const pathOf = (page) => new URL(page.url()).pathname;
/** Closes a page that must not have left the prefix. */
async function closeInside(page) {
  await close(page);
  assert.deepEqual(proxy.outside, []);
}

test("the sky, a plane, a source and its reload, Back", async () => {
  const page = await open("/");
  await shown(page);
  await nav(page, "Properties");
  await shown(page);
  assert.equal(pathOf(page), "/xray/properties");
  await lasso(page, [[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8]]);
  await page.waitForURL(/\/xray\/properties\?.*where=/);
  await nav(page, "Table");
  const link = page.locator("table.data tbody a").first();
  const name = await link.textContent();
  const table = page.url();
  const address = await link.evaluate((node) => node.href);
  await link.click();
  await until(() => page.locator("h1").textContent(), name);
  assert.equal(page.url(), address);
  assert.equal(pathOf(page), `/xray/source/${encodeURIComponent(name)}`);
  await page.reload();
  await until(() => page.locator("h1").textContent(), name);
  assert.ok((await page.title()).startsWith(name));
  await page.getByRole("link", { name: "show it on the map" }).click();
  await page.waitForURL(/\/xray\/\?.*view=/);
  await page.goBack();
  await until(() => page.locator("h1").textContent(), name);
  await page.goBack();
  await page.waitForSelector("table.data tbody tr");
  assert.equal(page.url(), table);
  await page.getByRole("combobox", { name: "Name or position" }).fill(name);
  await page.keyboard.press("Enter");
  await until(() => page.locator("h1").textContent(), name);
  await closeInside(page);
});

test("a deep page's skip link stays on the page", async () => {
  const page = await open("/table?sort=dec");
  await page.waitForSelector("table.data tbody tr");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate("document.activeElement.id"), "main");
  assert.equal(page.url(), `${published.url}/table?sort=dec`);
  await closeInside(page);
});

test("a source that is not there leads to the table", async () => {
  const page = await open("/source/nobody");
  await page.getByRole("link", { name: "Go to the table" }).click();
  await page.waitForSelector("table.data tbody tr");
  assert.equal(pathOf(page), "/xray/table");
  await close(page, /404/);
  assert.deepEqual(proxy.outside, []);
});

test("downloads and classified tables", async () => {
  const page = await open("/table?min.probability=0.5");
  await page.waitForSelector("table.data tbody tr");
  await until(async () => (await selectedCount(page)) > 0, true);
  await page.getByText("Download", { exact: true }).click();
  const saved = async (click) => {
    const download = page.waitForEvent("download");
    await click();
    return readFileSync(await (await download).path(), "utf8");
  };
  const csv = await saved(() => page.locator(".downloads").getByRole("link", { name: "CSV" }).last().click());
  assert.equal(csv.trim().split("\n").length - 1, await selectedCount(page));

  await nav(page, "Classify");
  await page.locator("input[type=file]").setInputFiles(run.at("d.csv"));
  await page.getByText("d.csv classified with this catalog's own model").waitFor();
  uhuru("predict", run.at("d.csv"), "--model", run.at("run/model.json"), "--out", run.at("c.csv"));
  const classes = await saved(() => page.getByRole("button", { name: "CSV", exact: true }).click());
  assert.equal(classes, readFileSync(run.at("c.csv"), "utf8"));
  await page.getByRole("link", { name: /See them among/ }).click();
  await page.getByRole("button", { name: /of your detections/ }).waitFor();
  assert.equal(pathOf(page), "/xray/properties");
  await closeInside(page);
});

test("addresses for other programs are the published ones", async () => {
  const page = await open("/about");
  const scs = await page.locator("dl.addresses code").first().textContent();
  assert.equal(scs, `${published.url}/scs?`);
  assert.match(await (await fetch(`${scs}RA=83.82&DEC=-5.39&SR=0.2`)).text(), /VOTABLE/);
  const links = await page.locator("dl.addresses a, a[href$='licences.txt']").all();
  assert.equal(links.length, 8);
  for (const link of links) {
    const address = await link.evaluate((node) => node.href);
    assert.ok(address.startsWith(`${published.url}/`), address);
    assert.equal((await fetch(address)).status, 200, address);
  }
  const description = `${published.url}/api/openapi.json`;
  const [{ url }] = (await published.json("/api/openapi.json")).servers;
  assert.equal(new URL(url, description).href, `${published.url}/`);
  await closeInside(page);
});

test("the frame with images is found", async (t) => {
  if (!(await published.json("/api/catalog")).aladin) return t.skip("built without Aladin Lite");
  // Aladin Lite sends requests to other hosts, but none to this one outside of the prefix.
  const isInside = (url) => !url.startsWith(proxy.origin) || url.startsWith(`${published.url}/`);
  const page = await newPage(browser, isInside);
  await page.goto(`${published.url}/?images=on&view=83.82,-5.39,2`);
  const frame = page.frameLocator("iframe");
  await until(() => frame.locator("#bar").evaluate((bar) => getComputedStyle(bar).position), "fixed");
  // It has started, or says why not.
  const words = async () =>
    (await frame.locator("#survey option").count()) + (await frame.locator("#note").textContent()).length;
  await until(async () => (await words()) > 0, true);
  assert.deepEqual(page.troubles.filter((text) => text.startsWith("request of")), []);
  await page.context().close();
  assert.deepEqual(proxy.outside, []);
});
