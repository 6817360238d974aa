import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findBranchTickets, findTicketKeys, findTicketMentions, findTickets } from "./tickets.ts";

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
    ["ZD-123, FD-4 and HS-12", ["ZD-123", "FD-4", "HS-12"]],
    ["CU-86b1c2d Fix login, CU-9hz", ["CU-86b1c2d"]],
    ["CU-123", ["CU-123"]],
    ["see https://jira.example/jira/browse/ABC-9?focusedId=1#comment", ["ABC-9"]],
    ["https://acme.atlassian.net/jira/software/projects/ABC/boards/1?selectedIssue=ABC-10", ["ABC-10"]],
    ["https://acme.atlassian.net/servicedesk/customer/portal/2/HELP-3", ["HELP-3"]],
    ["https://app.asana.com/0/1201111111111111/1202222222222222/f", ["1202222222222222"]],
    ["https://app.asana.com/1/1200/project/1201/task/1202222222222222?focus=true", ["1202222222222222"]],
    ["https://app.clickup.com/t/86b1c2d", ["CU-86b1c2d"]],
    ["https://app.clickup.com/t/9001/DEV-42", ["DEV-42"]],
    ["https://acme.zendesk.com/agent/tickets/123", ["ZD-123"]],
    ["https://acme.freshdesk.com/a/tickets/123", ["FD-123"]],
    ["https://desk.zoho.eu/agent/acme/dep/tickets/details/7189000051431001", ["ZOHO-7189000051431001"]],
    ["https://secure.helpscout.net/conversation/88112233/1042/", ["HS-1042"]],
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
    "HS-256 and HS-512 signatures",
    "https://github.com/nodejs/node/issues/12 and nodejs/node#12",
    "https://acme.zendesk.com/hc/en-us/articles/360001-install, https://example.com/a/b/tickets.html#12",
    "https://app.asana.com/0/home/1201111111111111x, https://app.clickup.com/123/v/l/abc",
    "javascript:alert(1)/browse/ABC-1x http://[::1/browse/ABC-2",
    "a fix of #86b1c2d, #abcdef, #fff, #1a2b3c",
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
        for (const key of keys) expect(key).toMatch(/^(?:[A-Z][A-Z0-9_]+-[1-9]\d*|(?:AB)?#[1-9]\d*|CU-[a-z0-9]+)$/u);
      }),
    );
  });

  it("reads 64 KB in any shape without delay", () => {
    const started = performance.now();
    for (const part of [
      "a/",
      "a/b#",
      "CU-a",
      "https://a.b/-/issues/",
      "A",
      "A-",
      "AB",
      "#",
      "http://",
      "a.",
      "ABC-1",
      "www.",
      "color ",
      "_1",
    ]) {
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
    ["CU-86b1c2d_Fix-login_Dev-One", ["CU-86b1c2d"]],
    ["feature/cu-86b1c2d-login", ["CU-86b1c2d"]],
    ["feature/zd-123-refund", ["ZD-123"]],
    ["123-fix-login", []],
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

describe("findTicketMentions", () => {
  const find = (message: string, branch: string | null = null, pullRequestTitle: string | null = null) =>
    findTicketMentions({ message, branch, pullRequestTitle }).map(
      ({ key, form, isWeak }) => `${key} ${form}${isWeak ? " weak" : ""}`,
    );

  it("names the forms, and those that need a tracker as weak", () => {
    expect(find("Fix ABC-1, #2, acme/shop#3, AB#4, CU-86b1c2d, #86b1c2e")).toEqual([
      "ABC-1 project",
      "#2 number",
      "acme/shop#3 repository weak",
      "AB#4 board",
      "CU-86b1c2d short",
      "CU-86b1c2e short weak",
    ]);
    expect(find("https://git.example/group/sub/shop/-/work_items/7 https://github.com/acme/shop/issues/8")).toEqual([
      "group/sub/shop#7 address weak",
      "acme/shop#8 address weak",
    ]);
    expect(find("a line of src/index.ts#12")).toEqual([]);
  });

  it("puts the message before the pull request, and that before the branch", () => {
    expect(find("ABC-1", "feature/abc-3-x", "ABC-2: title (#9)")).toEqual([
      "ABC-1 project",
      "ABC-2 project",
      "#9 number",
      "ABC-3 project",
    ]);
    expect(find("Fix", "12-fix-login")).toEqual(["#12 number weak"]);
  });

  it("gives what is named twice once, as surely as it was named", () => {
    expect(find("Fix #12", "12-fix-login")).toEqual(["#12 number"]);
    expect(find("#86b1c2d", "CU-86b1c2d_x")).toEqual(["CU-86b1c2d short"]);
  });

  it("is quick, bounded and never throws, for any text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.webUrl({ withFragments: true, withQueryParameters: true }),
        (text, url) => {
          const mentions = findTicketMentions({
            message: `${text} ${url} ${text}`,
            branch: text,
            pullRequestTitle: url,
          });
          expect(mentions.length).toBeLessThanOrEqual(50);
        },
      ),
    );
  });
});
