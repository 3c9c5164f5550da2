// The colours of style sheets as numbers, for canvases.
import { isDark } from "./theme.js";

const known = new Map<string, string>();

/** A CSS colour ("var(--accent)") in the current theme, as "rgb(…)". */
export function cssColor(color: string): string {
  const key = `${isDark()} ${color}`;
  let result = known.get(key);
  if (result) return result;
  const probe = document.createElement("span");
  probe.style.color = color;
  probe.style.colorScheme = isDark() ? "dark" : "light"; // a figure is light on a dark page, too
  probe.style.setProperty("forced-color-adjust", "none"); // canvases keep their colours
  document.body.append(probe);
  result = getComputedStyle(probe).color;
  probe.remove();
  known.set(key, result);
  return result;
}

export function rgb(color: string): [number, number, number] {
  const [r, g, b] = (cssColor(color).match(/[\d.]+/g) ?? []).map(Number);
  return [r ?? 128, g ?? 128, b ?? 128];
}
