// Starts Firefox for the tests, through WebDriver BiDi, and opens pages that record every problem.
import assert from "node:assert/strict";
import puppeteer from "puppeteer-core";

/** Firefox, which saves downloads in a folder. */
export const launch = (downloads) =>
  puppeteer.launch({
    browser: "firefox",
    protocol: "webDriverBiDi",
    executablePath: process.env.FIREFOX,
    headless: true,
    extraPrefsFirefox: {
      "browser.download.folderList": 2, // the folder that is named here
      "browser.download.dir": downloads,
      "browser.download.alwaysOpenPanel": false,
      "browser.download.always_ask_before_handling_new_types": false,
      "ui.systemUsesDarkTheme": 0,
    },
  });

/** Opens a path of a server. Problems are recorded in `page.troubles`: console messages (also
 *  about violations of the Content-Security-Policy), errors, and requests of anything else than this
 *  server. */
export async function open(browser, served, path, { width = 1280, height = 900 } = {}) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.setViewport({ width, height });
  page.troubles = [];
  page.on("console", (message) => page.troubles.push(message.text()));
  page.on("pageerror", (error) => page.troubles.push(error.message));
  page.on("dialog", (dialog) => {
    page.troubles.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!/^(blob|data):/.test(url) && !url.startsWith(served.url + "/"))
      page.troubles.push(`request of ${url.slice(0, 80)}`);
  });
  await page.goto(served.url + path);
  return page;
}

/** Closes a page that must have had no troubles. */
export async function close(page) {
  assert.deepEqual(page.troubles, []);
  await page.browserContext().close();
}

const xpath = (path) => `::-p-xpath(${path})`;
const within = (pane) => (pane ? `//section[@aria-label='${pane}']` : "");
export const button = (text, pane) => xpath(`${within(pane)}//button[normalize-space()='${text}']`);
export const link = (text) => xpath(`//a[normalize-space()='${text}']`);
export const menu = (label, pane) => xpath(`${within(pane)}//summary[normalize-space()='${label}']`);
export const field = (label, pane) =>
  xpath(`${within(pane)}//label[span='${label}']/*[self::select or self::textarea]`);
export const radio = (text) => xpath(`//label[span='${text}'][input]`);
/** Clicks as soon as there is something to click. */
export const click = async (page, selector) => (await page.waitForSelector(selector)).click();
export const choose = async (page, selector, value) =>
  (await page.waitForSelector(selector)).select(value);
export const textOf = (page, selector) =>
  page.$eval(selector, (node) => node.textContent).catch(() => null);
