// The sources of the catalog at the positions of the reader's table, as a subset.
import { useState } from "preact/hooks";
import { Select } from "../components/basics.js";
import { count } from "../../../common/numbers.js";
import { broughtPositions, mostNear, nearExpression, type Brought } from "../state/brought.js";
import { useCatalog } from "../state/catalog.js";
import { filters } from "../state/filters.js";
import { addressOf, go } from "../state/url.js";

const radii = ["1", "2", "5", "10", "30"]; // arcsec

export function PositionsSubset({ brought }: { brought: Brought }) {
  const catalog = useCatalog();
  const [radius, setRadius] = useState("2");
  const positions = broughtPositions(brought) ?? [];
  const where = nearExpression(positions, Number(radius));
  if (!catalog.has_positions || !where) return null;
  const used = (where.split(",").length - 1) / 2;
  const select = (): void => {
    const others = [...new URLSearchParams(filters.value).keys()].map((name) => [name, null]);
    go(addressOf("/", { ...Object.fromEntries(others), view: null, where }));
  };
  return (
    <div class="near">
      <p class="buttons">
        <button type="button" class="button" onClick={select}>
          Make a subset of the catalog's sources at these positions
        </button>
        <Select
          label="within"
          options={radii.map((value) => ({ value, text: `${value}″` }))}
          value={radius}
          onChange={setRadius}
        />
      </p>
      {used === mostNear && (
        <p class="hint">Of the first {count(mostNear)} positions: an address has room for no more.</p>
      )}
    </div>
  );
}
