import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Boot } from "./app/boot.tsx";
import { applyTheme, readTheme } from "./app/theme.ts";
import "./styles.css";

applyTheme(readTheme());
const container = document.getElementById("root");
if (container === null) throw new Error("index.html has no #root");
createRoot(container).render(
  <StrictMode>
    <Boot />
  </StrictMode>,
);
