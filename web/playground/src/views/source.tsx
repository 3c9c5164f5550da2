// A view of the source that was opened last in another view.
import { useEffect, useState } from "preact/hooks";
import * as api from "../api.js";
import { useSource } from "../components/source_peek.js";
import { SourcePage } from "../pages/source.js";
import { opened } from "../state/marked.js";
import { change, query } from "../state/url.js";

export function SourceView() {
  const name = query.value.get("source");
  const [id, setId] = useState<number | null>(null);
  const { source } = useSource(id);
  // A point was opened: its name goes into the address.
  useEffect(() => {
    if (opened.value !== null) setId(opened.value + 1);
  }, [opened.value]);
  useEffect(() => {
    if (source) change({ source: source.name });
  }, [source]);
  // A source was opened by its name: its point is marked.
  useEffect(() => {
    if (!name) return;
    const controller = new AbortController();
    api.source({ name }, controller.signal).then(
      (found) => (opened.value = found.id - 1),
      () => {}, // the page of the source says why
    );
    return () => controller.abort();
  }, [name]);
  if (!name)
    return <p class="empty">Click on a point or on the name of a source in another view.</p>;
  return <SourcePage key={name} name={name} />;
}
