// A button that opens a small panel, which closes when the focus moves elsewhere.
import type { ComponentChildren } from "preact";

export function Menu(props: { label: string; class?: string; children: ComponentChildren }) {
  return (
    <details
      class="menu"
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
