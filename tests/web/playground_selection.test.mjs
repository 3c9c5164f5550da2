// Selections that are refined: modes, shapes, conditions, lists, named subsets. The numbers are
// computed here from the whole table.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { axeFaults, close } from "./browser.mjs";
import { selectedCount, settled, shown, until } from "./reader.mjs";
import { setUp, tearDown } from "./served.mjs";
import { separation, sourcesOf } from "./truth.mjs";

let browser, run, served, sources;
before(async () => {
  ({ browser, run, served } = await setUp());
  sources = await sourcesOf(served);
});
after(tearDown);

const open = (path, options) => served.open(browser, path, options);
const query = (page) => new URL(page.url()).searchParams;
const number = (fits) => sources.filter(fits).length;
const isSelected = (page, fits) => until(() => selectedCount(page), number(fits));
const condition = (page) => page.getByRole("textbox", { name: "Condition" });
async function apply(page, text, how) {
  if (how) await page.getByRole("combobox", { name: "What becomes of the selection" }).selectOption(how);
  await condition(page).fill(text);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Apply" }).click();
}

const hard = (one) => one.hard_hs > 0.2;
const warm = (one) => one.bb_kt > 0.8;
const binary = (one) => one.group === "XB";

test("a condition is added, subtracted, intersected, inverted, and removed part by part", async () => {
  const page = await open("/table");
  await apply(page, "hard_hs > 0.2");
  await isSelected(page, hard);
  await apply(page, "bb_kt > 0.8", "add");
  await isSelected(page, (one) => hard(one) || warm(one));
  await apply(page, "group = 'XB'", "subtract");
  await isSelected(page, (one) => (hard(one) || warm(one)) && !binary(one));
  await apply(page, "hard_hs > 0.2", "intersect");
  await isSelected(page, (one) => hard(one) && !binary(one));
  await page.getByRole("button", { name: "Invert" }).click();
  await isSelected(page, (one) => !(hard(one) && !binary(one)));
  await page.getByRole("button", { name: "Invert" }).click();
  await isSelected(page, (one) => hard(one) && !binary(one));
  await page.getByRole("button", { name: "Clear all" }).click();
  await isSelected(page, () => true);
  await apply(page, "hard_hs > 0.2 and group = 'XB'", "new");
  await isSelected(page, (one) => hard(one) && binary(one));
  await page.getByRole("button", { name: /Remove: group XB/ }).click();
  await isSelected(page, hard);
  await close(page);
});

test("sources are added to what the panel selects, and it says what lacks a value", async () => {
  const page = await open("/table?group=XB");
  await apply(page, "hard_hs > 0.2", "add");
  await isSelected(page, (one) => binary(one) || hard(one));
  assert.equal(query(page).get("group"), null);
  await apply(page, "probability > 0.9", "new"); // those with a label have none
  const missing = number((one) => one.probability === null);
  assert.ok(missing > 0);
  await page.getByText(`${missing} of the others lack a value that the filters ask for`).waitFor();
  await close(page);
});

test("a wrong condition is said before it is asked for, and completions help", async () => {
  const page = await open("/table");
  await condition(page).fill("hard_hs >");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.locator(".where-field [role=alert]").waitFor();
  assert.equal(query(page).get("where"), null);
  await condition(page).fill("");
  await condition(page).pressSequentially("hard_h");
  const option = page.locator(".where-field").getByRole("option", { name: /hard_hs/ });
  await option.waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await until(async () => /^hard_h[ms]$/.test(await condition(page).inputValue()), true);
  const completed = await condition(page).inputValue();
  await condition(page).pressSequentially(" > 0.2");
  await page.keyboard.press("Enter");
  await isSelected(page, (one) => one[completed] > 0.2);
  await apply(page, "no_such_column > 1");
  for (const place of [page.locator(".filters"), page.locator(".table-main")])
    await place.getByRole("alert").filter({ hasText: "no_such_column" }).waitFor();
  await close(page, /status of 40[04]/);
});

test("boxes and circles select on the sky, and S selects what is in view", async () => {
  const page = await open("/?fields=off&view=83.8,-5.4,20");
  await shown(page);
  const box = await page.locator("canvas.points").boundingBox();
  const drag = async (tool, from, to) => {
    await page.getByRole("combobox", { name: "Drag" }).selectOption(tool);
    await page.mouse.move(box.x + from[0] * box.width, box.y + from[1] * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + to[0] * box.width, box.y + to[1] * box.height, { steps: 4 });
    await page.mouse.up();
  };
  await drag("circle", [0.5, 0.5], [0.5, 0.7]);
  await page.waitForURL(/where=cone\(/);
  const [ra, dec, radius] = query(page).get("where").match(/[\d.-]+/g).map(Number);
  assert.ok(separation({ ra, dec }, { ra: 83.8, dec: -5.4 }) < 0.2);
  await isSelected(page, (one) => separation(one, { ra, dec }) <= radius);
  await drag("box", [0.3, 0.3], [0.7, 0.7]);
  await page.waitForURL(/where=sky\(/);
  const inBox = await selectedCount(page);
  await page.locator("canvas.points").focus();
  await page.keyboard.press("s");
  await until(async () => (await selectedCount(page)) > inBox, true);
  await close(page);
});

test("lists of names and of positions", async () => {
  const page = await open("/table");
  await page.getByText("List of names or positions").click();
  const [a, b, c] = [sources[3], sources[40], sources[77]];
  const field = page.getByRole("textbox", { name: "Names or positions, one to a line" });
  await field.fill(`# mine\n${a.name.toLowerCase()}\n\n${b.name}\n${c.ra} ${c.dec}\nnobody`);
  await page.getByText("3 names, 1 positions").or(page.getByText("3 names, 1 position")).first().waitFor();
  await page.getByRole("button", { name: "Select them" }).click();
  const wanted = (one) => one === a || one === b || separation(one, c) <= 2 / 3600;
  await isSelected(page, wanted);
  // So many that the address could not hold them.
  const many = sources.slice(0, 1500);
  await field.fill(many.map(({ name }) => name).join("\n"));
  await page.getByRole("button", { name: "Select them" }).click();
  await until(() => selectedCount(page), 1500);
  await until(async () => (await page.locator(".table-head h1").textContent()).startsWith("1,500 "), true);
  await close(page);
});

test("subsets are saved, combined, coloured, shared by the address, exported and imported", async () => {
  const page = await open("/table?group=XB");
  await isSelected(page, binary);
  const panel = page.locator(".subsets");
  await panel.locator("summary").click();
  const save = async (name) => {
    await page.getByRole("textbox", { name: "Name of the subset" }).fill(name);
    await panel.getByRole("button", { name: "Save" }).click();
  };
  await save("binaries");
  await panel.getByText(`${number(binary)}`).waitFor();
  await page.getByRole("button", { name: "Clear all" }).click();
  await apply(page, "hard_hs > 0.2", "new");
  await save("hard ones");
  await page.getByRole("combobox", { name: "What becomes of the selection" }).selectOption("subtract");
  await panel.getByRole("button", { name: "Subtract from the selection: binaries" }).click();
  await isSelected(page, (one) => hard(one) && !binary(one));
  await page.getByRole("combobox", { name: "What becomes of the selection" }).selectOption("add");
  await panel.getByRole("button", { name: "Add to the selection: binaries" }).click();
  await isSelected(page, (one) => hard(one) || binary(one));
  await settled(page, 400);
  const address = page.url();
  const saved = page.waitForEvent("download");
  await panel.getByRole("button", { name: "Export" }).click();
  const file = run.at("subsets.json");
  await (await saved).saveAs(file);
  assert.deepEqual(
    JSON.parse(readFileSync(file, "utf8")).uhuru_subsets.map(({ name }) => name),
    ["binaries", "hard ones"],
  );
  await close(page);
  // Another browser has them from the address.
  const other = await open(new URL(address).pathname + new URL(address).search);
  await other.locator(".subsets").getByText("hard ones").waitFor();
  await other.getByRole("button", { name: "Delete binaries" }).click();
  await other.getByRole("link", { name: "Sky" }).click();
  await shown(other);
  await other.getByRole("combobox", { name: "Colour" }).selectOption("subsets");
  await other.getByRole("list", { name: "Colours by subset" }).getByText("hard ones").waitFor();
  await close(other);
  // A third one from the file.
  const third = await open("/table");
  await third.locator(".subsets summary").click();
  await third.locator(".subsets input[type=file]").setInputFiles(file);
  await third.locator(".subsets").getByText("binaries").waitFor();
  await third.locator(".subsets input[type=file]").setInputFiles({
    name: "other.json",
    mimeType: "application/json",
    buffer: Buffer.from("[1]"),
  });
  await third.getByText("other.json holds no subsets").waitFor();
  await close(third);
});

test("probabilities of groups, labels and any column are among the filters", async () => {
  const page = await open("/table");
  await page.getByText("More filters").click();
  const field = page.getByRole("textbox", { name: "P(group XB) at least, a number" });
  await field.fill("0.5");
  await page.keyboard.press("Enter");
  await isSelected(page, (one) => one.group_XB >= 0.5);
  await page.getByRole("button", { name: "Clear all" }).click();
  await page.getByRole("combobox", { name: "Limits of" }).selectOption("bb_kt");
  await page.getByRole("textbox", { name: "bb_kt at most, a number" }).fill("0.4");
  await page.keyboard.press("Enter");
  await isSelected(page, (one) => one.bb_kt !== null && one.bb_kt <= 0.4);
  await close(page);
});

test("the panel with all of it open is accessible by axe's rules", async () => {
  const page = await open("/table?where=hard_hs%3E0.2", { bypassCSP: true, height: 1600 });
  for (const text of ["Subsets", "List of names or positions", "More filters"])
    await page.locator(".filters summary", { hasText: text }).click();
  await page.waitForSelector("table.data tbody tr");
  assert.deepEqual(await axeFaults(page), []);
  await close(page);
});
