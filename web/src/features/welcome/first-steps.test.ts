import { expect, it } from "vitest";
import { readFirstSteps } from "./first-steps.ts";

it("a workspace that holds nothing goes on with its first client", () => {
  expect(readFirstSteps({ projects: 0, repositories: 0, commits: false })).toMatchObject({ done: 1, next: "work" });
});

it("a project without a repository goes on with that", () => {
  expect(readFirstSteps({ projects: 1, repositories: 0, commits: false })).toMatchObject({
    done: 2,
    next: "repository",
  });
});

it("nothing is next once commits came, also where their project is archived", () => {
  expect(readFirstSteps({ projects: 0, repositories: 0, commits: true })).toMatchObject({ done: 4, next: null });
});
