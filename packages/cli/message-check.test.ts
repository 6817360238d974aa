import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openClone } from "./clone.ts";
import { uninstallHook } from "./hook.ts";
import { describeRules, installCheck } from "./message-check.ts";
import { findMissing, type MessageRules } from "./message-rules.ts";
import { makeFolder, TestRepository } from "./test-repository.ts";

const rules: MessageRules = {
  mode: "enforce",
  wantsTime: true,
  wantsTicket: true,
  explicitPattern: null,
  excludePatterns: ["^chore\\(release\\)"],
};

describe("findMissing", () => {
  it.each(["Fix login [30m] ABC-12", "Fix login ABC-12\n\n#time 1h", "Fix login [1.5h]\n\nRefs #12"])(
    "lets %j pass",
    (message) => expect(findMissing(message, "main", rules)).toEqual([]),
  );

  it("takes the ticket from the branch", () => {
    expect(findMissing("Fix login [30m]", "feature/abc-12-login", rules)).toEqual([]);
  });

  it("names what is missing, and a time that cannot be meant", () => {
    expect(findMissing("Fix login", "main", rules)).toHaveLength(2);
    expect(findMissing("Fix login [90h] ABC-1", "main", rules)).toEqual([expect.stringMatching(/more than a day/u)]);
  });

  it.each([
    "Merge branch 'a'",
    'Revert "Fix login"',
    "fixup! Fix login",
    "chore(release): 1.2.0",
    "# only a comment\n",
    "",
  ])("asks nothing of %j", (message) => expect(findMissing(message, "main", rules)).toEqual([]));

  it("does not read comments or what stands below the scissors", () => {
    const message = "Fix login\n# [30m] ABC-1\n# ------------------------ >8 ------------------------\n+ [30m] ABC-1\n";
    expect(findMissing(message, "main", rules)).toHaveLength(2);
  });
});

describe("the commit-msg hook", () => {
  const commitIn = (repository: TestRepository, message: string): string | null => {
    writeFileSync(join(repository.folder, "file.txt"), `${message}\n${Math.random()}`);
    try {
      return repository.commit(message);
    } catch {
      return null;
    }
  };

  it("refuses, by choice, a commit without time and ticket, and steps aside when it is taken out", async () => {
    const repository = new TestRepository(makeFolder());
    const clone = await openClone(repository.folder);
    await installCheck(clone, rules, false);
    expect(commitIn(repository, "Fix login")).toBeNull();
    expect(commitIn(repository, "Fix login [30m] ABC-1")).not.toBeNull();
    await uninstallHook(clone);
    expect(commitIn(repository, "Fix logout")).not.toBeNull();
  });

  it("only reminds where that was chosen", async () => {
    const repository = new TestRepository(makeFolder());
    await installCheck(await openClone(repository.folder), { ...rules, mode: "remind" }, false);
    expect(commitIn(repository, "Fix login")).not.toBeNull();
    expect(describeRules(rules)).toBe("a time and a ticket, or it refuses");
  });

  it("takes less than a tenth of a second", async () => {
    const repository = new TestRepository(makeFolder());
    const hook = await installCheck(await openClone(repository.folder), rules, false);
    const message = join(repository.folder, "message");
    writeFileSync(message, `Fix login [30m] ABC-1\n\n${"Words. ".repeat(1000)}`);
    const run = (): number => {
      const started = performance.now();
      execFileSync(hook, [message], { cwd: repository.folder, stdio: "pipe" });
      return performance.now() - started;
    };
    // The quickest of some: other work on the machine is not the hook's.
    expect(Math.min(...Array.from({ length: 12 }, run))).toBeLessThan(100);
  });
});
