import { defaultGitConfig } from "@billhook/domain/git-config";
import { expect, test } from "vitest";
import { type PreviewCommit, previewCommits, pushedCommit, sumPreview } from "./commit-preview.ts";

const commit = (message: string, files: PreviewCommit["files"] = []): PreviewCommit => ({
  id: message,
  hash: "a".repeat(40),
  short_hash: "aaaaaaa",
  message,
  author_name: "Dev One",
  author_email: "dev.one@example.com",
  author_username: null,
  authored_at: "2026-03-02T09:15:00Z",
  committed_at: "2026-03-02T09:15:00Z",
  branch: "main",
  parents: null,
  files,
  files_changed: null,
  additions: null,
  deletions: null,
});
const now = new Date("2026-03-03T00:00:00Z");

test("a preview leaves out what the rules leave out, and counts only the rest", () => {
  const previews = previewCommits(
    [commit("Fix the basket [2h]"), commit("WIP: nothing"), commit("Merge branch 'main'")],
    { ...defaultGitConfig, exclude_patterns: ["^WIP"] },
    now,
  );
  expect(previews.map(({ filtered }) => filtered?.rule ?? null)).toEqual([null, "exclude_pattern", "merge"]);
  expect(sumPreview(previews)).toEqual({ drafts: 1, leftOut: 2, minutes: 120 });
});

test("files are read as they were recorded, and what is no file is passed over", () => {
  const files = [
    { path: "src/a.ts", status: "added", additions: 3, deletions: 0, binary: false },
    { path: "src/b.ts", status: "unheard", additions: "3" },
    { status: "added" },
    null,
  ];
  expect(pushedCommit(commit("x", files)).files).toEqual([
    { path: "src/a.ts", status: "added", additions: 3, deletions: 0, binary: false },
    { path: "src/b.ts", status: "modified", additions: null, deletions: null, binary: null },
  ]);
  expect(pushedCommit(commit("x", null)).files).toBeNull();
});
