// What a reader expects: fields as positions, lists where one is, a look at what is selected.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { close } from "./browser.mjs";
import { selectedCount, until } from "./reader.mjs";
import { setUp, tearDown } from "./served.mjs";

let browser, served;
before(async () => ({ browser, served } = await setUp()));
after(tearDown);

const open = (path, options) => served.open(browser, path, options);
const query = (page) => new URL(page.url()).searchParams;
const tall = { height: 1600 };

test("a cone is given by the name of a field and a radius", async () => {
  const page = await open("/", tall);
  const cone = page.getByLabel("Cone: position, radius in degrees");
  for (const text of ["M 31 2", "m31 2"]) {
    await cone.fill(text);
    await cone.press("Enter");
    await until(() => query(page).get("cone"), "10.6847,41.269,2", text);
    await page.getByRole("button", { name: "Clear all" }).click();
    await until(() => query(page).get("cone"), null);
  }
  await cone.fill("No such field 2");
  await cone.press("Enter");
  await page.getByRole("alert").getByText("the name of a field and a radius").waitFor();
  await close(page);
});

test("a list that is searched for is selected on the page where the reader is", async () => {
  const { rows } = await served.json("/api/sources?limit=3");
  const names = rows.map(([name]) => name);
  const page = await open("/table?class=nothing&columns=name&page=2");
  const field = page.locator(".search input");
  await field.fill(names.join("; "));
  await field.press("Enter");
  await until(() => page.locator("tbody tr").count(), 3);
  assert.equal(new URL(page.url()).pathname, "/table");
  assert.deepEqual(["class", "page", "columns"].map((name) => query(page).get(name)), [null, null, "name"]);
  await close(page);
});

test("the selection fills the map and the plane when the reader zooms to it", async () => {
  const zoom = (page) => page.getByRole("button", { name: "Zoom to the selection" }).click();
  const { sources: total } = await served.json("/api/catalog");
  const sky = await open("/?cone=266.4168,-29.0078,5");
  await until(async () => (await selectedCount(sky)) < total, true);
  await zoom(sky);
  await until(() => query(sky).get("view") !== null, true);
  const [ra, dec, width] = query(sky).get("view").split(",").map(Number);
  assert.ok(width > 0.1 && width < 40, `${width}`);
  assert.ok(Math.hypot((ra - 266.4) * Math.cos((dec * Math.PI) / 180), dec + 29) < 5, `${ra} ${dec}`);
  await close(sky);

  const plane = await open("/properties?x=hard_hs&y=hard_ms&where=hard_hs > 0.1 and hard_hs < 0.3");
  await until(async () => (await selectedCount(plane)) < total, true);
  await zoom(plane);
  await until(() => query(plane).get("pview") !== null, true);
  const [x0, x1] = query(plane).get("pview").split(",").map(Number);
  assert.ok(x0 < 0.14 && x1 > 0.26, `${x0} ${x1}`);
  await close(plane);

  const all = await open("/?view=10,41,5");
  await zoom(all);
  await until(() => query(all).get("view"), null);
  await close(all);
});

test("features are described as those of the first detection", async () => {
  const { columns } = await served.json("/api/catalog");
  const { description } = columns.find(({ name }) => name === "hard_hs");
  assert.match(description, /, for the first detection$/);
});

test("all pages are in sight on a phone, and nothing lies over the button of the images", async () => {
  const phone = await open("/", { width: 380 });
  const about = await phone.getByRole("link", { name: "About" }).boundingBox();
  assert.ok(about.x + about.width <= 380, `${about.x + about.width}`);
  await close(phone);
  const page = await open("/?images=on");
  await page.getByRole("button", { name: "Images" }).click();
  await until(() => query(page).get("images"), null);
  await page.context().close();
});
