import { useEffect, useState } from "preact/hooks";
import { isAbort } from "../api.js";

export interface Loaded<T> {
  value: T | null; // the previous answer while the next one is loading
  error: unknown;
  loading: boolean;
}

/** The result of `load`, which is called again when `keys` change; null loads nothing. */
export function useLoad<T>(
  load: ((signal: AbortSignal) => Promise<T>) | null,
  keys: unknown[],
): Loaded<T> {
  const [state, set] = useState<Loaded<T>>({ value: null, error: null, loading: load !== null });
  useEffect(() => {
    if (!load) return set({ value: null, error: null, loading: false });
    const controller = new AbortController();
    set((before) => ({ ...before, loading: true }));
    load(controller.signal).then(
      (value) => controller.signal.aborted || set({ value, error: null, loading: false }),
      (error) =>
        controller.signal.aborted || isAbort(error) || set({ value: null, error, loading: false }),
    );
    return () => controller.abort();
  }, keys);
  return state;
}
