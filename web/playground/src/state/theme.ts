// Light, dark, or the setting of the system; stored in this browser.
import { effect, signal } from "@preact/signals";

export type Theme = "auto" | "light" | "dark";

function remembered(): Theme {
  try {
    const theme = localStorage.getItem("theme");
    return theme === "light" || theme === "dark" ? theme : "auto";
  } catch {
    return "auto"; // storage may be forbidden
  }
}

const system = matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(system.matches);
system.addEventListener("change", () => (systemIsDark.value = system.matches));

export const theme = signal<Theme>(remembered());

let paper = false;

export const isDark = (): boolean =>
  !paper && (theme.value === "auto" ? systemIsDark.value : theme.value === "dark");

/** Draws a figure for a paper: it is light, whatever the page is. */
export function onPaper<T>(draw: () => T): T {
  const before = paper;
  paper = true;
  try {
    return draw();
  } finally {
    paper = before;
  }
}

effect(() => {
  const root = document.documentElement;
  if (theme.value === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme.value;
  try {
    localStorage.setItem("theme", theme.value);
  } catch {
    // then it lasts until the page is closed
  }
});
