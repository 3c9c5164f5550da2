// Values that are too long for an address, such as a list of a thousand names: the browser keeps
// them, and the address names them.
const longest = 3000; // characters in an address
const prefix = "kept:";
const mostKept = 30;

const place = "uhuru long values"; // in the browser's storage

const known = new Map<string, string>();
const names = new Map<string, string>(); // of values, so that none is hashed for each link of a page

/** The names and values that the browser has, oldest first; none if its storage is switched off or
 *  was written by something else. */
function kept(): [string, string][] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(place) ?? "[]");
    const isEntry = (one: unknown): one is [string, string] =>
      Array.isArray(one) && one.length === 2 && one.every((part) => typeof part === "string");
    return Array.isArray(found) ? found.filter(isEntry) : [];
  } catch {
    return [];
  }
}

/** FNV-1a, as the name of a value. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; ++i) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return `${(hash >>> 0).toString(36)}-${text.length.toString(36)}`;
}

/** The value as it stands in an address. */
export function forAddress(value: string): string {
  if (value.length <= longest) return value;
  const before = names.get(value);
  if (before) return before;
  const name = prefix + hashOf(value);
  names.set(value, name);
  known.set(name, value);
  const others = kept().filter(([other]) => other !== name);
  // There may be less room than for so many; without storage, they last as long as the page.
  for (let most = Math.min(mostKept, others.length); most >= 0; --most)
    try {
      const left = others.slice(others.length - most);
      localStorage.setItem(place, JSON.stringify([...left, [name, value]]));
      break;
    } catch {
      // again, without the oldest
    }
  return name;
}

/** The value that an address names; as it is if this browser does not know it. */
export function fromAddress(value: string): string {
  if (!value.startsWith(prefix)) return value;
  if (!known.has(value)) for (const [name, text] of kept()) known.set(name, text);
  return known.get(value) ?? value;
}

/** Whether a value is kept in another browser than this. */
export const isElsewhere = (value: string): boolean => value.startsWith(prefix);
