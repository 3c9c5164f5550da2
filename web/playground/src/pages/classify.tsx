// Classifies tables and single detections supplied by the reader.
import { useEffect, useRef, useState } from "preact/hooks";
import * as api from "../api.js";
import { Choice, ErrorBox, Select } from "../components/basics.js";
import { Caveat } from "../components/caveat.js";
import { count } from "../../../common/numbers.js";
import { useCatalog } from "../state/catalog.js";
import { bring, brought } from "../state/brought.js";
import { DropZone } from "../classify/drop_zone.js";
import type { Given } from "../classify/given.js";
import { Outcome } from "../classify/outcome.js";
import { TypedDetection } from "../classify/typed_detection.js";
import "../style/classify.css";

type Way = "file" | "typed";
const ways: [Way, string][] = [
  ["file", "A table"],
  ["typed", "One detection"],
];

export function ClassifyPage() {
  const catalog = useCatalog();
  const [model, setModel] = useState(brought.value?.model ?? catalog.models[0].id);
  const [way, setWay] = useState<Way>("file");
  const [given, setGiven] = useState<Given | null>(brought.value?.given ?? null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const latest = useRef(new AbortController()); // a new request aborts the previous one

  const classify = async (what: Given, by = model): Promise<void> => {
    latest.current.abort();
    const { signal } = (latest.current = new AbortController());
    brought.value = null;
    setGiven(what);
    setError(null);
    setBusy(true);
    try {
      if (what.bytes.size > catalog.upload_limit_bytes)
        throw new api.ApiError(
          "The file is too large",
          413,
          what.name,
          `at most ${count(catalog.upload_limit_bytes >> 20)} MiB`,
          `${count(Math.ceil(what.bytes.size / 2 ** 20))} MiB`,
        );
      const classified = await api.classify(by, what, signal);
      if (!signal.aborted) bring(what, by, classified);
    } catch (failure) {
      if (!signal.aborted) setError(failure);
    }
    if (!signal.aborted) setBusy(false);
  };
  useEffect(() => () => latest.current.abort(), []);
  const choose = (id: string): void => {
    setModel(id);
    if (given) void classify(given, id);
  };
  const chosen = catalog.models.find(({ id }) => id === model) ?? catalog.models[0];
  return (
    <div class="classify-page">
      <section class="give" aria-label="What to classify">
        <h1>Classify your own detections</h1>
        <p class="hint">
          The table is sent to this server, classified, and not stored. Missing values and missing
          columns are allowed.
        </p>
        <Select
          label="Model"
          options={catalog.models.map(({ id, title }) => ({ value: id, text: title }))}
          value={model}
          onChange={choose}
        />
        <p class="hint">
          Recipe {chosen.recipe}: {count(chosen.features.length)} features,{" "}
          {count(chosen.classes.length)} classes ({chosen.classes.join(", ")}).
        </p>
        <Caveat method={chosen.method} />
        <Choice label="What to classify" quiet options={ways} value={way} onChange={setWay} />
        {way === "file" ? (
          <DropZone model={chosen} limit={catalog.upload_limit_bytes} onGiven={classify} />
        ) : (
          <TypedDetection key={chosen.id} model={chosen} onGiven={classify} />
        )}
      </section>
      <section class="outcome" aria-live="polite" aria-busy={busy} aria-label="Result">
        {busy && <p class="loading">Classifying {given?.name} …</p>}
        {error ? (
          <ErrorBox error={error} />
        ) : brought.value ? (
          <Outcome brought={brought.value} model={chosen} />
        ) : (
          !busy && (
            <p class="empty">
              The classes will appear here, for each detection and for each source;{" "}
              {catalog.has_positions ? "the sky and the planes" : "the planes"} show them among the
              sources of the catalog.
            </p>
          )
        )}
      </section>
    </div>
  );
}
