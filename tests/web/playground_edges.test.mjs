// Edge cases of the playground: odd names and addresses, only keyboard or touch, a server that is
// slow, fails, stops and restarts; the API that the pages use.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { axeFaults, close } from "./browser.mjs";
import { selectedCount, settled, shown, until } from "./reader.mjs";
import { makeRun, Served, setUp, tearDown, uhuru } from "./served.mjs";
import { sourcesOf } from "./truth.mjs";

// Names with a special meaning in SQL, paths, addresses and HTML.
const odd = [
  "<img src=x onerror=window.broken=7>",
  "'; DROP TABLE sources; --",
  "../../etc/passwd",
  "a/b?c=d&e#f+g h",
  "100% %41 %zz",
  "\\\\host\\share",
  "javascript:alert(1)",
  '" OR ""="',
];
function makeOddRun() {
  const run = makeRun();
  const [header, ...lines] = readFileSync(run.at("d.csv"), "utf8").trim().split("\n");
  // The first sources get these names, in all of their detections.
  const known = new Map();
  for (const name of lines.map((line) => line.split(",")[0]))
    if (!known.has(name) && known.size < odd.length) known.set(name, odd[known.size]);
  const renamed = lines.map((line) => {
    const [name, ...rest] = line.split(",");
    return [`"${(known.get(name) ?? name).replaceAll('"', '""')}"`, ...rest].join(",");
  });
  writeFileSync(run.at("odd.csv"), `${[header, ...renamed].join("\n")}\n`);
  uhuru(
    "run",
    "--detections",
    run.at("odd.csv"),
    "--labels",
    run.at("l.csv"),
    "--out",
    run.at("odd"),
  );
  return run;
}

let browser, run, served, sources;
before(async () => {
  ({ browser, run, served } = await setUp(makeOddRun, ["odd"]));
  sources = await sourcesOf(served);
});
after(tearDown);

const open = (path, options) => served.open(browser, path, options);
const nav = (page, name) =>
  page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name }).click();
const middleOf = async (page) => {
  const box = await page.locator("canvas.points").boundingBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
};

test("odd names are found, opened and shown on the map", async () => {
  const page = await open("/about");
  let mapped = 0;
  for (const name of odd) {
    const source = sources.find((one) => one.name === name);
    if (!source) continue; // its detections were too faint
    await page.goto(`${served.url}/table?name=${encodeURIComponent(name)}`);
    await until(() => selectedCount(page), 1, name);
    await page.locator("table.data").getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { name: "Detections" }).waitFor();
    assert.equal(await page.locator("h1").textContent(), name);
    await page.reload();
    await until(() => page.locator("h1").textContent(), name);
    assert.ok((await page.title()).startsWith(name), await page.title());
    await page.getByRole("combobox", { name: "Name or position" }).fill(name);
    await page.getByRole("option").first().getByText(name, { exact: true }).waitFor();
    await page.keyboard.press("Enter");
    await until(() => page.locator("h1").textContent(), name);
    if (++mapped > 2) continue;
    const view = `${source.ra},${source.dec},0.02`;
    await page.goto(`${served.url}/?fields=off&name=${encodeURIComponent(name)}&view=${view}`);
    await until(() => selectedCount(page), 1);
    await until(async () => {
      await page.mouse.click(...(await middleOf(page)));
      return page.locator(".card h2").count();
    }, 1);
    assert.equal(await page.locator(".card h2").textContent(), name);
    await page.locator(".card").getByRole("link").click();
    await until(() => page.locator("h1").textContent(), name);
    assert.equal(await page.evaluate("window.broken"), undefined);
  }
  assert.ok(sources.filter((one) => odd.includes(one.name)).length > 3);
  await close(page);
});

test("every address of the API answers as described", async () => {
  const page = await open("/about");
  const link = page.getByRole("link", { name: /openapi\.json/ });
  const description = await served.json(await link.getAttribute("href"));
  const { name } = sources[0];
  const examples = { name, id: 1, column: "hard_hs", ra: 83.82, dec: -5.39, radius: 0.1, q: "SIM" };
  for (const [path, methods] of Object.entries(description.paths))
    for (const [method, { requestBody, ...rest }] of Object.entries(methods)) {
      const isForm = requestBody?.$ref === "#/components/requestBodies/Filter";
      // A form takes the parameters of GET, and gets its answer.
      const { parameters = [], responses } = isForm ? methods.get : rest;
      const query = new URLSearchParams();
      for (const one of parameters)
        if (one.required || one.name === "name" || one.name === "q")
          query.set(one.name, examples[one.name]);
      const upload = requestBody && "name,ra,dec,hard_hs,bb_kt\nA,83.8,-5.4,0.1,0.5\n";
      const address = isForm ? path : `${path}?${query}`;
      const answer = await fetch(served.url + address, { method, body: isForm ? query : upload });
      // The run is not of the method bayes and has no errors of features; no other host is asked.
      const expected = ["/api/explanation", "/api/limits", "/api/resolve"].includes(path) ? 404 : 200;
      assert.equal(answer.status, expected, `${method} ${path}`);
      if (expected !== 200) continue;
      const types = Object.keys(responses[200].content);
      assert.ok(types.includes(answer.headers.get("Content-Type").split(";")[0]), path);
      const text = await answer.text();
      if (types[0] === "application/json") JSON.parse(text);
    }
  for (const one of await page.locator("dl.addresses a, a[href$='licences.txt']").all())
    assert.equal(
      (await fetch(served.url + (await one.getAttribute("href")).replace(served.url, ""))).status,
      200,
    );
  await close(page);
});

test("invalid addresses give an error message", async () => {
  const page = await open("/nothing/here");
  await page.getByText("there is no such page").waitFor();
  await page.goto(`${served.url}/source/%E0%A4%A`);
  await page.getByRole("alert").waitFor();
  await page.goto(`${served.url}/table?page=9999&class=AGN`);
  await page.getByText("The table has no such page").waitFor();
  await page.getByRole("button", { name: "Go to the first page" }).click();
  await page.waitForSelector("table.data tbody tr");
  await page.goto(`${served.url}/table?name=nobody`);
  await page.getByText("No source matches these filters").waitFor();
  await page.getByLabel("Cone").fill("83.8 -5.4");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("Enter a position and a radius").waitFor();
  await page.getByRole("button", { name: "Remove: name nobody…" }).click();
  await page.waitForSelector("table.data tbody tr");
  for (const path of ["/?view=a,b&center=1&sky=nonsense", "/properties?x=no&pview=3,2,1&plane=1"]) {
    await page.goto(served.url + path);
    await page.getByRole("alert").first().waitFor();
  }
  await close(page, /status of 40[04]/);
});

test("keyboard only: skip to content, sort, filter, open, close, go back", async () => {
  const page = await open("/table");
  await page.waitForSelector("table.data tbody tr");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate("document.activeElement.id"), "main");
  const first = page.locator("table.data tbody tr td").first();
  await page.locator("th").getByRole("button", { name: /^dec/ }).focus();
  await page.keyboard.press("Enter");
  const northmost = sources.reduce((best, one) => (one.dec > best.dec ? one : best));
  await until(() => first.textContent(), northmost.name);
  await page.getByRole("group", { name: "Class" }).getByLabel(/^AGN/).focus();
  await page.keyboard.press("Space");
  const agn = sources.filter((one) => one.class === "AGN").length;
  await until(() => selectedCount(page), agn);
  await page.getByRole("slider", { name: "Probability at least" }).focus();
  for (let i = 0; i < 3; ++i) await page.keyboard.press("PageUp");
  await page.waitForURL(/min\.probability=/);
  await page.getByText("Columns", { exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("group", { name: "Features" }).waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate("document.activeElement.type"), "checkbox");
  await first.getByRole("link").focus();
  const { textContent: name } = await first.evaluate(({ textContent }) => ({ textContent }));
  await page.keyboard.press("Enter");
  await until(() => page.locator("h1").textContent(), name);
  await page.goBack();
  await page.waitForSelector("table.data tbody tr");
  assert.match(page.url(), /class=AGN/);
  await close(page);
});

test("touch: drag, pinch, tap, collapsed filters", async () => {
  const page = await open("/", { width: 380, height: 800, hasTouch: true, isMobile: true });
  await shown(page);
  const touch = await page.context().newCDPSession(page);
  const [x, y] = await middleOf(page);
  const send = (type, ...points) =>
    touch.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: points.map(([left, top], id) => ({ x: left, y: top, id })),
    });
  const widthSeen = () =>
    Number(new URL(page.url()).searchParams.get("view")?.split(",")[2] ?? 999);
  await send("touchStart", [x - 20, y], [x + 20, y]);
  for (let far = 30; far <= 140; far += 10) await send("touchMove", [x - far, y], [x + far, y]);
  await send("touchEnd");
  await until(() => widthSeen() < 120, true);
  const rested = async () => {
    for (let before = ""; before !== page.url(); await settled(page, 600))
      before = page.url();
  };
  await rested();
  const near = widthSeen();
  const before = page.url();
  await send("touchStart", [x, y]);
  for (let by = 0; by <= 80; by += 10) await send("touchMove", [x + by, y + by / 2]);
  await send("touchEnd");
  await until(() => page.url() !== before, true);
  await rested();
  assert.ok(Math.abs(widthSeen() / near - 1) < 0.02, "a drag does not zoom");
  await page.getByRole("complementary", { name: "Filters" }).getByText(/^Filters/).tap();
  await page.getByRole("group", { name: "Group" }).getByLabel(/^YSO/).tap();
  await until(() => selectedCount(page), sources.filter((one) => one.group === "YSO").length);
  await page.getByRole("complementary", { name: "Filters" }).getByText("Filters (1)").tap();
  const { name, ra, dec } = sources.find((one) => one.group === "YSO");
  await page.goto(`${served.url}/?view=${ra},${dec},0.02`);
  await until(async () => {
    await page.touchscreen.tap(...(await middleOf(page)));
    return page.locator(".card h2").count();
  }, 1);
  assert.equal(await page.locator(".card h2").textContent(), name);
  await close(page);
});

for (const colorScheme of ["light", "dark"])
  test(`menus, cards and forms are accessible, ${colorScheme}`, async () => {
    const page = await open("/table?class=AGN&min.probability=0.4&name=SIM", {
      colorScheme,
      bypassCSP: true,
    });
    const readable = async (what) => assert.deepEqual(await axeFaults(page), [], what);
    await page.waitForSelector("table.data tbody tr");
    for (const menu of ["Columns", "Download"]) await page.getByText(menu, { exact: true }).click();
    await page.getByRole("combobox", { name: "Name or position" }).fill("SIM J0");
    await page.getByRole("option").first().waitFor();
    await page.keyboard.press("ArrowDown");
    await readable("menus");
    const { ra, dec } = sources[0];
    await page.goto(`${served.url}/?view=${ra},${dec},0.1&center=${ra},${dec}&colour=probability`);
    await page.waitForSelector(".color-bar");
    await page.locator("canvas.points").focus();
    await until(async () => {
      await page.keyboard.press("Enter");
      return page.locator(".card h2").count();
    }, 1);
    await readable("card");
    await page.goto(`${served.url}/classify`);
    await page.getByRole("radio", { name: "One detection" }).check();
    await readable("form");
    await close(page);
  });

test("a server that is slow, fails, stops and restarts", async () => {
  const own = await Served.start([run.at("odd")]);
  const page = await own.open(browser, "/about");
  await page.route("**/api/catalog", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 700));
    await route.continue();
  });
  await page.goto(`${own.url}/about`, { waitUntil: "commit" });
  await page.getByRole("status").getByText("Loading the catalog").waitFor();
  await page.getByRole("heading", { name: "About this catalog" }).waitFor();
  await page.unroute("**/api/catalog");
  const failing = async (pattern, path, body, words) => {
    await page.route(pattern, (route) => route.fulfill({ status: 500, ...body }));
    await page.goto(own.url + path);
    await page.getByRole("alert").getByText(words).first().waitFor();
    assert.ok(await page.getByRole("navigation", { name: "Pages" }).isVisible());
    await page.unroute(pattern);
  };
  const error = { message: "the disk is full", where: "catalog.sqlite", expected: "", found: "" };
  await failing("**/api/catalog", "/table", { json: { error } }, "the disk is full");
  await failing("**/api/map*", "/", { json: { error } }, "the disk is full");
  await failing("**/api/values*", "/properties", { body: "<html>" }, "answered 500");
  await failing("**/api/sources*", "/table", { body: "" }, "answered 500");

  await page.goto(`${own.url}/about`);
  await page.getByRole("heading", { name: "About this catalog" }).waitFor();
  await own.end();
  const silent = () => page.getByRole("alert").getByText("does not answer").first().waitFor();
  for (const name of ["Table", "Sky", "Properties"]) {
    await nav(page, name);
    await silent();
  }
  await nav(page, "Classify");
  await page.locator("input[type=file]").setInputFiles(run.at("d.csv"));
  await silent();
  await page.getByRole("combobox", { name: "Name or position" }).fill("SIM");
  await page.getByRole("option").getByText("does not answer").waitFor();
  const again = await Served.start([run.at("odd")], new URL(own.url).port);
  await nav(page, "Table");
  await page.waitForSelector("table.data tbody tr");
  await nav(page, "Sky");
  await shown(page);
  await again.end();
  await close(page, /status of 500|ERR_CONNECTION_REFUSED/);
});
