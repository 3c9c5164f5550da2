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

export const isDark = (): boolean =>
  theme.value === "auto" ? systemIsDark.value : theme.value === "dark";

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
