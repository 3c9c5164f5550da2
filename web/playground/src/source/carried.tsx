// The columns that the recipe carries from the input to the catalog.
import type { Source } from "../api.js";
import { CellText } from "../components/cell.js";
import { useCatalog } from "../state/catalog.js";

/** Nothing if there are none. */
export function Carried({ values }: { values: Source["values"] }) {
  const catalog = useCatalog();
  // Errors are shown with their features.
  const errors = catalog.columns.flatMap((column) => column.errors ?? []);
  const columns = catalog.columns.filter(
    ({ role, name }) => role === "carried" && !errors.includes(name),
  );
  if (columns.length === 0) return null;
  return (
    <section class="section">
      <h2>From the input</h2>
      <dl class="carried">
        {columns.map((column) => (
          <>
            <dt title={column.description}>
              {column.name}
              <span class="what">{column.description}</span>
            </dt>
            <dd>
              <CellText value={values[column.name] ?? null} column={column} />
              {column.unit && <span class="unit"> {column.unit}</span>}
            </dd>
          </>
        ))}
      </dl>
    </section>
  );
}
