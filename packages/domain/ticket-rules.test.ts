import { describe, expect, it } from "vitest";
import { defaultGitConfig } from "./git-config.ts";
import { applyTicketRules, type TicketState } from "./ticket-rules.ts";

const ticket: TicketState = {
  key: "SHOP-1",
  isFound: true,
  labels: ["Client", "urgent"],
  isDone: false,
  epic: "Gift cards",
  parent: "A parent",
};

describe("applyTicketRules", () => {
  it("groups by the epic, or what stands above it in its place, and changes nothing else by default", () => {
    expect(applyTicketRules(ticket, defaultGitConfig)).toEqual({
      isBilled: true,
      awaitsTicket: false,
      epic: "Gift cards",
      category: undefined,
      flags: [],
    });
    expect(applyTicketRules({ ...ticket, epic: null }, defaultGitConfig).epic).toBe("A parent");
    expect(applyTicketRules(ticket, { ...defaultGitConfig, epic_rule: "none" }).epic).toBeNull();
    expect(applyTicketRules(ticket, { ...defaultGitConfig, epic_rule: "group_and_category" }).category).toBe(
      "Gift cards",
    );
  });

  it.each([
    [["client"], [], true, ""],
    [["billable"], [], false, "SHOP-1 has none of the labels that the project bills."],
    [[], ["URGENT "], false, "SHOP-1 is labelled URGENT, which the project does not bill."],
    [["client"], ["urgent"], false, "SHOP-1 is labelled urgent, which the project does not bill."],
  ])("bills by labels %j without %j, whatever their case: %s", (billable, nonbillable, isBilled, words) => {
    const outcome = applyTicketRules(ticket, {
      ...defaultGitConfig,
      billable_labels: billable,
      nonbillable_labels: nonbillable,
    });
    expect(outcome.isBilled).toBe(isBilled);
    expect(outcome.flags.map(({ message }) => message).join("")).toBe(words);
  });

  it("puts off only what is known not to be done, where the project wants it", () => {
    const rules = { ...defaultGitConfig, done_tickets_only: true };
    expect(applyTicketRules(ticket, rules).awaitsTicket).toBe(true);
    expect(applyTicketRules({ ...ticket, isDone: true }, rules).awaitsTicket).toBe(false);
    expect(applyTicketRules({ ...ticket, isDone: null }, rules).awaitsTicket).toBe(false);
    expect(applyTicketRules({ ...ticket, isFound: false }, rules)).toMatchObject({ awaitsTicket: false, epic: null });
  });
});
