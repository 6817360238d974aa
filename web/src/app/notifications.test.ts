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

it("A failed delivery is told with its repository, and leads to the failed ones", () => {
  const failed = { ...matter, kind: "delivery_failed", subject_id: "r" };
  const told = readMatters([{ ...failed, occurrences: 1 }, failed], [], () => "owner/name");
  expect(told.map(({ title }) => title)).toEqual([
    "A delivery of owner/name failed",
    "3 deliveries of owner/name failed",
  ]);
  expect(told[0]?.to).toBe("/deliveries?status=failed");
});

it("A paid invoice leads to the invoice", () => {
  expect(readMatters([{ ...matter, kind: "invoice_paid", subject_id: "i" }], [])[0]?.to).toBe("/invoices/i");
});

it("What happened to a repository at its host leads to the repository", () => {
  const nameOf = (id: string) => (id === "r" ? "owner/name" : null);
  for (const kind of ["grant_revoked", "import_done", "import_failed"]) {
    const [told] = readMatters([{ ...matter, kind, subject_id: "r" }], [], nameOf);
    expect(told?.to).toBe("/repositories?repository=r");
    expect(told?.title).toContain("owner/name");
  }
  // A grant serves many.
  expect(readMatters([{ ...matter, kind: "grant_revoked", subject_id: "g" }], [], nameOf)[0]?.to).toBe("/repositories");
});
