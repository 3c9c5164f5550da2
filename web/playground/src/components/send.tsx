// A menu that sends the selection to other programs by SAMP; nothing unless the server allows it.
import { useState } from "preact/hooks";
import { useCatalog } from "../state/catalog.js";
import { filters } from "../state/filters.js";
import { query } from "../state/url.js";
import * as samp from "../samp/session.js";
import { Link, Select } from "./basics.js";
import { Menu } from "./menu.js";
import "../style/copy.css";

export interface Position {
  ra: number;
  dec: number;
}

/** Where the map is marked, or else centred. */
function positionInAddress(): Position | null {
  for (const name of ["center", "view"]) {
    const [ra, dec] = (query.value.get(name) ?? "").split(",").map(Number);
    if (query.value.get(name) && Number.isFinite(ra + dec)) return { ra, dec };
  }
  return null;
}

/** Something to do that may fail: the error is shown as long as nothing else is done. */
function useDoing() {
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const act = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : `${problem}`);
    }
    setBusy(false);
  };
  return { error, busy, act };
}
type Act = ReturnType<typeof useDoing>["act"];

function Connected({ act, position }: { act: Act; position: Position | null }) {
  const catalog = useCatalog();
  const [to, setTo] = useState("");
  const programs = samp.receivers.value;
  const chosen = programs.some(({ id }) => id === to) ? to : "";
  const button = (label: string, work: () => Promise<void>, disabled = false) => (
    <button type="button" class="button" disabled={disabled} onClick={() => act(work)}>
      {label}
    </button>
  );
  const options = programs.map(({ id, name }) => ({ value: id, text: name }));
  return (
    <>
      {programs.length ? (
        <Select
          label="To"
          options={[{ value: "", text: "all programs" }, ...options]}
          value={chosen}
          onChange={setTo}
        />
      ) : (
        <p class="hint">No connected program takes tables.</p>
      )}
      <div class="send-buttons">
        {filters.value &&
          button(
            "Send the selection",
            () => samp.sendSelection(catalog.title, chosen),
            !programs.length,
          )}
        {button("Send all sources", () => samp.sendAll(catalog.title, chosen), !programs.length)}
        {samp.hasSentAll.value && filters.value && button("Select rows there", samp.selectRows)}
        {position &&
          button("Point there", () => samp.sendPosition(position.ra, position.dec))}
        {button("Disconnect", async () => samp.disconnect())}
      </div>
    </>
  );
}

function Body({ position }: { position: Position | null }) {
  const catalog = useCatalog();
  const { error, busy, act } = useDoing();
  const { text, href } = samp.notice.value ?? { text: "" };
  return (
    <div class="send" aria-busy={busy}>
      {samp.hub.value ? (
        <Connected act={act} position={position} />
      ) : (
        <>
          <p class="hint">
            To TOPCAT, Aladin or others that run on this machine: their SAMP hub asks whether this
            page may connect.
          </p>
          <button
            type="button"
            class="button"
            aria-disabled={busy}
            onClick={() => busy || act(() => samp.connect(catalog))}
          >
            {busy ? "Waiting for the hub …" : "Connect"}
          </button>
        </>
      )}
      {error && <p role="alert">{error}</p>}
      <p role="status">{href ? <Link href={href}>{text}</Link> : text}</p>
    </div>
  );
}

/** For the tools of any view; `position`: what the view is about. */
export function Send({ position }: { position?: Position | null }) {
  const catalog = useCatalog();
  if (!catalog.samp) return null;
  return (
    <Menu label="Send">
      <Body position={position ?? positionInAddress()} />
    </Menu>
  );
}
