export type Theme = "light" | "dark" | "system";

const STORAGE_KEY = "billhook.theme";

export function readTheme(): Theme {
  const stored = localStorage.getItem(STORAGE_KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

/** Sets the theme on this device; `system` follows the operating system. */
export function applyTheme(theme: Theme): void {
  if (theme === "system") {
    localStorage.removeItem(STORAGE_KEY);
    delete document.documentElement.dataset["theme"];
  } else {
    localStorage.setItem(STORAGE_KEY, theme);
    document.documentElement.dataset["theme"] = theme;
  }
}
