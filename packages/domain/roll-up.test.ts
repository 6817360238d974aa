import { expect, it } from "vitest";
import { rollUp } from "./roll-up.ts";

const lines = [
  "Backend Development: Fixed the total (2 files changed, +45/-12 lines)",
  "Frontend Development: Feature – Added a voucher field (1 file changed)",
  "Let customers change their address (SHOP-12)",
  "Let customers change their address (SHOP-13)",
  "Testing: Tested the basket",
];

it("names each thing once, without category, size and ticket, and sums up on the line", () => {
  expect(rollUp(lines)).toEqual({
    bullets: [
      "Fixed the total",
      "Feature – Added a voucher field",
      "Let customers change their address",
      "Tested the basket",
    ],
    description: "Fixed the total; feature – Added a voucher field; let customers change their address; and 1 more",
    detail:
      "• Fixed the total\n• Feature – Added a voucher field\n• Let customers change their address\n• Tested the basket",
  });
});

it("does not say the ticket's title again for each thing", () => {
  const { bullets } = rollUp([
    "Development: Stopped a schedule – LARK-86 A spreadsheet – every Monday (1 file changed)",
    "Backend Development: Bug fix – Kept the basket – example/shop#12 Basket is empty",
    "Made the import faster – twice",
  ]);
  expect(bullets).toEqual(["Stopped a schedule", "Bug fix – Kept the basket", "Made the import faster – twice"]);
});

it("begins with what it is about, where that is known", () => {
  expect(rollUp(lines.slice(0, 1), "Vouchers").description).toBe("Vouchers: fixed the total");
  expect(rollUp(["HTTP errors are shown"], "Vouchers").description).toBe("Vouchers: HTTP errors are shown");
});

it("needs no list for one thing, and cuts a line that nobody would read", () => {
  expect(rollUp(["Fixed the total", "Development: Fixed the total"]).detail).toBeNull();
  expect(rollUp([`Fixed ${"the total ".repeat(60)}`]).description).toHaveLength(300);
});
