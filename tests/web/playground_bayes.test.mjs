// What the playground shows only of a run of the method bayes: compared with the API, and with the
// downloaded table.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { close } from "./browser.mjs";
import { number, selectedCount, settled, until } from "./reader.mjs";
import { makeBayesRun, setUp, tearDown } from "./served.mjs";
import { sourcesOf } from "./truth.mjs";

let browser, served, mahalanobis, sources, catalog;
before(async () => {
  const all = await setUp(makeBayesRun, ["bayes", "run"]);
  ({ browser } = all);
  [served, mahalanobis] = all.servers;
  sources = await sourcesOf(served);
  catalog = await served.json("/api/catalog");
});
after(tearDown);

const addressOf = (one) => `/source/${encodeURIComponent(one.name)}`;
const groupOf = (name) => catalog.classes.find((one) => one.name === name).group;
const isClassified = (one) => one.standing === "classified";
/** Numbers are shown with three digits, or with two decimals. */
const near = (text, value, what, slack = 0.005 * Math.abs(value)) =>
  assert.ok(Math.abs(number(text) - value) <= slack + 1e-9, `${what}: ${text} is not ${value}`);
const decimals = 0.005;
/** Rows of a table as [heading, number]. */
const rowsOf = async (table) =>
  Promise.all(
    (await table.locator("tbody tr").all()).map(async (row) => [
      (await row.locator("th").textContent()).trim(),
      (await row.locator("td.number").first().textContent()).trim(),
    ]),
  );

/** A source whose class is not in its group, one that may be something else, a usual one. */
const chosen = () => [
  sources.find((one) => isClassified(one) && groupOf(one.class) !== one.group),
  sources.find((one) => isClassified(one) && one.p_known < 0.05),
  sources.find((one) => isClassified(one) && one.p_known > 0.2 && one.set_90.includes("|")),
];

test("the page of a source has its group, set and p-value", async () => {
  for (const one of chosen()) {
    const page = await served.open(browser, addressOf(one));
    const group = await page.locator(".verdict-group").textContent();
    assert.match(group, new RegExp(`^group\\s+${one.group} [\\d.]+$`));
    near(group.split(" ").pop(), one[`group_${one.group}`], "group");
    const apart = page.getByText(`The most probable group, ${one.group}, does not contain`);
    assert.equal(await apart.count(), Number(groupOf(one.class) !== one.group));

    const rows = await rowsOf(page.locator(".probabilities:not(.odds)"));
    assert.deepEqual(
      rows.map(([name]) => name),
      catalog.groups.flatMap((name) => [
        `Group ${name}`,
        ...catalog.classes.filter((other) => other.group === name).map((other) => other.name),
      ]),
    );
    for (const [name, text] of rows)
      if (name === "Seyfert_2") assert.equal(text, "not learned");
      else near(text, one[name.replace("Group ", "group_")], name);

    const names = one.set_90.split("|");
    const last = names.pop();
    const set = names.length > 0 ? `${names.join(", ")} or ${last}` : last;
    assert.equal(await page.locator(".class-set").textContent(), `90 % set: ${set}`);
    const sentence = page.getByText(/^p = .* of belonging to any learned class/);
    near((await sentence.textContent()).split(" ")[2], one.p_known, "p_known");
    const hint = sentence.getByText("It may be something else.");
    assert.equal(await hint.count(), Number(one.p_known < 0.05));
    await close(page);
  }
});

test("the bars that explain a class are those of the API, and add up to its log odds", async () => {
  for (const one of chosen()) {
    const found = await served.json(`/api/explanation?name=${encodeURIComponent(one.name)}`);
    const page = await served.open(browser, addressOf(one));
    const choice = page.getByRole("combobox", { name: "Class" });
    await until(() => choice.inputValue(), one.class);
    assert.deepEqual(
      await choice.locator("option").allTextContents(),
      catalog.classes.map(({ name }) => name).filter((name) => name !== "Seyfert_2"),
    );
    for (const name of [one.class, one.class === "YSO" ? "AGN" : "YSO"]) {
      await choice.selectOption(name);
      const table = page.getByRole("table", { name: `What speaks for ${name}` });
      await table.waitFor();
      const rows = await rowsOf(table);
      const c = found.classes.indexOf(name);
      const expected = new Map(found.features.map((of) => [of.name, of.log_odds[c]]));
      for (const part of ["prior", "together", "total"]) expected.set(part, found[part][c]);
      assert.equal(rows.length, expected.size);
      for (const [part, text] of rows) {
        assert.match(text, /^−?\d+\.\d\d$/);
        near(text, expected.get(part), part, decimals);
      }
      const values = rows.map(([, text]) => number(text));
      const total = values.pop();
      const sum = values.reduce((a, b) => a + b, 0);
      assert.ok(Math.abs(sum - total) <= decimals * rows.length + 1e-9, `${sum} is not ${total}`);
      near(rows.at(-1)[1], Math.log(one[name] / (1 - one[name])), "log odds", decimals);
      const sizes = values.slice(1, -1).map(Math.abs);
      assert.deepEqual(sizes, sizes.toSorted((a, b) => b - a));
      assert.deepEqual([rows[0][0], rows.at(-2)[0], rows.at(-1)[0]], ["prior", "together", "total"]);

      // Each bar begins in the middle and goes to its side, in proportion.
      const bars = await table.locator("tbody .track").evaluateAll((tracks) =>
        tracks.map((track) => {
          const [whole, bar] = [track, track.firstChild].map((node) => node.getBoundingClientRect());
          const middle = whole.left + whole.width / 2;
          const end = Math.abs(bar.left - middle) < 0.1 ? bar.right : bar.left;
          return (2 * (end - middle)) / whole.width;
        }),
      );
      const most = Math.max(...[...values, total].map(Math.abs));
      for (const [i, value] of [...values, total].entries())
        assert.ok(Math.abs(bars[i] - value / most) < 0.02, `${rows[i]}: ${bars[i]}`);
    }
    await close(page);
  }
});

test("an explanation says why it fails, and that it differs from the catalog", async () => {
  const [one] = chosen();
  const page = await served.open(browser, addressOf(one));
  await page.locator("table.odds").waitFor();
  const difference = page.getByText("This total means a probability");
  assert.equal(await difference.count(), 0);
  await page.route("**/api/explanation*", async (route) => {
    const json = await (await route.fetch()).json();
    await route.fulfill({ json: { ...json, total: json.total.map(() => 0) } });
  });
  await page.reload();
  near((await difference.textContent()).match(/the catalog has ([\d.]+)/)[1], one.probability, "p");
  assert.match(await difference.textContent(), /a probability of 0\.5;/);
  const error = { message: "too many requests", where: "", expected: "", found: "" };
  await page.route("**/api/explanation*", (route) => route.fulfill({ status: 503, json: { error } }));
  await page.reload();
  await page.getByRole("alert").getByText("too many requests").waitFor();
  await page.getByRole("heading", { name: "Why this class" }).waitFor();
  await close(page, /503/);
});

test("the probability of the only chosen group is a filter", async () => {
  const page = await served.open(browser, "/table?columns=name&columns=set_90&columns=p_known");
  const names = () => page.locator("table.data tbody td:first-child").allTextContents();
  const box = (name) => page.getByRole("textbox", { name: `P(group ${name}) at least` });
  const group = (name) => page.getByRole("group", { name: "Group" }).getByLabel(name);
  const agree = async (holds) => {
    const left = sources.filter(holds);
    assert.ok(left.length > 0 && left.length < sources.length);
    await until(() => selectedCount(page), left.length, page.url());
    await until(names, left.map((one) => one.name).sort().slice(0, 50), page.url());
  };
  await page.waitForSelector("table.data tbody tr");
  assert.equal(await page.getByRole("slider", { name: /^P\(group/ }).count(), 0);
  await group("XB").check();
  await box("XB").fill("0.6");
  await page.keyboard.press("Enter");
  await agree((one) => one.group === "XB" && one.group_XB >= 0.6);
  await page.getByRole("slider", { name: "P(group XB) at least" }).press("ArrowLeft");
  await settled(page, 300); // the address follows within a quarter of a second
  const bound = Number(new URL(page.url()).searchParams.get("min.group_XB"));
  assert.ok(bound > 0.4 && bound < 0.6, page.url());
  await agree((one) => one.group === "XB" && one.group_XB >= bound);
  // With a second group the bound stays, and can be removed; without one there is none to set.
  await group("YSO").check();
  await agree((one) => ["XB", "YSO"].includes(one.group) && one.group_XB >= bound);
  assert.equal(await box("YSO").count(), 0);
  await page.getByRole("button", { name: "Remove: group_XB" }).click();
  await agree((one) => ["XB", "YSO"].includes(one.group));
  assert.equal(await box("XB").count(), 0);

  // Among the other filters there is one for each group, whatever is chosen, and it stays in place.
  await page.getByText("More filters").click();
  const slider = page.getByRole("slider", { name: "P(group XB) at least" });
  for (let i = 0; i < 3; ++i) await slider.press("PageUp");
  await settled(page, 300);
  const second = Number(new URL(page.url()).searchParams.get("min.group_XB"));
  assert.ok(second > 0.2 && second < 0.5, page.url());
  await agree((one) => ["XB", "YSO"].includes(one.group) && one.group_XB >= second);
  await page.getByRole("button", { name: "Remove: group_XB" }).click();
  await agree((one) => ["XB", "YSO"].includes(one.group));

  const shown = await page.locator("table.data tbody tr").first().locator("td").allTextContents();
  const first = sources.find((one) => one.name === shown[0]);
  assert.equal(shown[1], first.set_90?.replaceAll("|", ", ").replace(/, (?=[^,]*$)/, " or ") ?? "–");
  await close(page);
});

test("a class that was not learned has no probability, also of an upload", async () => {
  const page = await served.open(browser, "/classify");
  await page.getByRole("radio", { name: "One detection" }).check();
  await page.getByRole("button", { name: "Fill in typical values" }).click();
  await page.getByRole("button", { name: "Classify", exact: true }).click();
  await page.getByText(/one detection classified with/).waitFor();
  const rows = new Map(await rowsOf(page.locator(".outcome .probabilities")));
  assert.equal(rows.get("Seyfert_2"), "not learned");
  rows.delete("Seyfert_2");
  const sum = [...rows.values()].reduce((total, text) => total + number(text), 0);
  near(`${sum}`, 1, "sum");
  await close(page);
});

test("catalogs of the method mahalanobis, and sources with a label, have none of this", async () => {
  const others = await sourcesOf(mahalanobis);
  const labelled = sources.find((one) => one.standing === "learned");
  for (const [server, one] of [[mahalanobis, others.find(isClassified)], [served, labelled]]) {
    const page = await server.open(browser, addressOf(one));
    await page.getByRole("heading", { name: "Detections" }).waitFor();
    await page.waitForLoadState("networkidle");
    const group = await page.locator(".verdict-group").textContent();
    assert.match(group, new RegExp(`^group\\s+${one.group}`));
    assert.equal(await page.locator(".class-set, .odds").count(), 0);
    assert.equal(await page.getByText("of belonging to any learned class").count(), 0);
    assert.equal(await page.getByRole("heading", { name: "Why this class" }).count(), 0);
    await close(page);
  }
});
