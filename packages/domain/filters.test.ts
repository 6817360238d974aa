import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { filterCommit } from "./filters.ts";
import { defaultGitConfig } from "./git-config.ts";
import type { PushedCommit } from "./push.ts";

function commit(message: string, rest: Partial<PushedCommit> = {}): PushedCommit {
  const author = { name: "Developer", email: "dev@example.com", username: null };
  const unknown = {
    parents: null,
    committer: null,
    authoredAt: null,
    committedAt: null,
    files: null,
    url: null,
    patchId: null,
  };
  return { hash: "a".repeat(40), message, author, ...unknown, ...rest };
}

function by(name: string | null, username: string | null = null, email: string | null = null) {
  return commit("Bump a", { author: { name, username, email } });
}

const rule = (pushed: PushedCommit, config: Partial<typeof defaultGitConfig> = {}, branch: string | null = "main") =>
  filterCommit(pushed, branch, { ...defaultGitConfig, ...config })?.rule ?? null;

describe("filterCommit", () => {
  it("lets ordinary work through", () => {
    expect(rule(commit("Merge the two parsers into one"))).toBeNull();
    expect(rule(commit("Merge branch handling was wrong"))).toBeNull();
    expect(rule(commit(""))).toBeNull();
  });

  it("leaves out what matches an exclude pattern in its first line, and says which", () => {
    const config = { ...defaultGitConfig, exclude_patterns: ["^chore", String.raw`(?i)\[skip billing\]`] };
    expect(filterCommit(commit("Fix [Skip Billing]"), "main", config)).toEqual({
      rule: "exclude_pattern",
      reason: String.raw`The message matches the exclude pattern (?i)\[skip billing\]`,
    });
    expect(rule(commit("Fix\n\nchore\n[skip billing]"), config)).toBeNull();
    expect(rule(commit("Chore: tidy"), config)).toBeNull();
  });

  it("matches nothing by a pattern that does not compile", () => {
    expect(rule(commit("anything"), { exclude_patterns: ["(", ""] })).toBeNull();
  });

  it("goes by the parents where they are known", () => {
    expect(rule(commit("Release", { parents: ["b", "c"] }))).toBe("merge");
    expect(rule(commit("Merge branch 'a'", { parents: ["b"] }))).toBeNull();
    expect(rule(commit("Merge branch 'a'", { parents: [] }))).toBeNull();
  });

  it.each([
    ["Merge branch 'feature/test' into main", "merge"],
    ["Merge pull request #108 from someone/update-readme", "merge"],
    ["Merge remote-tracking branch 'origin/main'", "merge"],
    ["Merge tag 'v1.0' into develop", "merge"],
    ["Merge branches 'a' and 'b'", "merge"],
    ["Merged PR 12: Add login", null],
    ["Merged in feature (pull request #138)", null],
    ["Merge pull requests view", null],
  ])("goes by the default merge message where parents are not known: %s", (message, expected) => {
    expect(rule(commit(message))).toBe(expected);
  });

  it.each([
    ["chore(release): 1.4.0", "release"],
    ["release: v2.0.0-rc.1", "release"],
    ["v1.2.3", "release"],
    ["1.2.3", "release"],
    ["Release 3.0", "release"],
    ["chore: release 1.2.0", "release"],
    ["@shop/basket@1.2.3", "release"],
    ["Bump version to 1.2.4", "release"],
    ["Version Packages", "release"],
    ["[maven-release-plugin] prepare release shop-1.2", "release"],
    ["Bump lodash from 4.17.20 to 4.17.21", "dependency"],
    ["build(deps): bump lodash from 4.17.20 to 4.17.21 in /web", "dependency"],
    ["build(deps-dev): bump the lint group with 3 updates", "dependency"],
    ["fix(deps): update dependency zod to v4", "dependency"],
    ["Update dependency react to v19", "dependency"],
    ["Lock file maintenance", "dependency"],
    ["Support 2.0", null],
    ["Add v2.0 of the API", null],
    ["Release the database connection", null],
    ["Bump the contrast of the buttons", null],
    ["Update dependencies and mend what broke", null],
    ["feat: 1.2.3", null],
  ])("tells releases and raised dependencies by their subject: %s", (message, expected) => {
    expect(rule(commit(message))).toBe(expected);
    const all = { ignore_releases: false, ignore_dependencies: false };
    expect(rule(commit(message), all)).toBeNull();
  });

  it("takes an upgrade for work where it changes other files than those that name versions", () => {
    const file = (path: string) => ({ path, status: "modified" as const, additions: 1, deletions: 1, binary: false });
    const raised = (...paths: string[]) => rule(commit("Update dependency react to v19", { files: paths.map(file) }));
    expect(raised("package.json", "package-lock.json")).toBe("dependency");
    expect(raised("package.json", "src/app.tsx")).toBeNull();
  });

  it("leaves out merges and programs only where the project does", () => {
    expect(rule(commit("Release", { parents: ["b", "c"] }), { ignore_merges: false })).toBeNull();
    expect(rule(by("renovate[bot]"), { ignore_bots: false })).toBeNull();
  });

  it("leaves out what takes an earlier commit back where the project says so", () => {
    const revert = `Revert "Add the basket"\n\nThis reverts commit ${"b".repeat(40)}.`;
    expect(rule(commit(revert))).toBeNull();
    expect(rule(commit(revert), { revert_rule: "ignore" })).toBe("revert");
    expect(rule(commit(`Basket (#4)\n\n* Add it\n\n* ${revert}`), { revert_rule: "ignore" })).toBeNull();
  });

  it("leaves out programs, by name, login or address", () => {
    expect(rule(by("dependabot[bot]"))).toBe("bot");
    expect(rule(by("Renovate Bot"))).toBe("bot");
    expect(rule(by("Someone", "github-actions[bot]"))).toBe("bot");
    expect(rule(by("CI", null, "41898282+github-actions[bot]@users.noreply.github.com"))).toBe("bot");
    expect(rule(by("Token", null, "project_123_bot_abc@noreply.gitlab.example.com"))).toBe("bot");
    expect(rule(by("Robot Abbot", "abbot", "abbot@example.com"))).toBeNull();
    expect(rule(by(null))).toBeNull();
  });

  it("wants a ticket in message or branch where the project says so", () => {
    expect(rule(commit("Fix"), { tickets_only: true })).toBe("tickets_only");
    expect(rule(commit("Fix ABC-1"), { tickets_only: true })).toBeNull();
    expect(rule(commit("Fix"), { tickets_only: true }, "feature/abc-1")).toBeNull();
    expect(rule(commit("Fix UTF-8"), { tickets_only: true }, null)).toBe("tickets_only");
  });

  it("gives a reason with every rule, and never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), fc.option(fc.string()), (message, pattern, name) => {
        const pushed = commit(message, { author: { name, email: name, username: name } });
        const config = { ...defaultGitConfig, exclude_patterns: [pattern], tickets_only: true };
        const filtered = filterCommit(pushed, name, config);
        if (filtered !== null) expect(filtered.reason.length).toBeGreaterThan(10);
      }),
    );
  });
});
