// A button that opens a small panel, which closes when the focus moves elsewhere.
import type { ComponentChildren } from "preact";

const gap = 4; // pixels between the button and the panel
const edge = 8; // pixels between the panel and the edge of the window

/** Puts the panel below its button, or above it where there is more room, and within the window: no
 *  view that it belongs to may cut it. */
function put(menu: HTMLDetailsElement): void {
  const panel = menu.querySelector<HTMLElement>(".menu-body");
  if (!menu.open || !panel) return;
  const button = menu.getBoundingClientRect();
  const [below, above] = [innerHeight - button.bottom - gap - edge, button.top - gap - edge];
  Object.assign(panel.style, { position: "fixed", inset: "auto", maxHeight: `${Math.max(below, above)}px` });
  const { width, height } = panel.getBoundingClientRect();
  const isBelow = height <= below || below >= above;
  panel.style.left = `${Math.max(edge, Math.min(button.left, innerWidth - width - edge))}px`;
  panel.style.top = `${isBelow ? button.bottom + gap : Math.max(edge, button.top - gap - height)}px`;
}

export function Menu(props: { label: string; class?: string; children: ComponentChildren }) {
  return (
    <details
      class="menu"
      onToggle={(event) => put(event.currentTarget)}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.currentTarget.open = false;
        event.currentTarget.querySelector("summary")?.focus();
      }}
      onFocusOut={(event) => {
        const to = event.relatedTarget as Node | null;
        if (to && !event.currentTarget.contains(to)) event.currentTarget.open = false;
      }}
    >
      <summary>{props.label}</summary>
      {/* Focusable, so that a click on its text does not close it. */}
      <div class={`menu-body ${props.class ?? ""}`} tabIndex={-1}>
        {props.children}
      </div>
    </details>
  );
}
