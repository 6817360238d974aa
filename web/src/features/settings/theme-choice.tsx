import { useState } from "react";
import { type Theme, applyTheme, readTheme } from "../../app/theme.ts";
import { Tabs } from "../../ui/tabs.tsx";

/** Light, dark, or as the device; kept on this device. */
export function ThemeChoice() {
  const [theme, setTheme] = useState<Theme>(readTheme);
  return (
    <Tabs
      label="Theme"
      value={theme}
      items={[
        { value: "system", label: "As the device" },
        { value: "light", label: "Light" },
        { value: "dark", label: "Dark" },
      ]}
      onChange={(chosen) => {
        applyTheme(chosen);
        setTheme(chosen);
      }}
    />
  );
}
