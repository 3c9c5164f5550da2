// The playground as readers use it: compares each page with the API and with the tables.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { close } from "./browser.mjs";
import { lasso, number, picture, selectedCount, settled, shown, until } from "./reader.mjs";
import { setUp, tearDown, uhuru } from "./served.mjs";

let browser, run, served;
before(async () => ({ browser, run, served } = await setUp()));
after(tearDown);

const open = (path, options) => served.open(browser, path, options);
const api = (path, page) => served.json(`${path}?${filtersOf(page)}`);
const filtersOf = (page) => {
  const all = new URL(page.url()).searchParams;
  for (const name of [...all.keys()])
    if (!/^(class|group|standing|label|name|cone|sky|plane|where|min\.|max\.)/.test(name)) all.delete(name);
  return all.toString();
};
/** Asserts that the page shows the number of selected sources that the API gives for the
 *  address. */
async function agree(page) {
  await settled(page, 300); // the address follows within a quarter of a second
  const apart = async () => (await selectedCount(page)) - (await api("/api/counts", page)).total;
  await until(apart, 0, page.url());
}
const middle = [[0.3, 0.3], [0.7, 0.3], [0.7, 0.7], [0.3, 0.7]];

test("the sky: frames, colours, legend, zoom, and its address", async () => {
  const page = await open("/");
  await shown(page);
  const first = await picture(page);
  await page.getByRole("radio", { name: "equatorial" }).check();
  await until(async () => (await picture(page)) !== first, true);
  for (const color of ["class", "probability", "tail_probability"]) {
    const before = await picture(page);
    await page.getByRole("combobox", { name: "Colour" }).selectOption(color);
    await until(async () => (await picture(page)) !== before, true, color);
  }
  await page.getByRole("combobox", { name: "Colour" }).selectOption("group");
  const { counts } = await served.json("/api/counts?by=group");
  const legend = page.getByRole("list", { name: /^Colours/ });
  for (const { value, count } of counts)
    await until(
      async () =>
        number((await legend.getByRole("button", { name: value }).textContent()).replace(/^.*?(?=[\d,]*$)/, "")),
      count,
    );
  await legend.getByRole("button", { name: "YSO" }).click();
  await agree(page);
  assert.match(page.url(), /group=YSO/);
  await legend.getByRole("button", { name: "YSO" }).click();
  await agree(page);
  const canvas = page.locator("canvas.points");
  const whole = await picture(page);
  await canvas.focus();
  for (const key of ["+", "ArrowLeft", "ArrowUp", "-"]) await page.keyboard.press(key);
  await until(async () => (await picture(page)) !== whole, true);
  await page.keyboard.press("0");
  const box = await canvas.boundingBox();
  await page.getByRole("combobox", { name: "Go to" }).selectOption("Orion Nebula");
  await settled(page, 1000); // it flies there
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, 120);
  await page.mouse.down();
  await page.mouse.move(x + 50, y + 30, { steps: 4 });
  await page.mouse.up();
  await settled(page, 600);
  const { search } = new URL(page.url());
  assert.match(search, /frame=equatorial/);
  assert.match(search, /view=8\d\.\d+,-\d\.\d+,/);
  const again = await open(`/${search}`);
  await shown(again);
  await settled(again, 600);
  assert.equal(new URL(again.url()).search, search);
  await close(again);
  await close(page);
});

test("the sky: hovering, picking, fields, a lasso", async () => {
  const page = await open("/");
  await shown(page);
  await page.getByRole("combobox", { name: "Go to" }).selectOption("Orion Nebula");
  await settled(page, 1200);
  const box = await page.locator("canvas.points").boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  // There are many sources in Orion, so there is one near the centre.
  let name = null;
  for (let r = 0; r < 120 && !name; r += 6) {
    await page.mouse.move(x + r * Math.cos(r), y + r * Math.sin(r));
    await settled(page, 180); // a pointer that only passes by sends no request
    const tip = page.locator(".tooltip");
    if (await tip.count()) name = (await tip.textContent()).match(/SIM J[\d.+-]+/)?.[0];
  }
  assert.ok(name, "no tooltip");
  await page.mouse.down();
  await page.mouse.up();
  const card = page.getByRole("region", { name: "Source" });
  const link = card.getByRole("link").first();
  await link.waitFor();
  const picked = (await card.textContent()).match(/SIM J[\d.+-]+/)[0];
  assert.equal((await served.json(`/api/source?name=${encodeURIComponent(picked)}`)).name, picked);
  await link.click();
  await page.waitForURL(/\/source\//);
  assert.equal(await page.locator("h1").textContent(), picked);
  await page.goBack();
  await shown(page);
  await page.getByRole("button", { name: "Show all" }).click();
  await lasso(page, middle);
  await page.waitForURL(/where=sky\(/);
  await agree(page);
  const count = await selectedCount(page);
  assert.ok(count > 0 && count < (await served.json("/api/catalog")).sources);
  await page.getByRole("button", { name: /Remove: lasso/ }).click();
  await agree(page);
  await close(page);
});

test("properties are linked with the table and the sky", async () => {
  const page = await open("/properties?x=bb_kt&xscale=log&y=hard_hs");
  await shown(page);
  await page.getByRole("combobox", { name: "y", exact: true }).selectOption("var_prob_b");
  await page.getByRole("combobox", { name: "Colour" }).selectOption("hard_ms");
  await page.waitForSelector(".color-bar");
  await page.getByRole("combobox", { name: "Colour" }).selectOption("class");
  await lasso(page, middle);
  await page.waitForURL(/where=inside\(/);
  await agree(page);
  const count = await selectedCount(page);
  assert.ok(count > 0);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Table" }).click();
  await until(async () => number((await page.locator(".table-head h1").textContent()).split(" ")[0]), count);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Sky" }).click();
  await shown(page);
  await until(() => selectedCount(page), count);
  await close(page);
});

test("the table is sorted, filtered, paged and downloaded", async () => {
  const page = await open("/table");
  const cells = async (column) => page.locator(`table.data tbody td:nth-child(${column})`).allTextContents();
  await page.waitForSelector("table.data tbody tr");
  const heading = (name) => page.locator("table.data th", { has: page.getByText(name, { exact: true }) });
  await heading("probability").getByRole("button").click();
  await until(async () => heading("probability").getAttribute("aria-sort"), "descending");
  await heading("dec").getByRole("button").click();
  await heading("dec").getByRole("button").click();
  await until(async () => heading("dec").getAttribute("aria-sort"), "ascending");
  const lowest = await served.json("/api/sources?sort=dec&limit=50&columns=name");
  await until(() => cells(1), lowest.rows.flat());

  await page.getByRole("group", { name: "Class" }).getByLabel("YSO").check();
  await agree(page);
  await page.getByRole("textbox", { name: "Probability at least" }).fill("0.3");
  await page.keyboard.press("Enter");
  await page.waitForURL(/min.probability=0.3/);
  await agree(page);
  await page.getByRole("slider", { name: "Probability at least" }).press("ArrowRight");
  await agree(page);
  await page.getByRole("slider", { name: "Anomaly" }).fill("150");
  await agree(page);
  await page.getByRole("slider", { name: "Detections at least" }).fill("1");
  await page.waitForURL(/min.detections=2/); // each integer has its own step
  await agree(page);
  await page.getByLabel("Name begins with").fill("sim j0");
  await page.keyboard.press("Enter");
  await page.waitForURL(/name=sim/);
  await agree(page);
  for (const part of ["class=YSO", "min.probability=", "max.tail_probability=", "min.detections=", "name=sim"])
    assert.ok(page.url().includes(part), part);
  const copy = await open(new URL(page.url()).pathname + new URL(page.url()).search);
  await until(() => copy.locator("table.data tbody").textContent(), await page.locator("table.data tbody").textContent());
  await close(copy);
  await page.getByRole("button", { name: "Clear all" }).click();
  await agree(page);
  await page.getByLabel("Cone").fill("83.82 -5.39 0.4");
  await page.keyboard.press("Enter");
  await page.waitForURL(/cone=/);
  await agree(page);

  await page.getByRole("button", { name: "Next page" }).click();
  const second = await served.json("/api/sources?cone=83.82,-5.39,0.4&sort=dec&offset=50&columns=name");
  await until(() => cells(1), second.rows.flat());
  await page.getByRole("combobox", { name: "Rows" }).selectOption("25");
  await until(async () => (await cells(1)).length, 25);
  await page.getByText("Columns", { exact: true }).click();
  await page.getByRole("group", { name: "Features" }).getByLabel("var_newq_b").check();
  await heading("var_newq_b").waitFor();
  await page.getByText("Columns", { exact: true }).click();
  await page.getByText("Download", { exact: true }).click();
  const { total } = await api("/api/counts", page);
  for (const format of ["VOTable", "FITS", "CSV"]) {
    const download = page.waitForEvent("download");
    await page.locator(".downloads").getByRole("link", { name: format }).last().click();
    const path = run.at(`download.${(await download).suggestedFilename().split(".").pop()}`);
    await (await download).saveAs(path);
    uhuru("convert", path, "--out", run.at("download_as.csv"), "--overwrite");
    const lines = readFileSync(run.at("download_as.csv"), "utf8").trim().split("\n");
    assert.equal(lines.length - 1, total, format);
    assert.ok(lines[0].includes("var_newq_b") && lines[0].includes("p_qso_mean"));
  }
  await close(page);
});

test("the page of a source is complete", async () => {
  const { rows } = await served.json(
    "/api/sources?cone=83.82,-5.39,0.4&standing=classified&sort=detections&order=desc&limit=1&columns=name",
  );
  const name = rows[0][0]; // contains "+" or "-" and a blank, and has neighbours
  const source = await served.json(`/api/source?name=${encodeURIComponent(name)}`);
  const page = await open(`/source/${encodeURIComponent(name)}`);
  await page.getByRole("heading", { name: "Detections" }).waitFor();
  assert.equal(await page.locator("h1").textContent(), name);
  for (const heading of ["Position", "Classes", "How unusual it is", "Neighbours", "Features"])
    await page.getByRole("heading", { name: heading }).waitFor();
  const classes = page.locator(".probabilities tbody tr:not(.group)");
  assert.equal(await classes.count(), 10);
  for (const row of await classes.all()) {
    const p = source.values[(await row.locator("th").textContent()).trim()];
    const text = await row.locator("td").nth(1).textContent();
    if (p === null) assert.equal(text.trim(), "not learned");
    else assert.ok(Math.abs(number(text) - p) < 0.001 + 0.001 * p, `${text} ${p}`);
  }
  assert.equal(await page.getByRole("region", { name: "Detections" }).locator("tbody tr").count(), source.detections.rows.length);
  await until(() => page.locator(".feature-figure svg").count(), 12);
  for (const link of await page.locator(".links a").all()) {
    assert.match(await link.getAttribute("href"), /^https:\/\/[\w.-]+\//);
    assert.match(await link.getAttribute("rel"), /noopener/);
  }
  const next = page.locator("table.plain a").first();
  const neighbour = await next.textContent();
  await next.click();
  await until(() => page.locator("h1").textContent(), neighbour);
  await page.goto(`${served.url}/source/nobody`);
  await page.getByRole("alert").getByText("there is no such source").waitFor();
  await page.getByRole("link", { name: "Go to the table" }).click();
  await page.waitForSelector("table.data");
  await close(page, /404/); // the browser logs it
});

test("uploaded tables and typed detections are classified", async () => {
  uhuru("predict", run.at("d.csv"), "--model", run.at("run/model.json"), "--out", run.at("c.csv"));
  const [header, ...rows] = readFileSync(run.at("c.csv"), "utf8").trim().split("\n").map((line) => line.split(","));
  const place = header.indexOf("class_name");
  const expected = {};
  for (const row of rows) if (row[place]) expected[row[place]] = (expected[row[place]] ?? 0) + 1;
  const page = await open("/classify");
  for (const file of ["d.csv", "d.vot", "d.fits", "d.csv.gz"]) {
    if (file !== "d.csv") uhuru("convert", run.at("d.csv"), "--out", run.at(file));
    await page.locator("input[type=file]").setInputFiles(run.at(file));
    await page.getByText(`${file} classified with this catalog's own model`).waitFor();
    const bars = {};
    for (const row of await page.locator(".outcome .probabilities tr").all())
      bars[(await row.locator("th").textContent()).trim()] = number(await row.locator("td").last().textContent());
    for (const [name, count] of Object.entries(bars)) assert.equal(count, expected[name] ?? 0, `${file} ${name}`);
  }
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV", exact: true }).click();
  assert.equal(readFileSync(await (await download).path(), "utf8"), readFileSync(run.at("c.csv"), "utf8"));
  await page.getByRole("link", { name: /See them among/ }).click();
  await page.getByRole("button", { name: /of your detections/ }).waitFor();
  await page.goBack();
  for (const [name, content] of [["a.png", "\x89PNG\r\n"], ["b.html", "<!doctype html><p>"], ["c.csv", ""]]) {
    writeFileSync(run.at(`wrong_${name}`), content, "latin1");
    await page.locator("input[type=file]").setInputFiles(run.at(`wrong_${name}`));
    await page.getByRole("alert").waitFor();
  }
  await page.getByRole("radio", { name: "One detection" }).check();
  await page.getByRole("combobox", { name: "Model" }).selectOption({ index: 1 });
  await page.getByRole("button", { name: "Fill in typical values" }).click();
  await page.getByRole("button", { name: "Classify", exact: true }).click();
  await page.getByText("one detection classified with csc2-published").waitFor();
  const sum = (await page.locator(".outcome .probabilities td.number").allTextContents()).reduce((a, b) => a + number(b), 0);
  assert.ok(Math.abs(sum - 1) < 0.01, `${sum}`);
  await close(page, /400/);
});

test("the keyboard completes names and finds positions", async () => {
  const page = await open("/about");
  const { names } = await served.json("/api/search?q=SIM%20J05");
  const box = page.getByRole("combobox", { name: "Name or position" });
  await box.fill("sim j05");
  await until(async () => (await page.getByRole("option").allTextContents()).length, names.length);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await until(() => page.locator("h1").textContent(), names[1].name);
  for (const [text, center] of [["83.822 -5.391", /center=83\.822,-5\.391/], ["05 35 17.3 -05 23 28", /center=83\.82208/]]) {
    await box.fill(text);
    await page.keyboard.press("Enter");
    await page.waitForURL(center);
    await shown(page);
  }
  await box.fill("nobody here");
  await page.getByText("No such name").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("No such name").waitFor({ state: "hidden" });
  await close(page);
});
