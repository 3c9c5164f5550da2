// Where the pages are: the server may answer under a prefix (`--public-url`), which it writes into the
// page's <base>. Inside the pages, a path is that of the server's routes: "/table", "/api/catalog".

const prefix = new URL(document.baseURI).pathname; // "/", or "/xray/"

/** A path of the server as the browser reaches it: "/xray/table". */
export const addressAt = (path: string): string => prefix + path.slice(1);

/** The same with the host, for other programs. */
export const publicAddress = (path: string): string => location.origin + addressAt(path);

/** The path that the browser shows, without the prefix. */
export const shownPath = (): string =>
  location.pathname.startsWith(prefix) ? location.pathname.slice(prefix.length - 1) : "";
