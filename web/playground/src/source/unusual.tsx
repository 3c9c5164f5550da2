// The features of a source that are extreme for its class, or for the catalog.
import type { Percentiles, Rank } from "../api.js";
import { isExtreme, percentileText } from "./reason_texts.js";

const mostListed = 6;

const tail = (rank: Rank | null): number =>
  rank === null ? 50 : Math.min(rank.percentile, 100 - rank.percentile);

export function Unusual({ percentiles }: { percentiles: Percentiles }) {
  const found = percentiles.columns
    .filter((one) => isExtreme(one.all) || isExtreme(one.class))
    .sort((a, b) => Math.min(tail(a.all), tail(a.class)) - Math.min(tail(b.all), tail(b.class)));
  if (found.length === 0)
    return <p>None of its values is among the 1 % lowest or highest of all sources, or of its class.</p>;
  return (
    <ul class="unusual">
      {found.slice(0, mostListed).map((one) => (
        <li key={one.name}>
          <strong>{one.name}</strong>
          {one.class && (
            <>
              : percentile {percentileText(one.class)} of {percentiles.class}
            </>
          )}
          {one.class ? ", " : ": percentile "}
          {percentileText(one.all)} of all sources
        </li>
      ))}
    </ul>
  );
}
