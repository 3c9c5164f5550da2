// The pages as a client of SAMP's Web Profile: with a hub that is made up here, and with that of
// jsamp and a client of astropy if they are installed.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import { createInterface } from "node:readline";
import { axeFaults, close, newPage } from "./browser.mjs";
import { until } from "./reader.mjs";
import { Served, setUp, tearDown } from "./served.mjs";

const address = "http://localhost:21012/";
let browser, run, served;
before(async () => {
  ({ browser, run } = await setUp(undefined, []));
  served = await Served.start([run.at("run"), "--samp"]);
});
after(async () => {
  await served?.end();
  await tearDown();
});

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const encoded = (value) =>
  typeof value === "string"
    ? `<value>${escaped(value)}</value>` // without a type, as the standard permits
    : Array.isArray(value)
      ? `<value><array><data>${value.map(encoded).join("")}</data></array></value>`
      : `<value><struct>${Object.entries(value)
          .map(([name, member]) => `<member><name>${escaped(name)}</name>${encoded(member)}</member>`)
          .join("")}</struct></value>`;

/** Answers the calls of a page, and records them as [method, [texts]]. */
class FakeHub {
  calls = [];
  waiting = []; // callbacks for the page
  table = "";

  async serve(page) {
    await page.context().route(`${address}**`, (route) => this.answer(route));
  }
  async answer(route) {
    const headers = { "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*" };
    const request = route.request();
    if (request.method() === "OPTIONS") return route.fulfill({ status: 200, headers });
    if (request.method() === "GET")
      return route.fulfill({ status: 200, headers, body: this.translated(request.url()) });
    const body = request.postData();
    const method = body.match(/<methodName>samp\.webhub\.(\w+)</)[1];
    const texts = [...body.matchAll(/<(?:string|name)>([^<]*)</g)].map(([, text]) =>
      text.replaceAll("&lt;", "<").replaceAll("&amp;", "&"),
    );
    this.calls.push([method, texts]);
    if (method === "declareSubscriptions") assert.ok(this.last("allowReverseCallbacks"));
    const result = await this.result(method);
    if (result === null) return route.abort();
    const said =
      method === "register" && this.refuses
        ? `<fault>${encoded({ faultCode: "1", faultString: "the user says no" })}</fault>`
        : `<params><param>${encoded(result)}</param></params>`;
    const answer = `<?xml version="1.0"?><methodResponse>${said}</methodResponse>`;
    return route.fulfill({ status: 200, headers, contentType: "text/xml", body: answer });
  }
  translated(url) {
    this.asked = decodeURIComponent(url.split("translate?")[1]);
    return this.table;
  }
  async result(method) {
    if (method === "register")
      return { "samp.private-key": "k", "samp.self-id": "c1", "samp.url-translator": "http://127.0.0.1:21012/translate?" };
    if (method === "getSubscribedClients") return { c2: {} };
    if (method === "getMetadata") return { "samp.name": "TOPCAT" };
    if (method !== "pullCallbacks") return {};
    for (let i = 0; i < 20 && !this.waiting.length && !this.ended; ++i)
      await new Promise((resolve) => setTimeout(resolve, 50));
    return this.ended ? null : this.waiting.splice(0);
  }
  /** Sends the page a message; a call if it has an id. */
  send(type, parameters, id = "") {
    const message = { "samp.mtype": type, "samp.params": parameters };
    this.waiting.push({
      "samp.methodName": `samp.webclient.${id ? "receiveCall" : "receiveNotification"}`,
      "samp.params": id ? ["c2", id, message] : ["c2", message],
    });
  }
  /** The texts of the last call of a method. */
  last = (method) => this.calls.findLast(([one]) => one === method)?.[1];
}

async function opened(path, hub = new FakeHub(), options = {}) {
  const isAllowed = (url) => url.startsWith(`${served.url}/`) || url.startsWith(address);
  const page = await newPage(browser, isAllowed, options);
  page.context().setDefaultTimeout(60_000);
  await hub.serve(page);
  await page.goto(served.url + path);
  await page.getByText("Send", { exact: true }).click();
  return { page, hub };
}
async function connected(path, options) {
  const { page, hub } = await opened(path, undefined, options);
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByRole("button", { name: "Disconnect" }).waitFor();
  return { page, hub };
}
const sentTo = (page, text) => page.getByRole("status").getByText(text).waitFor();

test("without --samp there is no button, and the browser refuses to connect", async () => {
  const strict = await Served.start([run.at("run")]);
  const page = await strict.open(browser, "/table");
  await page.getByText("Copy as", { exact: true }).waitFor();
  assert.equal(await page.getByText("Send", { exact: true }).count(), 0);
  const refused = await page.evaluate((url) => fetch(url).then(() => "read", (e) => e.message), address);
  assert.match(refused, /fetch/);
  await close(page, /Content Security Policy|Refused to connect/);
  await strict.end();
});

test("the selection, its rows and a position are sent", async () => {
  const { page, hub } = await connected("/table?class=QSO&center=83.8,-5.4", { bypassCSP: true });
  assert.deepEqual(await axeFaults(page), []);
  assert.deepEqual(hub.calls.slice(0, 2).map(([method]) => method), ["register", "declareMetadata"]);
  assert.deepEqual(hub.last("register"), ["samp.name", "uhuru"]);
  await page.getByRole("button", { name: "Send the selection" }).click();
  await sentTo(page, /^Sent: .*sources/);
  const table = hub.last("notifyAll");
  assert.equal(table[0 + table.indexOf("samp.mtype") + 1], "table.load.votable");
  const url = table[table.indexOf("url") + 1];
  assert.equal(url, `${served.url}/api/download?class=QSO&format=votable`);
  await page.locator(".send select").selectOption("TOPCAT");
  await page.getByRole("button", { name: "Send all sources" }).click();
  await page.getByRole("button", { name: "Select rows there" }).click();
  await sentTo(page, /selected rows/);
  assert.equal(hub.last("notify")[1], "c2");
  const rows = hub.last("notifyAll");
  const list = rows.slice(rows.indexOf("row-list") + 1);
  const { ids } = await served.json("/api/sources?class=QSO&limit=1000");
  assert.deepEqual(list.map(Number), ids.map((id) => id - 1));
  assert.equal(rows[rows.indexOf("table-id") + 1], hub.last("notify")[hub.last("notify").indexOf("table-id") + 1]);
  await page.getByRole("button", { name: "Point there" }).click();
  await sentTo(page, "Sent: 83.8 -5.4");
  assert.deepEqual(hub.last("notifyAll").slice(-4), ["ra", "83.8", "dec", "-5.4"]);
  await page.getByRole("button", { name: "Disconnect" }).click();
  await until(() => hub.last("unregister"), ["k"]);
  await close(page, /ERR_ABORTED|signal is aborted/);
});

test("messages of others move the mark, select and lead to sources", async () => {
  const { page, hub } = await connected("/table");
  hub.send("coord.pointAt.sky", { ra: "10.5", dec: "-20.25" }, "m1");
  await sentTo(page, "TOPCAT points at 10.5 -20.25");
  await page.waitForURL(/center=10.5,-20.25/);
  await until(() => hub.last("reply")?.slice(1, 4), ["m1", "samp.status", "samp.ok"]);
  hub.send("coord.pointAt.sky", { ra: "north", dec: "" }, "m2");
  await until(() => hub.last("reply")?.slice(1, 4), ["m2", "samp.status", "samp.error"]);

  await page.getByRole("button", { name: "Send all sources" }).click();
  await sentTo(page, /^Sent/);
  const table = hub.last("notifyAll");
  const { name } = await served.json("/api/source?id=8");
  hub.send("table.highlight.row", { "table-id": table[table.indexOf("table-id") + 1], row: "7" });
  await page.getByRole("status").getByRole("link", { name: `TOPCAT highlights ${name}` }).waitFor();

  const where = () => new URL(page.url()).searchParams.get("where");
  const votable = (fields, rows) =>
    `<VOTABLE xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE>${fields}<DATA><TABLEDATA>${rows
      .map((row) => `<TR>${row.map((cell) => `<TD>${cell}</TD>`).join("")}</TR>`)
      .join("")}</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>`;
  hub.table = votable('<FIELD name="x"/><FIELD name="Name"/>', [["1", name], ["2", "it's"]]);
  hub.send("table.load.votable", { url: "file:///tmp/t.vot", name: "t" }, "m3");
  await sentTo(page, "TOPCAT has sent 2 names");
  assert.equal(hub.asked, "file:///tmp/t.vot");
  assert.equal(where(), `named('${name}', 'it''s')`);
  hub.table = votable(
    '<FIELD name="DE" ucd="pos.eq.dec;meta.main"/><FIELD name="ra"/>',
    [["-5", "83"], ["", "1"], ["6", "7.5"]],
  );
  hub.send("table.load.votable", { url: "http://localhost/t.vot" }, "m4");
  await sentTo(page, "TOPCAT has sent 2 positions");
  assert.equal(where(), "near(1, 83, -5, 7.5, 6)");
  hub.table = "<html><body>no table</body></html>";
  hub.send("table.load.votable", { url: "http://localhost/t.vot" }, "m5");
  await until(() => hub.last("reply")?.slice(1, 4), ["m5", "samp.status", "samp.error"]);
  assert.match(hub.last("reply").at(-1), /has no VOTable/);

  hub.ended = true;
  await sentTo(page, "The SAMP hub has ended");
  await page.getByRole("button", { name: "Connect" }).waitFor();
  await close(page, /Failed to load resource|ERR_/);
});

test("a hub that refuses, or is not there", async () => {
  const hub = new FakeHub();
  hub.refuses = true;
  const { page } = await opened("/table", hub);
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByRole("alert").getByText("The SAMP hub refused: the user says no").waitFor();
  await page.context().unroute(`${address}**`);
  await page.context().route(`${address}**`, (route) => route.abort());
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByRole("alert").getByText("No SAMP hub answers on this machine").waitFor();
  await close(page, /Failed to load resource|ERR_/);
});

const jar = "/usr/share/java/jsamp.jar";
const client = `
import json, pathlib, sys, astropy.samp as samp, astropy.table
samp.conf.use_internet = False
client = samp.SAMPIntegratedClient(name="receiver")
client.connect()
def receive(key, sender, message, type, parameters, extra):
    found = {"type": type, "parameters": parameters}
    if "url" in parameters:
        found["rows"] = len(astropy.table.Table.read(parameters["url"], format="votable"))
    print(json.dumps(found), flush=True)
client.bind_receive_notification("table.load.votable", receive)
client.bind_receive_notification("coord.pointAt.sky", receive)
print(json.dumps({"type": "ready"}), flush=True)
sys.stdin.readline()
client.notify_all({"samp.mtype": "coord.pointAt.sky", "samp.params": {"ra": "12", "dec": "13"}})
sys.stdin.readline()
astropy.table.Table({"RA": [1.5, 2.5], "Dec": [3, 4]}).write("positions.vot", format="votable")
url = pathlib.Path("positions.vot").absolute().as_uri()
client.notify_all({"samp.mtype": "table.load.votable", "samp.params": {"url": url}})
sys.stdin.readline()
client.disconnect()
`;
const isFree = () =>
  new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen(21012, "localhost", () => server.close(() => resolve(true)));
  });

test("the hub of jsamp, and astropy", async (t) => {
  if (!existsSync(jar) || spawnSync("/usr/bin/python3", ["-c", "import astropy.samp"]).status !== 0)
    return t.skip("there is no jsamp or no astropy");
  if (!(await isFree())) return t.skip("another hub uses the port");
  const environment = { ...process.env, HOME: run.scratch, SAMP_HUB: "", JAVA_TOOL_OPTIONS: `-Duser.home=${run.scratch}` };
  delete environment.SAMP_HUB;
  const java = ["-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djsamp.localhost=127.0.0.1"];
  const hub = spawn(
    "java",
    [...java, "-jar", jar, "hub", "-mode", "no-gui", "-profiles", "std,web", "-web:auth", "true"],
    { env: environment, stdio: "ignore" },
  );
  let python;
  try {
    await until(async () => existsSync(`${run.scratch}/.samp`) && !(await isFree()), true);
    python = spawn("/usr/bin/python3", ["-W", "ignore", "-c", client], {
      env: environment,
      cwd: run.scratch,
    });
    const lines = createInterface(python.stdout)[Symbol.asyncIterator]();
    const next = async () => JSON.parse((await lines.next()).value);
    assert.equal((await next()).type, "ready");
    const isAllowed = (url) => url.startsWith(`${served.url}/`) || url.startsWith(address);
    const page = await newPage(browser, isAllowed);
    page.context().setDefaultTimeout(60_000);
    await page.goto(`${served.url}/table?class=QSO`);
    await page.getByText("Send", { exact: true }).click();
    await page.getByRole("button", { name: "Connect" }).click();
    await page.locator(".send select").selectOption("receiver");
    await page.getByRole("button", { name: "Send the selection" }).click();
    const found = await next();
    assert.equal(found.type, "table.load.votable");
    assert.equal(found.rows, (await served.json("/api/sources?class=QSO&limit=1")).total);
    python.stdin.write("\n");
    await sentTo(page, "receiver points at 12 13");
    python.stdin.write("\n");
    await sentTo(page, "receiver has sent 2 positions");
    assert.equal(new URL(page.url()).searchParams.get("where"), "near(1, 1.5, 3, 2.5, 4)");
    python.stdin.write("\n");
    await page.getByRole("button", { name: "Disconnect" }).click();
    await close(page, /ERR_ABORTED|signal is aborted/);
  } finally {
    python?.kill();
    hub.kill();
  }
});
