import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const absent = fileURLToPath(new URL("src/data/unused-supabase-parts.ts", import.meta.url));

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  plugins: [react(), tailwindcss()],
  resolve: {
    // supabase-js brings its socket, file and function clients along; this app asks none of them. 25 KiB gzipped less.
    alias: {
      "@supabase/realtime-js": absent,
      "@supabase/storage-js": absent,
      "@supabase/functions-js": absent,
    },
  },
  build: { outDir: "dist", emptyOutDir: true, target: "es2023" },
});
