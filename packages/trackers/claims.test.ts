import { findTicketMentions, type TicketMention } from "@billhook/domain/tickets";
import type { TrackerKind } from "@billhook/domain/tracker";
import { describe, expect, it } from "vitest";
import { trackerFor } from "./registry.ts";
import type { TicketClaim, TicketScope } from "./tracker.ts";

const nothing: TicketScope = { baseUrl: null, webUrl: null, site: null, prefixes: [], repository: null };

const mention = (form: TicketMention["form"], key: string, address: string | null = null): TicketMention => ({
  key,
  form,
  address,
  isWeak: false,
  index: 0,
  length: key.length,
});

/** As an address stands in a commit's message. */
const named = (address: string): TicketMention =>
  findTicketMentions({ message: `See ${address}`, branch: null, pullRequestTitle: null })[0] ??
  mention("address", "", address);

const claim = (kind: TrackerKind, of: TicketMention, scope: Partial<TicketScope> = {}): TicketClaim | null =>
  trackerFor(kind).claim(of, { ...nothing, ...scope });
const claimAddress = (kind: TrackerKind, address: string, scope: Partial<TicketScope> = {}): string | null =>
  claim(kind, named(address), scope)?.key ?? null;
const certain = (key: string): TicketClaim => ({ key, isCertain: true });

describe("Asana", () => {
  it("reads the task's number from every form of its addresses", () => {
    for (const path of [
      "0/1200000000000003/1204619611402340",
      "0/1200000000000003/1204619611402340/f",
      "0/inbox/1200000000000003/1204619611402340",
      "1/12345/project/1200000000000003/task/1204619611402340",
      "1/12345/task/1204619611402340?focus=true",
    ]) {
      expect(claimAddress("asana", `https://app.asana.com/${path}`), path).toBe("1204619611402340");
    }
    expect(claimAddress("asana", "https://app.asana.com/1/12345/project/1200000000000003/list/1")).toBeNull();
    expect(claimAddress("asana", "https://asana.example/0/1200000000000003/1204619611402340")).toBeNull();
  });

  it("takes an ID of a workspace's own where it knows what they begin with, and no other", () => {
    expect(claim("asana", mention("project", "WEB-12"), { prefixes: ["WEB"] })).toEqual(certain("WEB-12"));
    expect(claim("asana", mention("project", "WEB-12"))).toBeNull();
    expect(claim("asana", mention("project", "OPS-12"), { prefixes: ["WEB"] })).toBeNull();
    expect(claim("asana", mention("number", "#12"), { prefixes: ["WEB"] })).toBeNull();
  });
});

describe("ClickUp", () => {
  it("reads short ids, and is not certain of what may be the beginning of a hash", () => {
    expect(claim("clickup", mention("short", "CU-86b1c2d"))).toEqual(certain("CU-86b1c2d"));
    expect(claim("clickup", { ...mention("short", "CU-86b1c2d"), isWeak: true })).toEqual({
      key: "CU-86b1c2d",
      isCertain: false,
    });
    expect(claim("clickup", mention("number", "#12"))).toBeNull();
  });

  it("takes CU- for its own even where the id is all digits", () => {
    expect(claim("clickup", mention("project", "CU-8612345"), { site: "9001" })).toEqual(certain("CU-8612345"));
    expect(claim("clickup", mention("project", "CU-8612345"))).toEqual(certain("CU-8612345"));
  });

  it("reads both ids from addresses", () => {
    expect(claimAddress("clickup", "https://app.clickup.com/t/86b1c2d")).toBe("CU-86b1c2d");
    expect(claimAddress("clickup", "https://app.clickup.com/t/9001/WEB-12")).toBe("WEB-12");
    expect(claimAddress("clickup", "https://app.clickup.com/9001/v/li/900")).toBeNull();
    expect(claimAddress("clickup", "https://clickup.example/t/86b1c2d")).toBeNull();
  });

  it("takes a custom id for its own, certain only of the prefixes that people set", () => {
    const site = "9001";
    expect(claim("clickup", mention("project", "WEB-12"), { site })).toEqual({ key: "WEB-12", isCertain: false });
    expect(claim("clickup", mention("project", "WEB-12"), { site, prefixes: ["WEB"] })).toEqual(certain("WEB-12"));
    expect(claim("clickup", mention("project", "OPS-12"), { site, prefixes: ["WEB"] })).toBeNull();
    // Without a workspace there is nowhere to look it up.
    expect(claim("clickup", mention("project", "WEB-12"))).toBeNull();
  });
});

describe.each([
  ["zendesk", "ZD", "https://team.zendesk.com", "https://team.zendesk.com/agent/tickets/123"],
  ["freshdesk", "FD", "https://team.freshdesk.com", "https://team.freshdesk.com/a/tickets/123"],
  ["help-scout", "HS", null, "https://secure.helpscout.net/conversation/2391938111/123/?folderId=4"],
  ["zoho-desk", "ZOHO", "https://desk.zoho.eu", "https://desk.zoho.eu/agent/studio/support/tickets/details/123"],
] as const)("%s", (kind, prefix, baseUrl, address) => {
  it("reads its tickets' numbers, in one form whatever they were written as", () => {
    expect(claim(kind, mention("project", `${prefix}-123`), { baseUrl })).toEqual(certain(`${prefix}-123`));
    const prefixes = ["DESK", "HELP"];
    expect(claim(kind, mention("project", "HELP-123"), { baseUrl, prefixes })).toEqual(certain(`${prefix}-123`));
    expect(claim(kind, mention("project", "SHOP-123"), { baseUrl })).toBeNull();
    expect(claim(kind, mention("number", "#123"), { baseUrl })).toBeNull();
    expect(claimAddress(kind, address, { baseUrl })).toBe(`${prefix}-123`);
  });

  it("leaves other addresses alone, another account's among them", () => {
    expect(claimAddress(kind, address.replace("123", "new"), { baseUrl })).toBeNull();
    expect(claimAddress(kind, address.replace(/:\/\/[^/]+/, "://other.example"), { baseUrl })).toBeNull();
    expect(claimAddress(kind, address, { webUrl: "https://another.example" })).toBeNull();
    expect(claimAddress(kind, "not an address", { baseUrl })).toBeNull();
  });
});

describe("Zoho Desk", () => {
  it("knows its public address where none is given, and the data centre's where one is", () => {
    const address = "https://desk.zoho.com/support/studio/ShowHomePage.do#Cases/dv/4000000031007012";
    expect(claimAddress("zoho-desk", address)).toBe("ZOHO-4000000031007012");
    expect(claimAddress("zoho-desk", address, { baseUrl: "https://desk.zoho.eu" })).toBeNull();
  });
});
