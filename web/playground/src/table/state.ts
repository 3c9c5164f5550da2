// The state of the table in the address: columns, order, page.
import type { Catalog, Column } from "../api.js";

export interface TableState {
  columns: Column[];
  sort: string;
  descending: boolean;
  page: number; // from 0
  rows: number;
  offset: number;
}

export const rowChoices = [25, 50, 100, 250];
const usualRows = 50;
const usualRoles = ["name", "ra", "dec", "class", "probability", "standing", "detections"];
const lastRole = "tail_probability";

/** The columns that are shown if the address names none. */
export function usualColumns(catalog: Catalog): Column[] {
  const of = (role: string) => catalog.columns.filter((column) => column.role === role);
  const features = of("feature").slice(0, 4);
  return [...usualRoles.flatMap(of), ...features, ...of(lastRole)];
}

export function tableState(catalog: Catalog, query: URLSearchParams): TableState {
  const named = query
    .getAll("columns")
    .map((name) => catalog.columns.find((column) => column.name === name))
    .filter((column) => column !== undefined);
  const name = catalog.columns.find((column) => column.role === "name")?.name ?? "";
  const rows = Number(query.get("rows"));
  const page = Math.max(0, Math.floor(Number(query.get("page"))) - 1) || 0;
  const sort = query.get("sort") ?? name;
  const state = {
    columns: named.length > 0 ? named : usualColumns(catalog),
    sort: catalog.columns.some((column) => column.name === sort && column.sortable) ? sort : name,
    descending: query.get("order") === "desc",
    page,
    rows: rowChoices.includes(rows) ? rows : usualRows,
  };
  return { ...state, offset: state.page * state.rows };
}
