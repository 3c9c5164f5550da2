// The prefix under which the server is published (`uhuru serve --public-url`). The server writes it
// into the <base> of the pages; everywhere else, paths are without it: "/table", "/api/catalog".

const prefix = new URL(document.baseURI).pathname; // "/" or "/xray/"

/** A path with the prefix, as the browser requests it: "/xray/table". */
export const addressAt = (path: string): string => prefix + path.slice(1);

/** The same with the host, for other programs. */
export const publicAddress = (path: string): string => location.origin + addressAt(path);

/** The path in the address bar without the prefix; "" if it is outside. */
export const shownPath = (): string =>
  location.pathname.startsWith(prefix) ? location.pathname.slice(prefix.length - 1) : "";
