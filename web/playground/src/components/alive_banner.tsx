// Says that the server does not answer, or has another catalog.
import { attempt, down, replaced } from "../state/alive.js";

export function AliveBanner() {
  if (!down.value && !replaced.value) return null;
  return (
    <div class="alive-banner" role="alert">
      {down.value ? (
        <>
          <span>The server does not answer. The page goes on when it does.</span>
          <button type="button" class="button" onClick={() => attempt()}>
            Try now
          </button>
        </>
      ) : (
        <>
          <span>The server has another catalog now; this is the earlier one.</span>
          <button type="button" class="button" onClick={() => location.reload()}>
            Show the new one
          </button>
        </>
      )}
    </div>
  );
}
