/** Calls `ask` with the newest argument only. While a request is running, only the newest argument
 *  waits; a request that takes longer than `patience_ms` is aborted in favour of it. So no queue
 *  builds up, and a slider that never rests still shows answers. */
export function latest<A, R>(
  ask: (argument: A, signal: AbortSignal) => Promise<R>,
  show: (result: R, argument: A) => void,
  fail: (error: unknown) => void,
  patience_ms = 400,
): (argument: A) => void {
  let running: { controller: AbortController; since: number } | null = null;
  let waiting: { argument: A } | null = null;

  const run = (argument: A): void => {
    const mine = { controller: new AbortController(), since: performance.now() };
    running = mine;
    const settle = (action: () => void): void => {
      if (running !== mine) return;
      running = null;
      action();
      if (waiting) {
        const next = waiting;
        waiting = null;
        run(next.argument);
      }
    };
    ask(argument, mine.controller.signal).then(
      (result) => settle(() => show(result, argument)),
      (error) => settle(() => waiting || fail(error)),
    );
  };

  return (argument) => {
    if (!running) return run(argument);
    if (performance.now() - running.since > patience_ms) {
      running.controller.abort();
      waiting = null;
      return run(argument);
    }
    waiting = { argument };
  };
}
