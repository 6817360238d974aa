import { expect, it } from "vitest";
import { readMatters } from "./notifications.ts";

const matter = {
  id: "n",
  kind: "drafts_waiting",
  subject_id: null,
  body: "",
  occurrences: 3,
  updated_at: "2026-03-02T10:00:00Z",
};

it("A matter is unread until it was read after its last occurrence", () => {
  expect(readMatters([matter], [])[0]?.unread).toBe(true);
  expect(readMatters([matter], [{ notification_id: "n", read_at: "2026-03-02T10:00:00Z" }])[0]?.unread).toBe(false);
  expect(readMatters([matter], [{ notification_id: "n", read_at: "2026-03-02T09:59:59Z" }])[0]?.unread).toBe(true);
});

it("Drafts are told with the repository they came from", () => {
  const [told] = readMatters([{ ...matter, subject_id: "r" }], [], (id) => (id === "r" ? "owner/name" : null));
  expect(told?.title).toBe("3 drafts came in from owner/name");
});

it("A paid invoice leads to the invoice", () => {
  expect(readMatters([{ ...matter, kind: "invoice_paid", subject_id: "i" }], [])[0]?.to).toBe("/invoices/i");
});
