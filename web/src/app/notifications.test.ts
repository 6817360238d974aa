import type { Matter } from "@billhook/database/notifications";
import { expect, it } from "vitest";
import { describeMatter } from "./notifications.ts";

const matter: Matter = {
  id: "n",
  kind: "drafts_waiting",
  subject_id: "r",
  name: "owner/name",
  body: "",
  count: 3,
  fresh: 3,
  updated_at: "2026-03-02T10:00:00Z",
  is_unread: true,
};

it("Drafts that wait are told with their repository and what of them is new, and lead to them", () => {
  expect(describeMatter(matter)).toEqual({
    title: "3 drafts wait from owner/name",
    body: "",
    to: "/inbox?repository=r",
  });
  expect(describeMatter({ ...matter, fresh: 1 }).body).toBe("1 came since you looked.");
  expect(describeMatter({ ...matter, count: 1, name: null }).title).toBe("1 draft waits");
});

it("A failed delivery is told with its repository, and leads to the failed ones of it", () => {
  const failed = { ...matter, kind: "delivery_failed", fresh: null };
  expect(describeMatter({ ...failed, count: 1 }).title).toBe("A delivery of owner/name failed");
  expect(describeMatter(failed)).toMatchObject({
    title: "3 deliveries of owner/name failed",
    to: "/deliveries?status=failed&repository=r",
  });
});

it("Each matter leads to where it is seen to", () => {
  const placeOf = (kind: string, name: string | null = "Name") => describeMatter({ ...matter, kind, name }).to;
  expect(placeOf("invoice_paid")).toBe("/invoices/r");
  expect(placeOf("invoice_failed")).toBe("/invoices/r");
  expect(placeOf("budget_used")).toBe("/projects/r");
  expect(placeOf("words_budget")).toBe("/settings/words");
  expect(placeOf("tracker_refused")).toBe("/settings/tickets?tracker=r");
  expect(placeOf("worklog_failed", "Fixed it & more")).toBe("/inbox?tab=approved&q=Fixed+it+%26+more");
  for (const kind of ["grant_revoked", "import_done", "import_failed"]) {
    expect(placeOf(kind)).toBe("/repositories?repository=r");
  }
  // A grant serves many repositories.
  expect(placeOf("grant_revoked", null)).toBe("/repositories");
});

it("What happened to something is told with its name", () => {
  const titleOf = (kind: string) => describeMatter({ ...matter, kind, name: "INV-7" }).title;
  expect(titleOf("invoice_paid")).toBe("Invoice INV-7 was paid");
  expect(titleOf("invoice_failed")).toBe("A payment of invoice INV-7 failed");
  expect(titleOf("grant_revoked")).toBe("No access to INV-7 at its host");
  expect(titleOf("import_failed")).toBe("The import of INV-7 failed");
});
