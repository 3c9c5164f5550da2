// A menu with the selection as text for other programs.
import { useRef, useState } from "preact/hooks";
import * as api from "../api.js";
import { publicAddress } from "../state/base.js";
import { useCatalog } from "../state/catalog.js";
import * as copy from "../state/copy_as.js";
import { fromFilters } from "../state/expression.js";
import { filters } from "../state/filters.js";
import { useLoad } from "../state/load.js";
import { Choice, ErrorBox } from "./basics.js";
import { Menu } from "./menu.js";
import "../style/copy.css";

const kinds = [
  ["python", "Python"],
  ["numpy", "numpy"],
  ["stilts", "stilts"],
  ["adql", "ADQL"],
  ["curl", "curl"],
  ["address", "address"],
  ["condition", "condition"],
] as const;
type Kind = (typeof kinds)[number][0];

const download = (): string => publicAddress("/api/download");

/** The name of each selected source, for a query that names them. */
const namesOf = async (query: string, name: string, signal: AbortSignal) => {
  const found = await api.sources({ columns: [name], limit: copy.mostNames }, query, signal);
  return { total: found.total, names: found.rows.map(([one]) => `${one}`) };
};

function textOf(kind: Exclude<Kind, "adql">, query: string, catalog: api.Catalog): copy.Copied {
  switch (kind) {
    case "python":
      return copy.python(download(), query);
    case "numpy":
      return copy.pythonHere(download(), query, catalog);
    case "stilts":
      return copy.stilts(download(), query, catalog);
    case "curl":
      return copy.curl(download(), query);
    case "address": {
      const address = copy.tableAddress(download(), query);
      if (address) return { text: address, hint: "The selection as a VOTable." };
      return { text: "", hint: "The condition is too long for an address; curl can send it." };
    }
    case "condition": {
      const text = fromFilters(new URLSearchParams(query));
      return { text, hint: text ? "" : "All sources are selected." };
    }
  }
}

/** Puts a text on the clipboard. Without TLS, only pages of this machine may use the newer way. */
async function toClipboard(text: string, shown: HTMLTextAreaElement): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  shown.select();
  if (!document.execCommand("copy")) throw new Error("The browser does not let the page copy");
}

function Shown({ kind, copied }: { kind: Kind; copied: copy.Copied }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [said, say] = useState("");
  const label = kinds.find(([one]) => one === kind)?.[1];
  const copyIt = async () => {
    try {
      await toClipboard(copied.text, area.current as HTMLTextAreaElement);
      say("Copied");
    } catch (error) {
      say(error instanceof Error ? error.message : `${error}`);
    }
  };
  return (
    <>
      {copied.hint && <p class="hint">{copied.hint}</p>}
      {copied.text && (
        <>
          <textarea
            ref={area}
            readOnly
            spellcheck={false}
            wrap="off"
            rows={Math.min(16, copied.text.split("\n").length + 1)}
            aria-label={`The selection as ${label}`}
            value={copied.text}
          />
          <p class="copy-line">
            <button type="button" class="button" onClick={copyIt}>
              Copy
            </button>
            <span role="status">{said}</span>
          </p>
        </>
      )}
    </>
  );
}

function Adql() {
  const catalog = useCatalog();
  const archive = catalog.simulated ? null : catalog.mission.archive;
  const query = filters.value;
  const name = catalog.columns.find((one) => one.role === "name")?.name ?? "name";
  const { value, error } = useLoad(
    async (signal) => (archive ? namesOf(query, name, signal) : { total: 0, names: [] }),
    [query],
  );
  if (error) return <ErrorBox error={error} />;
  if (!value) return <p class="hint">Loading the names …</p>;
  return <Shown kind="adql" copied={copy.adql(archive, value.names, value.total)} />;
}

function Body() {
  const catalog = useCatalog();
  const [kind, setKind] = useState<Kind>("python");
  const query = filters.value;
  return (
    <div class="copy-as">
      <Choice label="Copy the selection as" quiet options={kinds} value={kind} onChange={setKind} />
      {kind === "adql" ? (
        <Adql />
      ) : (
        <Shown key={`${kind} ${query}`} kind={kind} copied={textOf(kind, query, catalog)} />
      )}
    </div>
  );
}

/** For the tools of any view. */
export function CopyAs() {
  return (
    <Menu label="Copy as">
      <Body />
    </Menu>
  );
}
