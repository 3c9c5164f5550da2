import { FilterPanel } from "../components/filter_panel.js";

export function SkyPage() {
  return (
    <div class="work">
      <FilterPanel />
      <h1>Sky</h1>
    </div>
  );
}
