import { describe, expect, it } from "vitest";
import { authorKey, findCoAuthors, isCodingAgent } from "./people.ts";

const person = (name: string | null, email: string | null, username: string | null = null) => ({
  name,
  email,
  username,
});

describe("authorKey", () => {
  it("is the address, and of a numbered noreply address what a renamed account keeps", () => {
    expect(authorKey(person("A", " A@Example.com "))).toBe("a@example.com");
    expect(authorKey(person("A", "7+old@users.noreply.github.com"))).toBe(
      authorKey(person("B", "7+new@users.noreply.github.com")),
    );
    expect(authorKey(person(null, null))).toBe("unknown");
  });
});

describe("isCodingAgent", () => {
  it.each([
    ["Claude Opus 4.5", "noreply@anthropic.com"],
    ["Claude", "noreply@anthropic.com"],
    ["Copilot", "198982749+Copilot@users.noreply.github.com"],
    ["copilot-swe-agent[bot]", "198982749+copilot-swe-agent[bot]@users.noreply.github.com"],
    ["Cursor Agent", "cursoragent@cursor.com"],
    ["aider (gpt-4o)", "aider@aider.chat"],
    ["devin-ai-integration[bot]", "158243242+devin-ai-integration[bot]@users.noreply.github.com"],
    ["google-labs-jules[bot]", "161369871+google-labs-jules[bot]@users.noreply.github.com"],
    ["Codex", "codex@openai.com"],
  ])("knows %s <%s>", (name, email) => {
    expect(isCodingAgent(person(name, email))).toBe(true);
  });

  it.each([
    ["Claude Martin", "claude.martin@example.com"],
    ["Claude", "claude@example.com"],
    ["Devin Reed", "devin@example.com"],
    ["Jules", "jules@example.org"],
    ["Gemini Rossi", "gemini@example.com"],
    ["Renovate", "bot@renovateapp.com"],
  ])("takes %s <%s> for a person", (name, email) => {
    expect(isCodingAgent(person(name, email))).toBe(false);
  });
});

describe("findCoAuthors", () => {
  it("names each once, without the author", () => {
    const message = [
      "Add a page",
      "",
      "Co-authored-by: Two <two@example.com>",
      "co-authored-by: Two <TWO@example.com>",
      "Co-authored-by: One <one@example.com>",
      "Co-authored-by: nobody",
    ].join("\n");
    expect(findCoAuthors(message, person("One", "one@example.com")).map(authorKey)).toEqual(["two@example.com"]);
  });
});
