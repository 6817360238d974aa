import { defineConfig } from "vitest/config";

export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  test: {
    include: [
      "packages/**/*.test.ts",
      "workers/**/*.test.ts",
      "web/src/**/*.test.ts",
      "supabase/tests/**/*.test.ts",
      "test/**/*.test.ts",
    ],
    testTimeout: 30_000,
    hookTimeout: 90_000,
  },
});
