// Compares what the playground shows with what it should show: filters, lassos, positions and
// neighbours are computed here from the whole table.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { close } from "./browser.mjs";
import { cornersIn, lasso, number, selectedCount, settled, shown, until } from "./reader.mjs";
import { setUp, tearDown } from "./served.mjs";
import { galactic, inside, mollweide, rowsIn, rowsOf, separation, sourcesOf } from "./truth.mjs";

let browser, run, served, sources;
before(async () => {
  ({ browser, run, served } = await setUp());
  sources = await sourcesOf(served);
});
after(tearDown);

const open = (path) => served.open(browser, path);
const query = (page) => new URL(page.url()).searchParams;
/** A parameter of the address, which follows within a quarter of a second. */
async function asked(page, name) {
  await page.waitForFunction((key) => new URLSearchParams(location.search).has(key), name);
  await settled(page, 300);
  return query(page).get(name);
}
const middle = [
  [0.3, 0.3],
  [0.7, 0.3],
  [0.7, 0.7],
  [0.3, 0.7],
];
const boxIn = (text) => {
  const [x0, x1, y0, y1] = text.split(",").map(Number);
  return { x0, x1, y0, y1 };
};
/** The source that is farthest from its nearest neighbour among those that `fits`. */
function lonely(apart, fits = () => true) {
  const nearest = (one) =>
    Math.min(...sources.map((other) => (other === one ? Infinity : apart(one, other))));
  return sources.filter(fits).reduce(
    (best, one) => {
      const far = nearest(one);
      return far > best.far ? { one, far } : best;
    },
    { one: null, far: 0 },
  ).one;
}
/** Hovers over the middle until the tooltip shows this source: a slow machine may still be moving
 *  there. */
async function shownInMiddle(page, name) {
  const box = await page.locator("canvas.points").boundingBox();
  const at = [box.x + box.width / 2, box.y + box.height / 2];
  const tip = page.locator(".tooltip strong");
  await until(async () => {
    await page.mouse.move(at[0] - 2, at[1]);
    await page.mouse.move(...at);
    await settled(page, 120);
    return (await tip.count()) > 0 && (await tip.textContent());
  }, name);
}

test("the catalog is the run's", () => {
  const rows = new Map(rowsIn(run.at("run/sources.csv")).map((row) => [row.name, row]));
  assert.equal(sources.length, rows.size);
  for (const one of sources) {
    const row = rows.get(one.name);
    assert.equal(one.standing, row.standing, one.name);
    if (one.standing !== "classified") continue;
    for (const [name, of] of [
      ["class", "class_name"],
      ["group", "class_group"],
      ["probability", "probability"],
      ["group_XB", "p_group_xb"],
    ])
      assert.equal(one[name], row[of], `${one.name} ${name}`);
    assert.equal(one.votes, row.detection_count, one.name);
  }
  const labels = rowsIn(run.at("l.csv"));
  for (const one of sources.filter(({ standing }) => standing === "learned"))
    assert.ok(
      labels.some((label) => label.main_type === one.label && 3600 * separation(label, one) < 2),
      one.name,
    );
});

test("filters select the matching sources, and their counts agree with the other filters", async () => {
  const page = await open("/table?sort=name");
  await page.waitForSelector("table.data tbody tr");
  const panel = page.getByRole("complementary", { name: "Filters" });
  const slide = async (label, at) => page.getByRole("slider", { name: label }).fill(`${at}`);
  const check = (group, name) =>
    panel.getByRole("group", { name: group }).getByLabel(name, { exact: false }).first().check();
  const type = async (label, text) => {
    await page.getByLabel(label).fill(text);
    await page.keyboard.press("Enter");
  };
  const bound = (name) => Number(query(page).get(name));
  // An action, the parameter that it sets, and which sources match; null clears all filters.
  const parts = [
    [() => check("Group", "XB"), "group", (one) => one.group === "XB"],
    [() => check("Class", "LMXB"), "class", (one) => one.class === "LMXB"],
    [() => check("Standing", "classified"), "standing", (one) => one.standing === "classified"],
    [
      () => slide("Probability at least", 100),
      "min.probability",
      (one) => one.probability >= bound("min.probability"),
    ],
    null,
    [
      () => slide("Detections at least", 33),
      "min.detections",
      (one) => one.detections >= bound("min.detections"),
    ],
    [
      () => slide("Anomaly", 170),
      "max.tail_probability",
      (one) => one.tail_probability <= bound("max.tail_probability"),
    ],
    [() => type("Name begins with", "sIm j1"), "name", (one) => one.name.startsWith("SIM J1")],
    null,
    [
      () => type("Cone", "83.82 -5.39 0.35"),
      "cone",
      (one) => separation(one, { ra: 83.82, dec: -5.39 }) <= 0.35,
    ],
    [() => check("Class", "YSO"), "class", (one) => one.class === "YSO"],
  ];
  let holding = [];
  for (const part of parts) {
    if (!part) {
      await page.getByRole("button", { name: "Clear all" }).click();
      await until(() => [...query(page).keys()], ["sort"]);
      holding = [];
      continue;
    }
    const [act, parameter, holds] = part;
    await act();
    await asked(page, parameter);
    holding.push(holds);
    const left = sources.filter((one) => holding.every((holds) => holds(one)));
    await until(() => selectedCount(page), left.length, page.url());
    assert.ok(left.length > 0 && left.length < sources.length, page.url());
    const names = left.map((one) => one.name).sort();
    await until(
      async () => page.locator("table.data tbody td:first-child").allTextContents(),
      names.slice(0, 50),
      page.url(),
    );
    // The count of a class is the number of its sources that pass the other filters.
    const others = holding.filter((holds) => !/one\.class/.test(`${holds}`));
    const agn = sources.filter((one) => one.class === "AGN" && others.every((holds) => holds(one)));
    const row = panel.getByRole("group", { name: "Class" }).locator("label", { hasText: /^AGN/ });
    await until(async () => number(await row.locator(".number").textContent()), agn.length);
  }
  await page.getByText("Download", { exact: true }).click();
  const link = page.locator(".downloads").getByRole("link", { name: "CSV", exact: true }).first();
  const csv = await (await fetch(served.url + (await link.getAttribute("href")))).text();
  const left = sources.filter((one) => holding.every((holds) => holds(one)));
  assert.deepEqual(
    rowsOf(csv)
      .map((row) => row.name)
      .sort(),
    left.map((one) => one.name).sort(),
  );
  assert.equal(csv.split("\n")[0].split(",").length, await page.locator("table.data th").count());
  await close(page);
});

test("points are at the positions of the sources on the sky, and a lasso selects those inside", async () => {
  const alone = lonely(separation, (one) => Math.abs(one.dec) < 60);
  for (const frame of ["galactic", "equatorial"]) {
    const at = (one) => mollweide(frame === "galactic" ? galactic(one) : [one.ra, one.dec]);
    const page = await open(`/?frame=${frame}&view=${alone.ra},${alone.dec},12&fields=off`);
    await shownInMiddle(page, alone.name);
    await page.getByRole("button", { name: "Show all" }).click();
    await shown(page);
    await lasso(page, middle);
    const where = await asked(page, "where");
    assert.ok(where.startsWith(`sky('${frame}',`), where);
    const corners = cornersIn(where);
    const within = sources.filter((one) => inside(at(one), corners));
    await until(() => selectedCount(page), within.length);
    assert.ok(within.length > 20 && within.length < sources.length);
    const { total } = await served.json(`/api/sources?limit=1&sky=${frame},${corners}`);
    assert.equal(total, within.length);
    // The planes and the table have the same selection.
    await page.getByRole("link", { name: "Properties" }).click();
    await shown(page);
    assert.equal(await selectedCount(page), within.length);
    await page.getByRole("link", { name: "Table" }).click();
    await until(
      async () => number((await page.locator("h1").textContent()).split(" ")[0]),
      within.length,
    );
    await page.getByRole("button", { name: "Remove: lasso on the sky" }).click();
    await until(() => selectedCount(page), sources.length);
    await close(page);
  }
});

test("selected sources keep their colours, and others are not drawn if so chosen", async () => {
  const page = await open("/?group=XB&only=selected&fields=off");
  await shown(page);
  await settled(page, 400); // drawn finely
  const found = await page.evaluate(() => {
    const canvas = document.querySelector("canvas.points");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const rgb = (text) => text.match(/\d+/g).map(Number);
    return [...document.querySelectorAll(".legend button")].map((button) => {
      const [r, g, b] = rgb(getComputedStyle(button.querySelector(".swatch path")).fill);
      let pixels = 0;
      for (let i = 0; i < data.length; i += 4)
        pixels += Math.hypot(data[i] - r, data[i + 1] - g, data[i + 2] - b) < 12;
      return [button.textContent.match(/^\w+/)[0], pixels];
    });
  });
  assert.equal(found.length, 4);
  for (const [name, pixels] of found)
    assert.ok(name === "XB" ? pixels > 100 : pixels === 0, `${name}: ${pixels} pixels`);
  await close(page);
});

test("points of a plane are at their values, and margins and lassos agree", async () => {
  const at = (one) => [one.hard_hs, Math.log10(one.bb_kt)];
  const apart = (a, b) => Math.hypot(at(a)[0] - at(b)[0], at(a)[1] - at(b)[1]);
  const alone = lonely(apart, (one) => one.group === "XB" && Math.abs(one.hard_hs) < 0.7);
  const [x, y] = at(alone);
  const box = [x - 0.3, x + 0.3, y - 0.3, y + 0.3].join();
  const axes = "x=hard_hs&y=bb_kt&yscale=log";
  const near = await open(`/properties?${axes}&pview=${box}`);
  await shownInMiddle(near, alone.name);
  // The visible part of the plane stays the same in a window of another size,
  await near.setViewportSize({ width: 900, height: 700 });
  await settled(near, 500);
  const { x0, x1, y0, y1 } = boxIn(await asked(near, "pview"));
  for (const [found, expected] of [[x0, x - 0.3], [x1, x + 0.3], [y0, y - 0.3], [y1, y + 0.3]])
    assert.ok(Math.abs(found - expected) < 1e-5, `${found} is not ${expected}`);
  await shownInMiddle(near, alone.name);
  await close(near);
  // also if the values arrive before the canvas has a size.
  const late = await open("/about");
  await late.addInitScript(() => {
    const { ResizeObserver } = window;
    window.ResizeObserver = class extends ResizeObserver {
      constructor(call) {
        super((...all) => setTimeout(() => call(...all), 1000));
      }
    };
  });
  await late.goto(`${served.url}/properties?${axes}&pview=${box}`);
  await shown(late);
  await shownInMiddle(late, alone.name);
  await close(late);

  const page = await open(`/properties?${axes}&group=XB&only=selected&pview=-1.05,1.05,-1,1`);
  await shown(page);
  // The fullest of 72 bins along x is the highest bar; several may be equally full.
  const bins = Array(72).fill(0);
  for (const one of sources) {
    const [left, high] = at(one);
    const bin = Math.floor(((left + 1.05) / 2.1) * 72);
    if (one.group === "XB" && Math.abs(high) < 1 && bin >= 0 && bin < 72) ++bins[bin];
  }
  const highest = () =>
    page.evaluate(() => {
      const canvas = document.querySelector("canvas.margin-x");
      if (!canvas) return -1;
      const { width, height } = canvas;
      const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
      const heights = Array.from({ length: 72 }, (_, bin) => {
        const column = Math.round(((bin + 0.5) * width) / 72);
        let painted = 0;
        for (let row = 0; row < height; ++row) painted += data[4 * (row * width + column) + 3] > 0;
        return painted;
      });
      return heights.indexOf(Math.max(...heights));
    });
  await until(async () => bins[await highest()], Math.max(...bins));

  await lasso(page, middle);
  const where = await asked(page, "where");
  assert.ok(where.startsWith("inside(hard_hs, log10(bb_kt),"), where);
  const corners = cornersIn(where);
  const within = sources.filter((one) => one.group === "XB" && inside(at(one), corners));
  await until(() => selectedCount(page), within.length);
  assert.ok(within.length > 0);
  await page.getByRole("link", { name: "Sky" }).click();
  await until(() => selectedCount(page), within.length);
  await close(page);
});

test("the page of a source agrees with the table of detections", async () => {
  const detections = rowsIn(run.at("run/clusters.csv"));
  const plus = sources
    .filter((one) => one.name.includes("+"))
    .reduce((most, one) => (one.detections > most.detections ? one : most));
  const page = await open(`/table?name=${encodeURIComponent(plus.name)}`);
  await page.locator("table.data").getByRole("link", { name: plus.name }).click();
  await page.getByRole("heading", { name: "Detections" }).waitFor();
  const rows = detections.filter((row) => row.name === plus.name);
  assert.equal(plus.detections, rows.length);
  const table = page.getByRole("region", { name: "Detections" });
  const headings = await table.locator("th").allTextContents();
  const column = (name) => headings.findIndex((text) => text.trim().startsWith(name));
  const cells = (name) => table.locator(`tbody td:nth-child(${column(name) + 1})`);
  const seen = (await cells("observation").allTextContents()).map(Number);
  assert.deepEqual(
    seen.sort((a, b) => a - b),
    rows.map((row) => row.obsid).sort((a, b) => a - b),
  );
  const [l, b] = galactic(plus);
  const position = await page.locator("dl.position").textContent();
  assert.ok(position.includes(`${plus.ra.toFixed(6)} ${plus.dec.toFixed(6)}`), position);
  const shownGalactic = position
    .match(/Galactic\s*(-?[\d.]+) (-?[\d.]+)/)
    .slice(1)
    .map(Number);
  assert.ok(Math.abs(shownGalactic[0] - ((l + 360) % 360)) < 1e-3, position);
  assert.ok(Math.abs(shownGalactic[1] - b) < 1e-3, position);
  // Its address has the name percent-encoded; a "+" that is typed means the same.
  assert.equal(page.url().split("/source/")[1].split("?")[0], encodeURIComponent(plus.name));
  await page.goto(`${served.url}/source/${plus.name.replaceAll(" ", "%20")}`);
  await until(() => page.locator("h1").textContent(), plus.name);
  // Back through the table's filter.
  await page.getByRole("link", { name: "show it on the map" }).click();
  await page.waitForURL((url) => url.searchParams.get("center") === `${plus.ra},${plus.dec}`);
  await settled(page, 800); // it flies there
  const [ra, dec] = (await asked(page, "view")).split(",").map(Number);
  assert.ok(separation({ ra, dec }, plus) < 0.005);
  await close(page);
});

test("neighbours are those within six arcminutes, nearest first", async () => {
  const crowded = sources.find((one) => separation(one, { ra: 83.82, dec: -5.39 }) < 0.05);
  const near = sources
    .map((other) => [other.name, 3600 * separation(crowded, other)])
    .filter(([name, far]) => name !== crowded.name && far <= 360)
    .sort((a, b) => a[1] - b[1]);
  const page = await open(`/source/${encodeURIComponent(crowded.name)}`);
  const section = page.locator("section", {
    has: page.getByRole("heading", { name: "Neighbours" }),
  });
  await section.locator("tbody tr").first().waitFor();
  const shownRows = await section.locator("tbody tr").all();
  assert.ok(shownRows.length > 3 && shownRows.length <= near.length);
  for (const [i, row] of shownRows.entries()) {
    const [name, , far] = await row.locator("td").allTextContents();
    assert.equal(name, near[i][0]);
    assert.ok(Math.abs(Number(far) - near[i][1]) < 0.06, `${far} ${near[i][1]}`);
  }
  await close(page);
});
