import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConventional, parseMessage } from "./message.ts";

describe("parseMessage", () => {
  it("splits subject, body and trailers", () => {
    const message = "Fix login\n\nTokens expire.\nNow renewed.\n\nTime-Spent: 45m\nCo-authored-by: A <a@example.com>\n";
    expect(parseMessage(message)).toEqual({
      subject: "Fix login",
      body: "Tokens expire.\nNow renewed.",
      trailers: [
        { key: "Time-Spent", value: "45m" },
        { key: "Co-authored-by", value: "A <a@example.com>" },
      ],
    });
  });

  it("does the same with CRLF, a byte-order mark and blank lines in front", () => {
    const message = "Fix\n\nBody\n\nTime-Spent: 45m\n";
    expect(parseMessage(`\uFEFF\r\n${message.replaceAll("\n", "\r\n")}`)).toEqual(parseMessage(message));
  });

  it("takes an empty message for empty", () => {
    for (const empty of ["", "\n\n", " \r\n\t"])
      expect(parseMessage(empty)).toEqual({ subject: "", body: "", trailers: [] });
  });

  it("keeps a last paragraph of prose as body, even where one line has a colon", () => {
    expect(parseMessage("Fix\n\nNote: this is\nordinary prose\nof several lines\nand more.").trailers).toEqual([]);
    expect(parseMessage("Fix\n\nSee also\nthe wiki.\nSigned-off-by: A <a@example.com>").trailers).toHaveLength(1);
  });

  it("takes a line after the subject without a blank line for body", () => {
    expect(parseMessage("Fix\nTime-Spent: 45m")).toMatchObject({ body: "Time-Spent: 45m", trailers: [] });
  });

  it("joins continued trailers, and drops git's cherry-pick note and the rule above squashed trailers", () => {
    expect(parseMessage("Fix\n\nKey: one\n two\n(cherry picked from commit 0123456789abcdef)")).toMatchObject({
      body: "",
      trailers: [{ key: "Key", value: "one two" }],
    });
    expect(parseMessage("Fix\n\n* One\n\n---------\n\nCo-authored-by: A <a@example.com>").body).toBe("* One");
  });

  it("splits a message of 64 KB in any shape without delay", () => {
    const started = performance.now();
    for (const part of ["\n", "a: b\n", " \n", "-", "(", "a-", "x\r"]) parseMessage(part.repeat(65_536 / part.length));
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it("never throws and never puts a line end into the subject", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (message) => {
        expect(parseMessage(message).subject).not.toMatch(/[\r\n]/u);
      }),
    );
  });
});

describe("parseConventional", () => {
  it("reads type, scope, breaking mark and description", () => {
    expect(parseConventional("feat(api)!: add tokens")).toEqual({
      type: "feat",
      scope: "api",
      breaking: true,
      description: "add tokens",
    });
    expect(parseConventional("Fix: typo")).toEqual({ type: "fix", scope: null, breaking: false, description: "typo" });
  });

  it("leaves other subjects alone", () => {
    for (const subject of [
      "Add tokens",
      "feat:add",
      "feat add: tokens",
      "https://example.com",
      "12: x",
      "feat: ",
      "",
    ]) {
      expect(parseConventional(subject), subject).toBeNull();
    }
  });
});
