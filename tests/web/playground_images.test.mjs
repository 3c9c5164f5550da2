// Images of the sky beside the map: without a network, with a survey of the reader's, and what is
// drawn over them. All other hosts are blocked, or played by hips.mjs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axeFaults, close, launch, newPage } from "./browser.mjs";
import { answerAsHips } from "./hips.mjs";
import { settled, until } from "./reader.mjs";
import { setUp, tearDown } from "./served.mjs";
import { separation, sourcesOf } from "./truth.mjs";

const own = "https://hips.test/sky";
const orange = [200, 80, 20];
const csv = "name,ra,dec\nMine,83.8,-5.4\nOther,83.9,-5.3\nNowhere,,\n";

let browser, served, hasImages;
before(async () => {
  ({ served } = await setUp());
  browser = await launch("--use-angle=swiftshader", "--enable-unsafe-swiftshader");
  hasImages = (await served.json("/api/catalog")).aladin;
});
after(async () => {
  await browser?.close();
  await tearDown();
});
const withImages = (name, run) =>
  test(name, (t) => (hasImages ? run() : t.skip("built without Aladin Lite")));

/** Opens a page with images. `outside` answers a request to another host, or returns false, which
 *  blocks it; `page.asked` has their addresses, `page.frame` the images. */
async function open(outside, query = "", path = "/") {
  const page = await newPage(browser, () => true, { bypassCSP: path === "/images" });
  page.context().setDefaultTimeout(60_000);
  page.asked = [];
  page.frame = page.frameLocator("iframe");
  await page.context().route(
    (url) => !url.href.startsWith(`${served.url}/`),
    async (route) => {
      page.asked.push(route.request().url());
      if (!(await outside(route))) await route.abort();
    },
  );
  await page.goto(`${served.url}${path}?images=on&view=83.82,-5.39,2${query}`);
  return page;
}
const blocked = () => false;
const hips = (route) => answerAsHips(route, own, orange);
/** What the browser and Aladin Lite say of what is missing on purpose. */
const usual = /^Failed to load resource|overlaysContent|tile format chosen|GPU stall|CORS policy/;
const inFrame = (page) => page.frames().find((frame) => frame.url().includes("/images"));

/** The number of pixels of the images with about this colour. */
async function pixelsOf(page, color) {
  const shot = await page.locator("iframe").screenshot();
  return page.evaluate(
    async ([data, [r, g, b]]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
      canvas.drawImage(image, 0, 0);
      const { data: bytes } = canvas.getImageData(0, 0, image.width, image.height);
      let number = 0;
      for (let i = 0; i < bytes.length; i += 4)
        number += Math.hypot(bytes[i] - r, bytes[i + 1] - g, bytes[i + 2] - b) < 30;
      return number;
    },
    [shot.toString("base64"), color],
  );
}
const showsOrange = (page) =>
  until(async () => (await pixelsOf(page, orange)) > 50_000, true, "the tiles of the survey");

withImages("without a network, a message and no endless requests", async () => {
  const page = await open(blocked);
  const trouble = page.frame.getByRole("alert");
  await trouble.getByText("cannot be reached").waitFor();
  const first = page.asked.length;
  assert.ok(first > 0 && first <= 2, `${first}`);
  await settled(page, 1000);
  assert.equal(page.asked.length, first);
  const again = trouble.getByRole("button", { name: "Try again" });
  await again.focus();
  await page.keyboard.press("Enter");
  await until(() => page.asked.length, 2 * first);
  await trouble.getByText("cannot be reached").waitFor();
  for (const survey of (await page.frame.locator("#survey option").all()).slice(1, 4)) {
    const before = page.asked.length;
    await page.frame.locator("#survey").selectOption(await survey.getAttribute("value"));
    await until(() => page.asked.length, before + first);
  }
  await settled(page, 1000);
  assert.equal(page.asked.length, 5 * first);
  await close(page, usual);
});

withImages("a host that is silent is given up within three seconds", async () => {
  const page = await open(() => new Promise(() => {}));
  const silent = page.frame.getByRole("alert").getByText("has not answered within");
  const [, patience_s] = (await silent.textContent()).match(/within ([\d.]+) s/);
  assert.ok(patience_s < 3, patience_s);
  await close(page, usual);
});

withImages("once the network is back, trying again shows the images", async () => {
  let isUp = false;
  const page = await open((route) => isUp && hips(route), `&survey=${own}`);
  const trouble = page.frame.getByRole("alert");
  await trouble.getByText("hips.test cannot be reached").waitFor();
  isUp = true;
  await trouble.getByRole("button", { name: "Try again" }).click();
  await trouble.waitFor({ state: "hidden" });
  await showsOrange(page);
  // An address that fails is asked a few times, then never again. What is not asked has no answer.
  const ask = (...addresses) =>
    inFrame(page).evaluate(async (all) => {
      for (const address of all) {
        const late = new Promise((end) => setTimeout(end, 500));
        await Promise.race([fetch(address).catch(() => 0), late]);
      }
    }, addresses);
  await ask(...Array(5).fill("https://gone.test/tile"));
  assert.equal(page.asked.filter((url) => url === "https://gone.test/tile").length, 3);
  await trouble.waitFor({ state: "hidden" });
  // When the survey itself does not answer any more, nothing is asked.
  isUp = false;
  await ask(...Array.from({ length: 8 }, (_, i) => `https://gone.test/${i}`));
  await trouble.getByText("no longer answers").waitFor();
  const asked = page.asked.length;
  await ask(`${own}/Norder3/other`);
  assert.equal(page.asked.length, asked);
  isUp = true;
  await trouble.getByRole("button", { name: "Try again" }).click();
  await showsOrange(page);
  await close(page, usual);
});

withImages("a survey of the reader's by its address", async () => {
  const page = await open(hips);
  const survey = page.frame.getByLabel("Survey");
  await survey.selectOption({ label: "another, by its address …" });
  const address = page.frame.getByLabel("Address of a HiPS");
  await address.fill("no address");
  await address.press("Enter");
  assert.match(await address.evaluate((node) => node.validationMessage), /HiPS/);
  await address.fill("https://hips.test/other");
  await address.press("Enter");
  await page.frame.getByRole("alert").getByText("hips.test cannot be reached").waitFor();
  await survey.selectOption({ label: "another, by its address …" });
  await address.fill(`${own}/`);
  await address.press("Enter");
  await showsOrange(page);
  assert.equal(new URL(page.url()).searchParams.get("survey"), own);
  assert.equal(await survey.inputValue(), own);
  await page.reload();
  await showsOrange(page);
  await close(page, usual);
});

withImages("what is no HiPS is called by its name", async () => {
  const headers = { "access-control-allow-origin": "*" };
  const page = await open(
    async (route) => {
      await route.fulfill({ headers, body: "<html>Hello</html>" });
      return true;
    },
    `&survey=https://page.test/x`,
  );
  await page.frame.getByRole("alert").getByText("There is no HiPS at https://page.test/x").waitFor();
  // What is no address at all is not asked for.
  await page.goto(`${served.url}/?images=on&survey=${encodeURIComponent("javascript:alert(1)")}`);
  await until(() => page.frame.locator("#survey").inputValue(), "CDS/P/DSS2/color");
  await close(page, usual);
});

withImages("selected sources have the colours of their groups", async () => {
  const page = await open(hips, `&survey=${own}`);
  await showsOrange(page);
  await inFrame(page).evaluate(() => {
    window.addEventListener("message", ({ data }) => {
      if (data.type === "sources") window.lastSources = data.sources;
    });
  });
  await page.locator("aside, .filters").getByRole("checkbox", { name: /^YSO/ }).first().check();
  await page.locator("aside, .filters").getByRole("checkbox", { name: /^AGN/ }).first().check();
  const told = () => inFrame(page).evaluate(() => window.lastSources ?? []);
  const sources = (await sourcesOf(served)).filter(({ group }) => ["YSO", "AGN"].includes(group));
  let colors;
  await until(async () => {
    colors = new Map();
    for (const [ra, dec, color] of await told()) {
      const near = sources.filter((one) => separation(one, { ra, dec }) < 0.5 / 3600);
      for (const { group } of near) colors.set(color, [...(colors.get(color) ?? []), group]);
    }
    return [...colors.values()].map((groups) => [...new Set(groups)].sort().join()).sort();
  }, ["AGN", "YSO"]);
  await close(page, usual);
});

withImages("the footprint of the catalog is an overlay, where the server has it", async () => {
  let moc = null;
  const open_ = async () => {
    const page = await open(hips, `&survey=${own}`);
    await page.route("**/api/moc", (route) =>
      moc ? route.fulfill({ json: moc }) : route.fulfill({ status: 404, json: {} }),
    );
    await page.reload();
    await showsOrange(page);
    return page;
  };
  let page = await open_();
  const box = page.frame.getByRole("checkbox", { name: "Footprint" });
  assert.equal(await box.count(), 0);
  await close(page, usual);
  moc = { 5: Array.from({ length: 12 * 4 ** 5 }, (_, i) => i).filter((i) => i % 2) };
  page = await open_();
  const white = () => pixelsOf(page, [255, 255, 255]);
  const before = await white();
  await page.frame.getByRole("checkbox", { name: "Footprint" }).check();
  await until(async () => (await white()) > before + 200, true, "lines");
  await until(() => new URL(page.url()).searchParams.get("footprint"), "on");
  await page.frame.getByRole("checkbox", { name: "Footprint" }).uncheck();
  await until(async () => (await white()) < before + 100, true, "no lines");
  await close(page, usual);
});

withImages("a table of the reader's is an overlay", async () => {
  const page = await open(hips, `&survey=${own}`);
  await showsOrange(page);
  const yellow = () => pixelsOf(page, [255, 216, 77]);
  const file = page.frame.locator("#table");
  const said = page.frame.locator("#table-note");
  await file.setInputFiles({ name: "mine.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await until(() => said.textContent(), "2 positions; 1 rows have none");
  await until(async () => (await yellow()) > 50, true, "squares");
  await page.frame.getByRole("button", { name: "mine.csv ×" }).click();
  await until(async () => (await yellow()) < 10, true, "no squares");
  await file.setInputFiles({ name: "bad.csv", mimeType: "text/csv", buffer: Buffer.from("a,b\n1,2\n") });
  await said.getByText("bad.csv: no columns look like positions").waitFor();
  const votable =
    "<VOTABLE><RESOURCE><TABLE><FIELD name='RAJ2000' unit='deg' datatype='double'/>" +
    "<FIELD name='DEJ2000' unit='deg' datatype='double'/><DATA><TABLEDATA>" +
    "<TR><TD>200.2</TD><TD>40</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";
  const data = await inFrame(page).evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], "far.vot"));
    return transfer;
  }, votable);
  await page.frame.locator("#sky").dispatchEvent("drop", { dataTransfer: data });
  await until(() => said.textContent(), "1 position");
  // It lies elsewhere: the images and the map go there.
  await until(async () => (await yellow()) > 20, true, "a square");
  await until(() => new URL(page.url()).searchParams.get("view")?.split(",").map((x) => Math.round(x)).slice(0, 2), [200, 40]);
  await close(page, usual);
});

withImages("axe finds nothing in the page of the images", async () => {
  const page = await open(blocked, "", "/images");
  await page.getByRole("alert").getByText("cannot be reached").waitFor();
  await page.getByLabel("Survey").selectOption({ label: "another, by its address …" });
  assert.deepEqual(await axeFaults(page), []);
  await close(page, usual);
});
