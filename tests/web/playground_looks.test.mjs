// The playground's pages at three widths in both themes (screenshots are written to SCREENSHOTS),
// with a catalog of malicious names, and without their server.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { close } from "./browser.mjs";
import { settled } from "./reader.mjs";
import { makeHostileRun, Served, setUp, tearDown } from "./served.mjs";

const pictures = process.env.SCREENSHOTS ?? "screenshots";
let browser, run, plain, hostile;
before(async () => {
  mkdirSync(pictures, { recursive: true });
  const all = await setUp(makeHostileRun, ["run", "<b>hostile"]);
  ({ browser, run } = all);
  [plain, hostile] = all.servers;
});
after(tearDown);

/** A source with several detections, in a crowded field. */
async function sourceOf(served) {
  const { rows } = await served.json(
    "/api/sources?cone=83.82,-5.39,0.5&standing=classified&sort=detections&order=desc&limit=1&columns=name",
  );
  return `/source/${encodeURIComponent(rows[0][0])}`;
}
const places = async (served) => ({
  sky: "/",
  field: "/?view=83.8200,-5.3900,0.6&frame=equatorial&colour=class",
  properties: "/properties?x=hard_hs&y=bb_kt&yscale=log&group=YSO",
  table: "/table?min.probability=0.5",
  none: "/table?class=nothing",
  source: await sourceOf(served),
  unknown: "/source/nobody",
  classify: "/classify",
  about: "/about",
});
/** Waits until nothing is loading and everything is drawn. */
async function settle(page) {
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(() => !document.querySelector(".loading, [aria-busy=true]"));
  await settled(page, 300);
}

/** Lists what is wider than the window, or has text outside of it that cannot be scrolled to. */
function beyondWindow() {
  const { scrollWidth, clientWidth } = document.documentElement;
  const main = document.querySelector("main");
  const faults = [scrollWidth - clientWidth, main.scrollWidth - main.clientWidth]
    .filter((wide) => wide > 0)
    .map((wide) => `${wide} pixels too wide`);
  const isCut = (element) => {
    for (let node = element; node && node !== main; node = node.parentElement)
      if (getComputedStyle(node).overflowX !== "visible") return false;
    const { left, right, width } = element.getBoundingClientRect();
    return width > 1 && (left < -1 || right > innerWidth + 1);
  };
  for (const element of document.querySelectorAll("body *"))
    if ([...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
      if (element.checkVisibility() && isCut(element))
        faults.push(`beyond: ${element.textContent.slice(0, 40)}`);
  return faults;
}

test("pages fit their window, light and dark", async () => {
  const faults = [];
  const look = async (width) => {
    const page = await plain.open(browser, "/about", { width });
    const see = async (name) => {
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        await settled(page, 250); // canvases are redrawn
        await page.screenshot({ path: join(pictures, `${name}_${width}_${colorScheme}.png`) });
      }
      for (const fault of await page.evaluate(beyondWindow))
        faults.push(`${name} at ${width}: ${fault}`);
    };
    for (const [name, path] of Object.entries(await places(plain))) {
      await page.goto(plain.url + path);
      await settle(page);
      if (name === "classify") {
        await page.locator("input[type=file]").setInputFiles(run.at("d.csv"));
        await page.getByText("detections classified").waitFor();
      }
      await see(name);
      if (name !== "table") continue;
      for (const menu of ["Columns", "Download"]) {
        await page.getByText(menu, { exact: true }).click();
        await see(`table_${menu.toLowerCase()}`);
        await page.getByText(menu, { exact: true }).click();
      }
    }
    await close(page, /status of 404/);
  };
  await Promise.all([380, 1280, 2560].map(look)); // they mostly wait
  assert.deepEqual(faults, []);
});

test("names from files stay text", async () => {
  const page = await hostile.open(browser, "/table?columns=name&columns=class&rows=250");
  await settle(page);
  const untouched = async (what) => {
    assert.equal(await page.evaluate("window.broken"), undefined, what);
    const strange = "img, iframe, #page script, script:not([src]), #page b, #page style";
    assert.equal(await page.locator(strange).count(), 0, what);
  };
  await untouched("table");
  for (const start of ["</script>", '">', "<!--", "${", "\u2028"]) {
    const prefix = encodeURIComponent(start);
    const name = (await hostile.json(`/api/sources?name=${prefix}&limit=1&columns=name`)).rows[0][0];
    await page.goto(`${hostile.url}/table?columns=name&name=${prefix}`);
    await page.locator("table.data").getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { name: "Detections" }).waitFor();
    assert.equal(await page.locator("h1").textContent(), name);
    await settle(page);
    await untouched(name);
    await page.reload(); // the same, from the address alone
    await page.getByRole("heading", { name: "Detections" }).waitFor();
    assert.equal(await page.locator("h1").textContent(), name);
    if (start !== start.trim()) continue; // blanks at the ends of the typed text are ignored
    await page.getByRole("combobox", { name: "Name or position" }).fill(name.slice(0, 12));
    await page.getByRole("option").filter({ hasText: "SIM J" }).first().waitFor();
    await untouched(`search for ${name}`);
  }
  const feature = encodeURIComponent("<img src=x onerror=window.broken=5>");
  for (const path of [
    "/?colour=class",
    `/properties?x=${feature}&y=hard_hs&colour=${feature}`,
    `/table?sort=${feature}&min.${feature}=0`,
    `/table?class=${encodeURIComponent("</script><script>window.broken=6</script>")}`,
    "/classify",
    "/about",
  ]) {
    await page.goto(hostile.url + path);
    await settle(page);
    await untouched(path);
  }
  await page.goto(`${hostile.url}/classify`);
  await page.locator("input[type=file]").setInputFiles(run.at("hostile.csv"));
  await page.getByText("detections classified").waitFor();
  await untouched("classify");
  await close(page);
});

test("pages say when they wait and when they fail", async () => {
  const served = await Served.start([run.at("run")]);
  const page = await served.open(browser, "/about");
  await page.route("**/api/sources*", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue();
  });
  await page.goto(`${served.url}/table`);
  await page.getByRole("status").filter({ hasText: "Loading" }).waitFor();
  await page.waitForSelector("table.data");
  await page.goto(`${served.url}/table?sort=nothing&min.nothing=1`);
  await page.getByRole("alert").first().waitFor();
  await page.goto(`${served.url}/table`);
  await page.waitForSelector("table.data");
  await served.end();
  await page.getByRole("button", { name: "Next page" }).click();
  await page.getByRole("alert").filter({ hasText: "does not answer" }).first().waitFor();
  await page.context().close();
});
