// A short summary of a source: in a tooltip, and in a card with a link to its page.
import { useEffect, useState } from "preact/hooks";
import { count, figure } from "../../../common/numbers.js";
import { noLook } from "../../../common/palette.js";
import * as api from "../api.js";
import type { Point, Size } from "../points/view.js";
import { groupColumn, useCatalog } from "../state/catalog.js";
import { sourceAddress } from "../state/url.js";
import { ErrorBox, Link } from "./basics.js";
import { lookOf } from "./facet.js";
import { Swatch } from "./swatch.js";

const known = new Map<number, api.Source>();
const mostKnown = 200;
const patience_ms = 70; // a pointer that only passes by sends no request

/** The source with an id, once it is loaded. */
export function useSource(id: number | null) {
  const [state, set] = useState<{ id: number | null; source: api.Source | null; error: unknown }>({
    id: null,
    source: null,
    error: null,
  });
  useEffect(() => {
    if (id === null) return set({ id, source: null, error: null });
    const source = known.get(id);
    if (source) return set({ id, source, error: null });
    set({ id, source: null, error: null });
    const controller = new AbortController();
    const timer = setTimeout(() => {
      api.source({ id }, controller.signal).then(
        (source) => {
          if (known.size >= mostKnown) known.clear();
          known.set(id, source);
          set({ id, source, error: null });
        },
        (error) => api.isAbort(error) || set({ id, source: null, error }),
      );
    }, patience_ms);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [id]);
  return state.id === id ? state : { id, source: null, error: null };
}

const text = (cell: api.Cell | undefined): string => (cell === null ? "" : `${cell ?? ""}`);
const number = (cell: api.Cell | undefined): number | null =>
  typeof cell === "number" ? cell : null;

/** Nothing if the number is not known. */
const countText = (n: number): string => (n > 0 ? count(n) : "");

function ClassOf({ source }: { source: api.Source }) {
  const catalog = useCatalog();
  const name = text(source.values.class);
  const probability = number(source.values.probability);
  return (
    <>
      <Swatch look={lookOf(catalog, "class", name) ?? noLook} />
      {name || "no class"}
      {probability !== null && <span class="number">{figure(probability)}</span>}
    </>
  );
}

/** Beside the pointer, within the stage. */
export function Tooltip({ id, at, size }: { id: number; at: Point; size: Size }) {
  const { source } = useSource(id);
  if (!source) return null;
  const [left, top] = at;
  const style = {
    left: left > size.width / 2 ? "auto" : `${left + 14}px`,
    right: left > size.width / 2 ? `${size.width - left + 14}px` : "auto",
    top: `${Math.min(top + 10, size.height - 60)}px`,
  };
  return (
    <div class="tooltip" style={style}>
      <strong>{source.name}</strong>
      <span class="line">
        <ClassOf source={source} />
      </span>
    </div>
  );
}

export function SourceCard({ id, onClose }: { id: number; onClose: () => void }) {
  const catalog = useCatalog();
  const { source, error } = useSource(id);
  let group = text(source?.values.group);
  const ofGroup = number(source?.values[groupColumn(catalog, group)?.name ?? ""]);
  if (ofGroup !== null) group += ` ${figure(ofGroup)}`;
  const row = (name: string, value: string) =>
    value && value !== "–" ? (
      <>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </>
    ) : null;
  return (
    <section class="card" aria-label="Source">
      <button type="button" class="close" aria-label="Close" onClick={onClose}>
        ×
      </button>
      {error !== null && <ErrorBox error={error} />}
      {!source && error === null && <p class="loading">…</p>}
      {source && (
        <>
          <h2>{source.name}</h2>
          <p class="line">
            <ClassOf source={source} />
          </p>
          <dl>
            {row("Group", group)}
            {row(
              "Detections",
              countText(number(source.values.detections) ?? source.detections.rows.length),
            )}
            {row("Tail probability", figure(number(source.values.tail_probability)))}
            {row("Position", source.position?.sexagesimal ?? "")}
          </dl>
          <Link class="more" href={sourceAddress(source.name)}>
            More about this source
          </Link>
        </>
      )}
    </section>
  );
}
