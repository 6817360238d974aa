import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const absent = fileURLToPath(new URL("src/data/unused-supabase-parts.ts", import.meta.url));

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  plugins: [react(), tailwindcss()],
  resolve: {
    // supabase-js brings along its socket, file and function clients, passkeys, wallets and the administration of
    // accounts. This app asks none of them; without them its first load is 33 KiB (gzipped) smaller.
    alias: [
      { find: /^@supabase\/(?:realtime|storage|functions)-js$/u, replacement: absent },
      { find: /^\.\/lib\/(?:webauthn|web3\/ethereum)$/u, replacement: absent },
      { find: /^\.\/GoTrueAdminApi$/u, replacement: absent },
    ],
  },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2023",
    rolldownOptions: {
      output: {
        // One file for what every page stands on: it compresses better, and stays cached while the app changes.
        codeSplitting: {
          groups: [
            {
              name: "foundation",
              test: /node_modules\/(?:react|react-dom|scheduler|use-sync-external-store|@supabase|@tanstack\/(?:react-router|router-core|history|store|react-store|react-query|query-core))\//u,
            },
            {
              // What the inbox shares with other pages: small modules each, which would each be a file of its own.
              name: "shared",
              test: /web\/src\/(?:data\/(?:app|connection|query|session)|lib\/lazy-part|ui\/(?:badge|field|tabs)|features\/(?:inbox\/(?:inbox-row|totals)|projects\/effective-rate))\.tsx?$|packages\/database\/(?:client|errors)\.ts$|lucide-react\/dist\/esm\/icons\/(?:arrow-down|arrow-up|check|chevron-right|pencil|x)\.mjs$/u,
            },
          ],
        },
      },
    },
  },
});
