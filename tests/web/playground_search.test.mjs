// The search: names without their beginning, fields, Galactic positions, lists, and names that are
// looked up elsewhere.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { axeFaults, close } from "./browser.mjs";
import { until } from "./reader.mjs";
import { Served, setUp, tearDown, uhuru } from "./served.mjs";

let browser, served, asking, sesame, names;
const asked = [];
const answer = (name) =>
  name === "nobody"
    ? "<Sesame><INFO>*** Nothing found ***</INFO></Sesame>"
    : `<Sesame><Target><Resolver name="S=Simbad (via url)"><otype>AGN</otype>
       <jradeg>10.684708</jradeg><jdedeg>41.26875</jdedeg><oname>M  31</oname></Resolver></Target></Sesame>`;

before(async () => {
  const all = await setUp();
  ({ browser, served } = all);
  sesame = createServer((request, response) => {
    const name = decodeURIComponent(request.url.split("?")[1]);
    asked.push(name);
    response.statusCode = name === "busy" ? 503 : 200;
    response.end(answer(name));
  });
  await new Promise((resolve) => sesame.listen(0, "127.0.0.1", resolve));
  const services = uhuru("fetch", "services")
    .replace("https://cds.unistra.fr/", `http://127.0.0.1:${sesame.address().port}/`)
    .replace("first_pause_s = 1 ", "first_pause_s = 0.01 ");
  writeFileSync(all.run.at("s.toml"), services);
  asking = await Served.start([
    ...[all.run.at("run"), "--outside-hosts"],
    ...["--services", all.run.at("s.toml")],
  ]);
  const { rows } = await served.json("/api/sources?limit=3&columns=name&sort=detections&order=desc");
  names = rows.map(([name]) => name);
});
after(async () => {
  await asking?.end();
  sesame?.close();
  await tearDown();
});

const boxOf = (page) => page.getByRole("combobox", { name: "Name or position" });
const optionsOf = (page) => page.getByRole("listbox", { name: "Sources and positions" }).getByRole("option");
const address = (page) => decodeURIComponent(new URL(page.url()).pathname);

test("a name is found without its beginning, also where it spells a position", async () => {
  const page = await served.open(browser, "/about");
  const short = names[0].split(" ")[1];
  await boxOf(page).fill(short);
  await page.getByRole("option", { name: names[0] }).waitFor();
  await boxOf(page).press("Enter");
  await until(() => page.locator("h1").textContent(), names[0]);
  assert.equal(address(page), `/source/${names[0]}`);
  await close(page);
});

test("fields and Galactic positions lead to the map", async () => {
  const page = await served.open(browser, "/table");
  const field = (await served.json("/api/catalog")).mission.fields[0];
  await boxOf(page).fill(field.name.toLowerCase());
  await page.getByRole("option", { name: `Field ${field.name}` }).waitFor();
  await boxOf(page).press("Enter");
  await page.waitForURL(({ searchParams }) => {
    const [ra, dec] = (searchParams.get("view") ?? "").split(",").map(Number);
    return Math.abs(ra - field.ra) < 0.05 && Math.abs(dec - field.dec) < 0.05;
  });
  for (const text of ["l=121.174329 b=-21.573309", "G121.174329-21.573309", "gal 121.174329 -21.573309"]) {
    await boxOf(page).fill(text);
    await page.getByRole("option", { name: "The sky at l 121.17433° b −21.573309°" }).waitFor();
    await boxOf(page).press("Enter");
    await page.waitForURL(/center=10\.6847\d+,41\.268/);
  }
  await close(page);
});

test("a pasted list becomes a selection, and says what it lacks", async () => {
  const page = await served.open(browser, "/table?class=QSO", { bypassCSP: true });
  await boxOf(page).focus();
  const paste = (text) =>
    boxOf(page).evaluate((field, pasted) => {
      const data = new DataTransfer();
      data.setData("text", pasted);
      field.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
      );
    }, text);
  await paste(`${names[0]}\n${names[1].split(" ")[1]}\r\nno such <b>source</b>\n`);
  await until(() => boxOf(page).inputValue(), `${names[0]}; ${names[1].split(" ")[1]}; no such <b>source</b>`);
  await page.getByRole("option", { name: "Select the 2 found" }).waitFor();
  await page.getByText("Not found: no such <b>source</b>").waitFor();
  assert.deepEqual(await axeFaults(page), []);
  await boxOf(page).press("Enter");
  await until(() => optionsOf(page).first().getAttribute("aria-selected"), "true");
  await boxOf(page).press("Enter");
  await page.waitForURL((url) => url.searchParams.has("where"));
  const where = new URL(page.url()).searchParams.get("where");
  assert.equal(where, `named('${names[0]}', '${names[1]}')`);
  assert.equal(new URL(page.url()).searchParams.get("class"), null, "the list replaces other filters");
  await page.context().close();
});

test("another host is asked for a name only if the reader wants it", async () => {
  const page = await asking.open(browser, "/about");
  await boxOf(page).fill("my galaxy");
  const ask = page.getByRole("option", { name: "Ask Sesame for “my galaxy”" });
  await ask.waitFor();
  await boxOf(page).press("Enter");
  await ask.waitFor();
  assert.deepEqual(asked, []);
  await boxOf(page).press("ArrowDown");
  await boxOf(page).press("Enter");
  await page.getByRole("option", { name: "M  31 (Simbad: AGN): the sky at 10.684708° 41.26875°" }).waitFor();
  assert.deepEqual(asked, ["my galaxy"]);
  await boxOf(page).press("Enter");
  await page.waitForURL(/center=10\.684708,41\.26875/);
  for (const [name, message] of [["nobody", /no object has this name/], ["busy", /503|busy/]]) {
    await boxOf(page).fill(name);
    await page.getByRole("option", { name: /^Ask Sesame/ }).click();
    await optionsOf(page).filter({ hasText: message }).waitFor();
  }
  await close(page, /404|502/);
});

test("without the option there is nothing to ask", async () => {
  const page = await served.open(browser, "/about");
  await boxOf(page).fill("my galaxy");
  await page.getByText("No such name").waitFor();
  assert.equal(await page.getByRole("option", { name: /SIMBAD/ }).count(), 0);
  await close(page);
});
