import { useEffect, useRef, useState } from "preact/hooks";
import { isAbort, isSilence } from "../api.js";
import { returns } from "./alive.js";

export interface Loaded<T> {
  value: T | null; // the previous answer while the next one is loading, or the server is silent
  error: unknown;
  loading: boolean;
}

/** The result of `load`, which is called again when `keys` change, and when a server that did not
 *  answer is back; null loads nothing. */
export function useLoad<T>(
  load: ((signal: AbortSignal) => Promise<T>) | null,
  keys: unknown[],
): Loaded<T> {
  const [state, set] = useState<Loaded<T>>({ value: null, error: null, loading: load !== null });
  const failed = useRef(false);
  const [retries, retry] = useState(0);
  const back = returns.value;
  useEffect(() => {
    if (failed.current) retry(back);
  }, [back]);
  useEffect(() => {
    failed.current = false;
    if (!load) return set({ value: null, error: null, loading: false });
    const controller = new AbortController();
    set((before) => ({ ...before, loading: true }));
    load(controller.signal).then(
      (value) => controller.signal.aborted || set({ value, error: null, loading: false }),
      (error) => {
        if (controller.signal.aborted || isAbort(error)) return;
        failed.current = isSilence(error);
        set(({ value }) =>
          failed.current && value !== null
            ? { value, error: null, loading: false }
            : { value: null, error, loading: false },
        );
      },
    );
    return () => controller.abort();
  }, [...keys, retries]);
  return state;
}
