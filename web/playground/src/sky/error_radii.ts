// The radii of the error circles of positions, from a column that is carried along.
import { useMemo } from "preact/hooks";
import * as api from "../api.js";
import { useCatalog } from "../state/catalog.js";
import { useLoad } from "../state/load.js";

const perUnit: Record<string, number> = {
  arcsec: Math.PI / 180 / 3600,
  arcmin: Math.PI / 180 / 60,
  deg: Math.PI / 180,
  rad: 1,
};

/** The column with the errors of positions: by its UCD. */
const isPositionError = ({ role, ucd, unit, max }: api.Column): boolean =>
  role === "carried" && /^stat\.error;pos(\.|;|$)/.test(ucd) && unit in perUnit && max !== null;

/** The radius of a source by its index, in radians, as the map is near its middle; null if there are
 *  no errors. */
export function useErrorRadii(): ((index: number) => number) | null {
  const column = useCatalog().columns.find(isPositionError);
  const { value } = useLoad(column ? () => api.numbers(column.name) : null, [column?.name]);
  return useMemo(
    () => column && value && ((index: number) => value[index] * perUnit[column.unit]),
    [value],
  ) as ((index: number) => number) | null;
}
