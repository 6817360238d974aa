import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Boot } from "./app/boot.tsx";
import { applyTheme, readTheme } from "./app/theme.ts";
import "./styles.css";

applyTheme(readTheme());
// Where most people arrive: its code comes while it is asked what this installation is.
if (/^\/(?:inbox)?$/u.test(location.pathname)) {
  void import("./features/inbox/inbox-page.tsx").catch(() => undefined);
}
const container = document.getElementById("root");
if (container === null) throw new Error("index.html has no #root");
createRoot(container).render(
  <StrictMode>
    <Boot />
  </StrictMode>,
);
