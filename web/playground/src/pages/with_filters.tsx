// A page of one view, beside the filters.
import type { ComponentChildren } from "preact";
import { FilterPanel } from "../components/filter_panel.js";

export function WithFilters({ children }: { children: ComponentChildren }) {
  return (
    <div class="work">
      <FilterPanel />
      {children}
    </div>
  );
}
