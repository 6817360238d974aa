import type { FileChange } from "@billhook/domain/push";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { categories, guessCategory } from "./category.ts";

const guess = (...paths: string[]) =>
  guessCategory(
    paths.map((path): FileChange => ({ path, status: "modified", additions: null, deletions: null, binary: null })),
  );

describe("guessCategory", () => {
  it.each([
    ["src/auth.ts", "Backend Development"],
    ["app/models/user.py", "Backend Development"],
    ["src/App.tsx", "Frontend Development"],
    ["web/src/main.ts", "Frontend Development"],
    ["server/views/api.ts", "Backend Development"],
    ["styles/site.scss", "Frontend Development"],
    ["supabase/migrations/1_users.sql", "Database Development"],
    ["app/migrations/0001_initial.py", "Database Development"],
    ["prisma/schema.prisma", "Database Development"],
    ["ios/Runner/AppDelegate.swift", "Mobile Development"],
    ["lib/main.dart", "Mobile Development"],
    [".github/workflows/ci.yml", "Infrastructure"],
    ["Dockerfile", "Infrastructure"],
    ["infra/main.tf", "Infrastructure"],
    ["src/auth.test.ts", "Testing"],
    ["docs/setup.md", "Documentation"],
    ["README.md", "Documentation"],
    ["package.json", "Development"],
    ["package-lock.json", "Development"],
    ["logo.png", "Development"],
  ])("takes %s for %s", (path, expected) => {
    expect(guess(path)).toBe(expected);
  });

  it("goes by most files, and by the order of the categories on a tie", () => {
    expect(guess("a.go", "b.tsx", "c.css")).toBe("Frontend Development");
    expect(guess("b.tsx", "a.go")).toBe("Backend Development");
  });

  it("lets tests and documentation decide only where nothing else does", () => {
    expect(guess("a.go", "a_test.go", "b_test.go", "README.md")).toBe("Backend Development");
    expect(guess("a_test.go", "README.md", "docs/b.md")).toBe("Documentation");
  });

  it("is plain development where nothing is known", () => {
    expect(guessCategory(null)).toBe("Development");
    expect(guessCategory([])).toBe("Development");
  });

  it("does not depend on the order of the files", () => {
    const path = fc.constantFrom("a.go", "b.tsx", "c.sql", "Dockerfile", "d.md", "e.test.ts", "yarn.lock", "f.swift");
    fc.assert(
      fc.property(fc.array(path), (paths) => {
        expect(guess(...paths.toReversed())).toBe(guess(...paths));
        expect([...categories, "Development"]).toContain(guess(...paths));
      }),
    );
  });
});
