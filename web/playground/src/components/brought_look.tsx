// The reader's own detections among the sources of the catalog: how they look, and how many there
// are.
import { count } from "../../../common/numbers.js";
import { noLook, type Look } from "../../../common/palette.js";
import { brought } from "../state/brought.js";
import { useCatalog } from "../state/catalog.js";
import { coloredBy } from "../state/coloring.js";
import { useClassLook } from "./class_name.js";
import { lookOf } from "./facet.js";

/** How a detection of a class looks: like the catalog's sources of that class if they are coloured
 *  by group or class, so that one legend explains both; otherwise by class. */
export function useBroughtLook(): (name: string | null) => Look {
  const catalog = useCatalog();
  const byClass = useClassLook();
  if (coloredBy() !== "group") return byClass;
  const groups = new Map(catalog.classes.map(({ name, group }) => [name, group]));
  return (name) => lookOf(catalog, "group", groups.get(name ?? "") ?? "") ?? noLook;
}

/** Says how many are shown, and removes them. */
export function BroughtButton({ shown }: { shown: number }) {
  const all = brought.value?.result.read ?? shown;
  return (
    <button type="button" class="button" onClick={() => (brought.value = null)}>
      {count(shown)} of your detections {all > shown && `(${count(all)} in all) `}×
    </button>
  );
}
