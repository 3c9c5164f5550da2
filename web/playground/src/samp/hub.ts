// A client of SAMP's Web Profile (IVOA, SAMP 1.3, sec. 5): a page registers with the hub on the
// reader's machine, which asks the reader first, and fetches its messages by long requests.
import {
  asList,
  asMap,
  asText,
  methodCall,
  resultOf,
  type Value,
  type ValueMap,
} from "./xml_rpc.js";

const address = "http://localhost:21012/";
const longPoll_s = 10;

export interface Message {
  sender: string; // its id
  type: string;
  parameters: ValueMap;
}
export interface Client {
  id: string;
  name: string;
}

export class Hub {
  private readonly ending = new AbortController();

  private constructor(
    private readonly key: string,
    private readonly translator: string,
  ) {}

  /** Registers; the hub shows the reader a question with `metadata`. */
  static async register(metadata: ValueMap): Promise<Hub> {
    const name = { "samp.name": metadata["samp.name"] };
    const given = asMap(await call("samp.webhub.register", [name]));
    // jsamp gives 127.0.0.1, which the pages' security policy does not name.
    const translator = asText(given["samp.url-translator"]).replace("//127.0.0.1:", "//localhost:");
    const hub = new Hub(asText(given["samp.private-key"]), translator);
    await hub.ask("declareMetadata", [metadata]);
    return hub;
  }

  /** Receives messages of these types until `unregister`; a call is answered when `receive` is done
   *  with it. `lost` is called once if the hub ends. */
  async listen(
    types: string[],
    receive: (message: Message) => void | Promise<void>,
    lost: (error: unknown) => void,
  ): Promise<void> {
    await this.ask("allowReverseCallbacks", ["1"]);
    await this.ask("declareSubscriptions", [Object.fromEntries(types.map((type) => [type, {}]))]);
    void this.poll(receive, lost);
  }

  private async poll(
    receive: (message: Message) => void | Promise<void>,
    lost: (error: unknown) => void,
  ): Promise<void> {
    while (!this.ending.signal.aborted) {
      let callbacks: Value[];
      try {
        callbacks = asList(await this.ask("pullCallbacks", [`${longPoll_s}`]));
      } catch (error) {
        if (!this.ending.signal.aborted) lost(error);
        return;
      }
      for (const callback of callbacks) void this.handle(asMap(callback), receive);
    }
  }

  private async handle(
    callback: ValueMap,
    receive: (message: Message) => void | Promise<void>,
  ): Promise<void> {
    const method = asText(callback["samp.methodName"]).replace(/^samp\.webclient\./, "");
    const given = asList(callback["samp.params"]);
    const isCall = method === "receiveCall";
    if (!isCall && method !== "receiveNotification") return;
    const content = asMap(given[isCall ? 2 : 1]);
    const message = {
      sender: asText(given[0]),
      type: asText(content["samp.mtype"]),
      parameters: asMap(content["samp.params"]),
    };
    let answer: ValueMap = { "samp.status": "samp.ok", "samp.result": {} };
    try {
      await receive(message);
    } catch (error) {
      const text = error instanceof Error ? error.message : `${error}`;
      answer = {
        "samp.status": "samp.error",
        "samp.result": {},
        "samp.error": { "samp.errortxt": text },
      };
    }
    // The hub may be gone by now.
    if (isCall) await this.ask("reply", [given[1], answer]).catch(() => undefined);
  }

  /** The clients that want messages of a type. */
  async subscribers(type: string): Promise<Client[]> {
    const ids = Object.keys(asMap(await this.ask("getSubscribedClients", [type])));
    return Promise.all(
      ids.map(async (id) => {
        // One that has just left is no reason to miss the others.
        return { id, name: await this.nameOf(id).catch(() => id) };
      }),
    );
  }

  /** The name of a client, or its id. */
  async nameOf(id: string): Promise<string> {
    return asText(asMap(await this.ask("getMetadata", [id]))["samp.name"]) || id;
  }

  /** Sends a message to one client, or without `to`, to all that want it; nobody answers. */
  async notify(type: string, parameters: ValueMap, to = ""): Promise<void> {
    const message = { "samp.mtype": type, "samp.params": parameters };
    await (to ? this.ask("notify", [to, message]) : this.ask("notifyAll", [message]));
  }

  /** An address of the reader's machine as the hub passes it on to pages. */
  translated(url: string): string {
    const isOwn = url.startsWith(`${location.origin}/`);
    return this.translator && !isOwn ? this.translator + encodeURIComponent(url) : url;
  }

  /** Also when the page is closed. */
  unregister(): void {
    this.ending.abort();
    const body = methodCall("samp.webhub.unregister", [this.key]);
    void fetch(address, { method: "POST", headers, body, keepalive: true }).catch(() => undefined);
  }

  private ask(method: string, parameters: Value[]): Promise<Value> {
    return call(`samp.webhub.${method}`, [this.key, ...parameters], this.ending.signal);
  }
}

const headers = { "Content-Type": "text/xml" };

async function call(method: string, parameters: Value[], signal?: AbortSignal): Promise<Value> {
  let answer: Response;
  try {
    answer = await fetch(address, {
      method: "POST",
      headers,
      body: methodCall(method, parameters),
      signal,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Error("No SAMP hub answers on this machine: start TOPCAT or Aladin");
  }
  if (!answer.ok) throw new Error(`The SAMP hub answered ${answer.status}`);
  return resultOf(await answer.text());
}
