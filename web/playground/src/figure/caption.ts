// What a figure says below itself.
import { count, counted } from "../../../common/numbers.js";
import type { Catalog } from "../api.js";
import { chips } from "../state/filters.js";
import { selected } from "../state/selection.js";

const date = (): string =>
  new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });

/** `what`: such as "Map of the sky in Galactic coordinates". */
export function captionOf(catalog: Catalog, what: string, colour: string): string {
  const number = selected.value?.count ?? catalog.sources;
  const filters = chips.value.map(({ label }) => label).join("; ");
  return [
    `${what}. Catalog ${catalog.title}`,
    ` (recipe ${catalog.recipe}, method ${catalog.method}`,
    catalog.simulated ? ", simulated detections)" : ")",
    `: ${count(number)} of ${counted(catalog.sources, "source")}`,
    filters ? `, selected by: ${filters}.` : ".",
    ` Colours: ${colour}. uhuru ${catalog.version}, ${date()}.`,
  ].join("");
}
