// Accepts a file that is dropped or chosen.
import { useState } from "preact/hooks";
import type { Model } from "../api.js";
import { count } from "../../../common/numbers.js";
import type { Given } from "./given.js";

const roles: Record<string, string> = {
  name: "Name of the source: detections of the same name are combined",
  observation: "Observation, which orders the detections of a source",
  ra: "Right ascension",
  dec: "Declination",
};

interface Props {
  model: Model;
  limit: number;
  onGiven: (given: Given) => void;
}

export function DropZone({ model, limit, onGiven }: Props) {
  const [over, setOver] = useState(false);
  const take = (files: FileList | null | undefined): void => {
    const file = files?.[0];
    if (file) onGiven({ name: file.name, file: file.name, bytes: file });
  };
  return (
    <>
      <label
        class={over ? "drop over" : "drop"}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take(event.dataTransfer?.files);
        }}
      >
        <strong>Drop a table here, or choose one</strong>
        <span>VOTable, FITS, ECSV, IPAC, CSV or TSV, optionally gzipped; at most {count(limit >> 20)} MiB</span>
        <input
          type="file"
          accept=".vot,.xml,.votable,.fits,.fit,.ecsv,.csv,.tsv,.txt,.gz"
          onChange={(event) => {
            take(event.currentTarget.files);
            event.currentTarget.value = ""; // so that the same file can be chosen again
          }}
        />
      </label>
      <details>
        <summary>Columns that recipe {model.recipe} expects</summary>
        <p class="hint">All may be absent, but for one of the features.</p>
        <dl class="inputs">
          {model.columns.map(({ role, names: [name, ...others] }) => (
            <>
              <dt>{name}</dt>
              <dd>
                {roles[role] ?? role}
                {others.length > 0 && <>; also called {others.join(", ")}</>}
              </dd>
            </>
          ))}
          {model.features.map((feature) => (
            <>
              <dt>{feature.name}</dt>
              <dd>
                {feature.description}
                {feature.columns.join() !== feature.name && (
                  <>; or computed from {feature.columns.join(", ")}</>
                )}
              </dd>
            </>
          ))}
        </dl>
      </details>
    </>
  );
}
