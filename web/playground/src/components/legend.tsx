// The legend of the colours: buttons that toggle a filter for the values of a text column, or a
// colour bar for numbers.
import { count, figure } from "../../../common/numbers.js";
import { titleOf, useCatalog } from "../state/catalog.js";
import { bySubset, inNone, type Coloring, type Scale } from "../state/coloring.js";
import { listed, toggle } from "../state/filters.js";
import { noLook, otherLook, type Look } from "../../../common/palette.js";
import { subsets } from "../state/subsets.js";
import { lookOf, useCounts, valuesOf } from "./facet.js";
import { Swatch } from "./swatch.js";

function Values({ name }: { name: string }) {
  const catalog = useCatalog();
  const counts = useCounts(name);
  const chosen = listed(name);
  const of = new Map(counts?.map((one) => [one.value ?? "", one.count]));
  const all = valuesOf(catalog, name, counts ?? []);
  const values = all.filter((value) => !counts || of.has(value));
  // By the place among all values, as the points are.
  const look = (value: string): Look =>
    lookOf(catalog, name, value) ?? (value ? otherLook(all.indexOf(value)) : noLook);
  return (
    <ul class="legend" aria-label={`Colours by ${name}`}>
      {values.map((value) => (
        <li key={value}>
          <button
            type="button"
            class={chosen.length && !chosen.includes(value) ? "out" : undefined}
            aria-pressed={chosen.includes(value)}
            title={`Only ${value || "missing"}`}
            onClick={() => toggle(name, value)}
          >
            <Swatch look={look(value)} />
            {value || "no " + name}{" "}
            <span class="number">{counts && count(of.get(value) ?? 0)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** A colour bar with the values at its ends and in its middle. */
export function ColorBar(props: { title: string; values: number[]; color: (part: number) => string }) {
  const colors = Array.from({ length: 25 }, (_, i) => props.color(i / 24));
  return (
    <figure class="color-bar">
      <figcaption>{props.title}</figcaption>
      <div class="bar" style={{ background: `linear-gradient(to right, ${colors.join(", ")})` }} />
      <div class="ends">
        {props.values.map((value, i) => (
          <span key={i}>{figure(value)}</span>
        ))}
      </div>
    </figure>
  );
}

function Bar({ scale }: { scale: Scale }) {
  const { low, high, isLog, column } = scale;
  const middle = isLog ? Math.sqrt(low * high) : (low + high) / 2;
  return <ColorBar title={titleOf(column)} values={[low, middle, high]} color={scale.color} />;
}

function Subsets() {
  return (
    <ul class="legend" aria-label="Colours by subset">
      {subsets.value.map(({ name, hue }) => (
        <li key={name} class="entry">
          <Swatch look={otherLook(hue)} />
          {name}
        </li>
      ))}
      <li class="entry">
        <Swatch look={inNone} />
        in none
      </li>
    </ul>
  );
}

export function Legend({ coloring }: { coloring: Coloring }) {
  if (coloring.name === bySubset) return <Subsets />;
  return coloring.scale ? <Bar scale={coloring.scale} /> : <Values key={coloring.name} name={coloring.name} />;
}
