import { availableParallelism } from "node:os";
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
    // Tests that start a stack wait more than they compute: two files at once take little more than half the time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // A shared machine may stall for seconds; what fails twice in a row is broken.
    retry: process.env["CI"] === undefined ? 0 : 1,
    testTimeout: 30_000,
    hookTimeout: 90_000,
  },
});
