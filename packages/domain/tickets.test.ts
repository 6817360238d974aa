import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findBranchTickets, findTicketKeys, findTickets } from "./tickets.ts";

describe("findTicketKeys", () => {
  it.each([
    ["ABC-123: fix login", ["ABC-123"]],
    ["[ABC-123] fix", ["ABC-123"]],
    ["(ABC-123, DEF2-4) fix", ["ABC-123", "DEF2-4"]],
    ["fix ABC-123.", ["ABC-123"]],
    ["ABC-123-fix", ["ABC-123"]],
    ["fix #12 and #12, closes #7", ["#12", "#7"]],
    ["Fix secrets (#700)", ["#700"]],
    ["GH-12 fix", ["#12"]],
    ["AB#77 fix", ["AB#77"]],
    ["see https://acme.atlassian.net/browse/ABC-9", ["ABC-9"]],
    ["see https://linear.app/acme/issue/ENG-42/some-title for DEF-1", ["ENG-42", "DEF-1"]],
    ["Maven plugin RCB_A-13 permits", ["RCB_A-13"]],
  ])("finds the tickets of %j", (text, expected) => {
    expect(findTicketKeys(text)).toEqual(expected);
  });

  it.each([
    "Use UTF-8 and UTF-16 with SHA-256, SHA-1",
    "ISO-8601, ISO-8859-1, RFC-2119, X-509, AES-256, IEEE-754, CP-1252, BASE-64",
    "CVE-2024-1234 and CWE-79",
    "https://example.com/ABC-123/#12 and www.example.com/ABC-1",
    "commit DEADBEEF-123 550E8400-E29B-41D4-A716-446655440000",
    "bump to ABC-1.2.3, ABC-1-2",
    "abc-123 in lower case",
    "owner/repo#12",
    "color: #333333 background #123",
    "change colour to #333",
    "&#123; ##12 #0 #12345678",
    "ABC-0, ABC-12x, xABC-12, A-1",
    "path/ABC-12/file",
    "",
  ])("finds none in %j", (text) => {
    expect(findTicketKeys(text)).toEqual([]);
  });

  it("lists each key once, and only keys, for any text", () => {
    const word = fc.constantFrom(
      "ABC-1",
      "#2",
      "UTF-8",
      "https://a.b/ABC-3",
      " ",
      "(",
      ")",
      ",",
      "x",
      "AB#4",
      "-",
      "é",
      "\n",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string({ unit: "binary", maxLength: 5 })), { maxLength: 30 }), (words) => {
        const keys = findTicketKeys(words.join(""));
        expect(new Set(keys).size).toBe(keys.length);
        for (const key of keys) expect(key).toMatch(/^(?:[A-Z][A-Z0-9_]+-[1-9]\d*|(?:AB)?#[1-9]\d*)$/u);
      }),
    );
  });

  it("reads 64 KB in any shape without delay", () => {
    const started = performance.now();
    for (const part of ["A", "A-", "AB", "#", "http://", "a.", "ABC-1", "www.", "color ", "_1"]) {
      findTicketKeys(part.repeat(Math.ceil(65_536 / part.length)));
    }
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe("findBranchTickets", () => {
  it.each([
    ["feature/abc-123-login", ["ABC-123"]],
    ["abc-123", ["ABC-123"]],
    ["ABC-123_login", ["ABC-123"]],
    ["refs/heads/alex/eng-42-some-title", ["ENG-42"]],
    ["fix-login-ABC-123", ["ABC-123"]],
    ["issue-12-login", ["#12"]],
    ["gh-12", ["#12"]],
    ["feature/ABC-1-ABC-2", ["ABC-1", "ABC-2"]],
    ["main", []],
    ["release-2024", []],
    ["release/v1-2", []],
    ["patch-1", []],
    ["hotfix/utf-8-names", []],
    ["sprint-12", []],
    ["dependabot/npm_and_yarn/lodash-4.17.21", []],
    ["fix-login-abc-123", []],
    ["", []],
  ])("reads the branch %s", (branch, expected) => {
    expect(findBranchTickets(branch)).toEqual(expected);
  });
});

describe("findTickets", () => {
  it("names those of the message first, then those of the branch, and groups under the first", () => {
    expect(findTickets("Fix DEF-2 and ABC-1", "feature/abc-1-x")).toEqual({
      primary: "DEF-2",
      keys: ["DEF-2", "ABC-1"],
    });
    expect(findTickets("Fix", "feature/abc-1-x")).toEqual({ primary: "ABC-1", keys: ["ABC-1"] });
    expect(findTickets("Fix", null)).toEqual({ primary: null, keys: [] });
  });
});
