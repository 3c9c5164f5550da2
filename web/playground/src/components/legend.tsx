// The legend of the colours: buttons that toggle a filter for the values of a text column, or a
// colour bar for numbers.
import { count, figure } from "../../../common/numbers.js";
import { useCatalog } from "../state/catalog.js";
import type { Coloring, Scale } from "../state/coloring.js";
import { listed, toggle } from "../state/filters.js";
import { colorOf, Swatch, useCounts, valuesOf } from "./facet.js";

function Values({ name }: { name: string }) {
  const catalog = useCatalog();
  const counts = useCounts(name);
  const chosen = listed(name);
  const of = new Map(counts?.map((one) => [one.value ?? "", one.count]));
  const values = valuesOf(catalog, name, counts ?? []).filter((value) => of.get(value) !== 0);
  return (
    <ul class="legend" aria-label={`Colours by ${name}`}>
      {values.map((value, i) => (
        <li key={value}>
          <button
            type="button"
            class={chosen.length && !chosen.includes(value) ? "out" : undefined}
            aria-pressed={chosen.includes(value)}
            title={`Only ${value || "missing"}`}
            onClick={() => toggle(name, value)}
          >
            <Swatch color={colorOf(catalog, name, value) ?? `var(--k${i % 8})`} />
            {value || "no " + name}{" "}
            <span class="number">{counts && count(of.get(value) ?? 0)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Bar({ scale }: { scale: Scale }) {
  const colors = Array.from({ length: 25 }, (_, i) => scale.color(i / 24));
  const { low, high, isLog, column } = scale;
  const middle = isLog ? Math.sqrt(low * high) : (low + high) / 2;
  return (
    <figure class="color-bar">
      <figcaption>
        {column.name}
        {column.unit && ` (${column.unit})`}
      </figcaption>
      <div class="bar" style={{ background: `linear-gradient(to right, ${colors.join(", ")})` }} />
      <div class="ends">
        <span>{figure(low)}</span>
        <span>{figure(middle)}</span>
        <span>{figure(high)}</span>
      </div>
    </figure>
  );
}

export function Legend({ coloring }: { coloring: Coloring }) {
  return coloring.scale ? <Bar scale={coloring.scale} /> : <Values key={coloring.name} name={coloring.name} />;
}
