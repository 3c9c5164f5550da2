// The description of the catalog, for all components.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Classes } from "../../../common/palette.js";
import type { Catalog, Column } from "../api.js";

export const CatalogContext = createContext<Catalog | null>(null);

export function useCatalog(): Catalog {
  const catalog = useContext(CatalogContext);
  if (!catalog) throw new Error("there is no catalog yet");
  return catalog;
}

export const columnOf = (catalog: Catalog, name: string): Column | undefined =>
  catalog.columns.find((column) => column.name === name);

/** The name with the unit, as on axes. */
export const titleOf = ({ name, unit }: Pick<Column, "name" | "unit">): string =>
  unit ? `${name} (${unit})` : name;

/** The column with the probability of a group; older catalogs have none. */
export const groupColumn = (catalog: Catalog, group: string): Column | undefined =>
  catalog.columns.find(
    (column) => column.role === "probability of group" && column.name === `group_${group}`,
  );

/** Groups and classes as the palette numbers them. */
export function classesOf(catalog: Catalog): Classes {
  return {
    groups: catalog.groups,
    classes: catalog.classes.map((one) => one.name),
    group_of_class: catalog.classes.map((one) => catalog.groups.indexOf(one.group)),
  };
}

/** The numeric columns, features first. */
export function numericColumns(catalog: Catalog): Column[] {
  const numeric = catalog.columns.filter((column) => column.type !== "text" && column.min !== null);
  const isFeature = (column: Column): boolean => column.role === "feature";
  return [...numeric.filter(isFeature), ...numeric.filter((column) => !isFeature(column))];
}
