// The name of a class with its colour.
import { classLook, noLook, type Look } from "../../../common/palette.js";
import { classesOf, useCatalog, CatalogContext } from "../state/catalog.js";
import { useContext } from "preact/hooks";
import { Swatch } from "./swatch.js";

export function ClassName({ name }: { name: string | null }) {
  const catalog = useContext(CatalogContext);
  if (!name) return <span class="missing">no class</span>;
  const classes = catalog && classesOf(catalog);
  const look = classes ? classLook(classes.classes.indexOf(name), classes) : noLook;
  return (
    <span class="class-name">
      <Swatch look={look} />
      {name}
    </span>
  );
}

/** How each class of the catalog looks; other names look like none. */
export function useClassLook(): (name: string | null) => Look {
  const classes = classesOf(useCatalog());
  return (name) => (name ? classLook(classes.classes.indexOf(name), classes) : noLook);
}
