// Controls that stand on the map, and in a menu where there is no room for them.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Menu } from "./menu.js";

const narrow = matchMedia("(max-width: 50rem)");

export function useNarrow(): boolean {
  const [isNarrow, set] = useState(narrow.matches);
  useEffect(() => {
    const changed = () => set(narrow.matches);
    narrow.addEventListener("change", changed);
    return () => narrow.removeEventListener("change", changed);
  }, []);
  return isNarrow;
}

/** `class`: of the menu, "tools-fold" at the top or "legend-fold" at the bottom. */
export function Fold(props: { label: string; class: string; children: ComponentChildren }) {
  if (!useNarrow()) return <>{props.children}</>;
  return (
    <div class={`fold ${props.class}`}>
      <Menu label={props.label}>{props.children}</Menu>
    </div>
  );
}
