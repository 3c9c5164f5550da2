import { FilterPanel } from "../components/filter_panel.js";

export function PropertiesPage() {
  return (
    <div class="work">
      <FilterPanel />
      <h1>Properties</h1>
    </div>
  );
}
