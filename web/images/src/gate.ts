// Requests to other hosts. Aladin Lite asks again, at once and without end, for what it could not
// get. So an address that failed several times is not asked again, and when no host answers any
// more, none is asked.

const mostTries = 3; // of one address
const mostInARow = 8; // failures of any address until it is asked whether the survey still answers

/** The browser's own fetch, which is always let through. */
export const direct = window.fetch.bind(window);

const tries = new Map<string, number>(); // failed ones, by address
let inARow = 0;
let isClosed = false;
let isChecking = false;
let check: () => Promise<boolean> = () => Promise.resolve(true);
let lost: () => void = () => {};

/** `answers` asks the survey in use; `onLost` is called when it does not answer, after which
 *  nothing is asked until reopen(). */
export function watch(answers: () => Promise<boolean>, onLost: () => void): void {
  check = answers;
  lost = onLost;
}

export function reopen(): void {
  tries.clear();
  inARow = 0;
  isClosed = false;
}

function isOutside(address: string): boolean {
  const { protocol, origin } = new URL(address, document.baseURI);
  return /^https?:$/.test(protocol) && origin !== location.origin;
}

const mayAsk = (address: string): boolean => !isClosed && (tries.get(address) ?? 0) < mostTries;

function failed(address: string): void {
  tries.set(address, (tries.get(address) ?? 0) + 1);
  if (++inARow < mostInARow || isChecking || isClosed) return;
  isChecking = true;
  void check().then((answers) => {
    isChecking = false;
    inARow = 0;
    if (answers) return;
    isClosed = true;
    lost();
  });
}

window.fetch = (input, init) => {
  const address = input instanceof Request ? input.url : `${input}`;
  if (!isOutside(address)) return direct(input, init);
  // No answer: an error would be followed by the next request.
  if (!mayAsk(address)) return new Promise(() => {});
  return direct(input, init).then(
    (response) => {
      inARow = 0;
      return response;
    },
    (error: unknown) => {
      if (!(error instanceof DOMException && error.name === "AbortError")) failed(address);
      throw error;
    },
  );
};

const source = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src");
if (source?.set && source.get) {
  const { get, set } = source;
  Object.defineProperty(HTMLImageElement.prototype, "src", {
    ...source,
    get,
    set(this: HTMLImageElement, address: string) {
      if (isOutside(address)) {
        if (!mayAsk(address)) return;
        this.addEventListener("load", () => (inARow = 0), { once: true });
        this.addEventListener("error", () => failed(address), { once: true });
      }
      set.call(this, address);
    },
  });
}
