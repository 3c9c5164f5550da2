// The name of a class with its colour.
import { classColor } from "../../../common/palette.js";
import { classesOf, useCatalog, CatalogContext } from "../state/catalog.js";
import { useContext } from "preact/hooks";

export function ClassName({ name }: { name: string | null }) {
  const catalog = useContext(CatalogContext);
  if (!name) return <span class="missing">no class</span>;
  const classes = catalog && classesOf(catalog);
  const color = classes ? classColor(classes.classes.indexOf(name), classes) : "var(--none)";
  return (
    <span class="class-name">
      <span class="swatch" style={{ background: color }} aria-hidden="true" />
      {name}
    </span>
  );
}

/** The colour of each class of the catalog. */
export function useClassColor(): (name: string) => string {
  const classes = classesOf(useCatalog());
  return (name) => classColor(classes.classes.indexOf(name), classes);
}
