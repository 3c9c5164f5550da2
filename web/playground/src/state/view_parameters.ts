// The parameters of one view in the address. A view on a page of its own has them as they are
// ("x=hard_hs"); of several views on one page, each has its own ("2.x=hard_hs"). What all views
// share, such as filters and colours, is in state/url.ts.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { change, query, type Changes } from "./url.js";

export interface ViewParameters {
  id: string; // "" on a page of its own
  get(name: string): string | null;
  all(): URLSearchParams; // without the id
  change(changes: Changes, kind?: "step" | "on the way"): void;
}

export function parametersOf(id: string): ViewParameters {
  const prefix = id && `${id}.`;
  return {
    id,
    get: (name) => query.value.get(prefix + name),
    all() {
      const result = new URLSearchParams();
      for (const [name, value] of query.value)
        if (name.startsWith(prefix)) result.append(name.slice(prefix.length), value);
      return result;
    },
    change: (changes, kind) =>
      change(
        Object.fromEntries(Object.entries(changes).map(([name, to]) => [prefix + name, to])),
        kind,
      ),
  };
}

const ViewContext = createContext(parametersOf(""));
export const ViewProvider = ViewContext.Provider;
export const useView = (): ViewParameters => useContext(ViewContext);

/** Whether a view beside this one shows the source that is opened, so that no card is needed. */
export const SourceViewContext = createContext(false);
