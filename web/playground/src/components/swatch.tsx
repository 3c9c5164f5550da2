// The sign of a group or class in legends and before names: its colour and shape.
import type { Look } from "../../../common/palette.js";
import { pathOf } from "../../../common/shapes.js";

export function Swatch({ look }: { look: Look }) {
  return (
    <svg class="swatch" viewBox="-1 -1 2 2" aria-hidden="true">
      <path d={pathOf(look.shape, 1)} style={{ fill: look.color }} />
    </svg>
  );
}
