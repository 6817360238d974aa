import type { DraftOutcome, InboxDraft } from "@billhook/database/drafts";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { useDatabase } from "./database.ts";
import {
  codesOf,
  createInvoice,
  makeClient,
  makeCommit,
  makeDrafts,
  makeProject,
  makeWorkspace,
  type Person,
  push,
  type Workspace,
} from "./stories.ts";

const database = useDatabase();
let workspace: Workspace;
beforeAll(async () => {
  workspace = await makeWorkspace(database());
});

const drafts = (count: number, minutes = 60) => makeDrafts(database(), workspace.repositoryId, count, minutes);
const call = (name: string, parameters: Record<string, unknown>, person: Person = workspace.member) =>
  database().rpc<DraftOutcome>(person, name, parameters);
const ask = (name: string, ids: string[], parameters: Record<string, unknown> = {}) =>
  call(name, { p_ids: ids, ...parameters });

interface Replacement {
  id: string;
  outcome: DraftOutcome;
  /** What it made, first part first. */
  made: InboxDraft[];
}

async function replace(name: string, parameters: Record<string, unknown>, person?: Person): Promise<Replacement> {
  const id = crypto.randomUUID();
  const outcome = await call(name, { p_id: id, ...parameters }, person);
  const made = outcome.changed
    .filter((row) => row.made_by === id)
    .toSorted((a, b) => (a.created_at < b.created_at ? -1 : 1));
  return { id, outcome, made };
}

const split = (draftId: string, parts: unknown[], more: Record<string, unknown> = {}, person?: Person) =>
  replace("split_draft", { p_draft_id: draftId, p_parts: parts, ...more }, person);
const halves = [{ minutes: 20 }, { minutes: 40 }];
const merge = (ids: string[], fields: unknown = {}, more: Record<string, unknown> = {}, person?: Person) =>
  replace("merge_drafts", { p_ids: ids, p_fields: fields, ...more }, person);
const undo = (id: string, versions: Record<string, number> = {}) =>
  call("undo_replacement", { p_id: id, p_versions: versions });

const readDraft = (id: string) => database().one("select * from public.draft_line_items where id = $1", [id]);
const commitsOf = async (id: string) =>
  (
    await database().query<{ commit_id: string }>(
      "select commit_id from public.commit_draft_items where draft_line_item_id = $1 order by 1",
      [id],
    )
  ).map((link) => link.commit_id);
const commitStatus = async (id: string) =>
  (await database().one("select status from public.commits where id = $1", [id]))["status"];

describe("splitting", () => {
  it("makes parts with words, day, project and hours of their own, which come to the whole", async () => {
    const db = database();
    const commit = makeCommit({}, { minutes: 100, estimate_low: 31, estimate_high: 151 });
    const [id = ""] = await push(db, workspace.repositoryId, [commit]);
    const yen = await makeProject(db, workspace, await makeClient(db, workspace, "JPY"), { rate: 8000 });
    const { made, outcome } = await split(id, [
      { minutes: 33, description: "  Drew it " },
      { minutes: 33, start_date: "2026-03-03", category: "Design" },
      { minutes: 34, project_id: yen },
    ]);
    expect(outcome.skipped).toEqual([]);
    expect(made).toMatchObject([
      { description: "Drew it", minutes: 33, estimated_minutes: 33, currency: "EUR", total_minor: 4950 },
      { description: "Added a page", start_date: "2026-03-03", end_date: "2026-03-03", category: "Design" },
      { minutes: 34, currency: "JPY", hourly_rate_minor: 8000, project_id: yen },
    ]);
    const sum = (field: "estimated_minutes" | "estimate_low" | "estimate_high" | "minutes") =>
      made.reduce((total, part) => total + Number(part[field]), 0);
    expect([sum("minutes"), sum("estimated_minutes"), sum("estimate_low"), sum("estimate_high")]).toEqual([
      100, 100, 31, 151,
    ]);
    for (const part of made) expect(part).toMatchObject({ status: "draft", commits: [{ id: commit.id }] });
    expect(await readDraft(id)).toMatchObject({ status: "rejected", minutes: 100, description: "Added a page" });
  });

  it.each([
    [[{ minutes: 60 }], "parts"],
    [{ minutes: 60 }, "parts"],
    [null, "parts"],
    [Array.from({ length: 51 }, () => ({ minutes: 1 })), "parts"],
    [[{ minutes: 20 }, { minutes: 41 }], "minutes"],
    [[{ minutes: 20 }, { minutes: 39 }], "minutes"],
    [[{ minutes: 0 }, { minutes: 60 }], "minutes"],
    [[{ minutes: 19.5 }, { minutes: 40.5 }], "minutes"],
    [[{}, { minutes: 60 }], "minutes"],
    [[{ minutes: 20, description: " " }, { minutes: 40 }], "description"],
    [[{ minutes: 20, start_date: "2026-03-03", end_date: "2026-03-01" }, { minutes: 40 }], "end_date"],
    [[{ minutes: 20, project_id: "11111111-1111-4111-8111-111111111111" }, { minutes: 40 }], "project_id"],
    [[{ minutes: 20, hourly_rate_minor: -1 }, { minutes: 40 }], "hourly_rate_minor"],
    [[{ minutes: 20, status: "approved" }, { minutes: 40 }], "status"],
  ])("refuses %j, and names the field", async (parts, field) => {
    const [id = ""] = await drafts(1);
    await expect(split(id, parts as unknown[])).rejects.toMatchObject({ code: "BH003", detail: field });
    expect(await readDraft(id)).toMatchObject({ status: "draft", version: 1 });
  });

  it("asked twice with the same id is done once; a second person who splits it too is told", async () => {
    const [id = ""] = await drafts(1);
    const first = await split(id, halves);
    const again = await call("split_draft", { p_id: first.id, p_draft_id: id, p_parts: halves });
    expect(again.changed).toHaveLength(3);
    expect(again.changed).toEqual(expect.arrayContaining(first.outcome.changed));
    expect(codesOf((await split(id, halves, {}, workspace.owner)).outcome, [id])).toEqual(["replaced"]);
    for (const name of ["approve_drafts", "ignore_drafts", "restore_drafts", "unapprove_drafts", "defer_drafts"]) {
      expect(codesOf(await ask(name, [id]), [id])).toEqual(["replaced"]);
    }
    expect(codesOf(await ask("update_drafts", [id], { p_changes: { minutes: 1 } }), [id])).toEqual(["replaced"]);
  });

  it("is for an open line as the person saw it", async () => {
    const [id = "", approved = "", ignored = ""] = await drafts(3);
    await ask("approve_drafts", [approved]);
    await ask("ignore_drafts", [ignored]);
    expect(codesOf((await split(id, halves, { p_versions: { [id]: 7 } })).outcome, [id])).toEqual(["changed"]);
    expect(codesOf((await split(approved, halves)).outcome, [approved])).toEqual(["not_open"]);
    expect(codesOf((await split(ignored, halves)).outcome, [ignored])).toEqual(["ignored"]);
  });

  it("bills the commit once: parts go on different invoices, and all of them void, it is unbilled again", async () => {
    const db = database();
    const commit = makeCommit();
    const [id = ""] = await push(db, workspace.repositoryId, [commit]);
    const { made } = await split(id, halves);
    const [one = "", two = ""] = made.map((part) => part.id);
    await ask("approve_drafts", [one, two]);
    const invoices = [await createInvoice(db, workspace, [one]), await createInvoice(db, workspace, [two])];
    for (const invoice of invoices) await db.rpc(workspace.admin, "finalise_invoice", { p_invoice_id: invoice });
    expect(
      await db.one(
        `select sum(seconds)::integer as seconds from public.invoice_lines l
         join public.commit_draft_items c on c.draft_line_item_id = l.draft_line_item_id where c.commit_id = $1`,
        [commit.id],
      ),
    ).toEqual({ seconds: 3600 });
    await db.rpc(workspace.admin, "void_invoice", { p_invoice_id: invoices[0] });
    expect(await commitStatus(commit.id)).toBe("invoiced");
    await db.rpc(workspace.admin, "void_invoice", { p_invoice_id: invoices[1] });
    expect(await commitStatus(commit.id)).toBe("drafted");
  });

  it("leaves the commit in the bill while one part is not ignored", async () => {
    const commit = makeCommit();
    const [id = ""] = await push(database(), workspace.repositoryId, [commit]);
    const [one = "", two = ""] = (await split(id, halves)).made.map((part) => part.id);
    await ask("ignore_drafts", [one]);
    expect(await commitStatus(commit.id)).toBe("drafted");
    await ask("ignore_drafts", [two]);
    expect(await commitStatus(commit.id)).toBe("ignored");
    await ask("restore_drafts", [two]);
    expect(await commitStatus(commit.id)).toBe("drafted");
  });
});

describe("joining", () => {
  it("puts the line back exactly as it was, deferral included", async () => {
    const [id = ""] = await drafts(1);
    await ask("defer_drafts", [id], { p_until: "2026-12-01" });
    const before = await readDraft(id);
    const { id: replacement, made } = await split(id, halves);
    expect(made.map((part) => part.deferred_until)).toEqual(["2026-12-01", "2026-12-01"]);
    const outcome = await undo(replacement);
    expect(outcome.changed.filter((row) => row.status === "draft").map((row) => row.id)).toEqual([id]);
    expect({ ...(await readDraft(id)), version: 0, updated_at: 0 }).toEqual({ ...before, version: 0, updated_at: 0 });
    expect((await undo(replacement)).skipped).toEqual([]);
    expect((await split(id, halves)).outcome.skipped).toEqual([]);
  });

  it("waits until no part is approved, ignored or split itself, and says which", async () => {
    const [id = ""] = await drafts(1);
    const { id: replacement, made } = await split(id, halves);
    const [one = "", two = ""] = made.map((part) => part.id);
    await ask("approve_drafts", [one]);
    await ask("ignore_drafts", [two]);
    expect(codesOf(await undo(replacement), [one, two])).toEqual(["not_open", "ignored"]);
    await ask("unapprove_drafts", [one]);
    await ask("restore_drafts", [two]);
    const inner = await split(two, [{ minutes: 1 }, { minutes: 39 }]);
    expect(codesOf(await undo(replacement), [one, two])).toEqual([undefined, "replaced"]);
    await undo(inner.id);
    expect(codesOf(await undo(replacement, { [one]: 1 }), [one])).toEqual(["changed"]);
    expect((await undo(replacement)).skipped).toEqual([]);
    expect(await readDraft(id)).toMatchObject({ status: "draft", minutes: 60 });
  });

  it("keeps what a void invoice billed as its evidence", async () => {
    const db = database();
    const [id = ""] = await drafts(1);
    const { id: replacement, made } = await split(id, halves);
    const [one = ""] = made.map((part) => part.id);
    await ask("approve_drafts", [one]);
    const invoice = await createInvoice(db, workspace, [one]);
    await db.rpc(workspace.admin, "finalise_invoice", { p_invoice_id: invoice });
    await db.rpc(workspace.admin, "void_invoice", { p_invoice_id: invoice });
    await ask("unapprove_drafts", [one]);
    expect((await undo(replacement)).skipped).toEqual([]);
    expect(await commitsOf(one)).toHaveLength(1);
    expect(await readDraft(one)).toMatchObject({ status: "rejected", replaced_by: replacement });
  });
});

describe("merging", () => {
  it("adds up minutes, estimates, days and commits, and has in common what they have in common", async () => {
    const db = database();
    const commits = [
      makeCommit({}, { minutes: 700, description: "Drew it", ticket_key: "AB-1", category: "Design" }),
      makeCommit({}, { minutes: 800, description: "Built it", ticket_key: "AB-2", work_date: "2026-03-05" }),
      makeCommit({}, { minutes: 100, description: "Drew it", ticket_key: "AB-1", category: "Design" }),
    ];
    const ids = await push(db, workspace.repositoryId, commits);
    const { made } = await merge(ids);
    expect(made).toMatchObject([
      {
        description: "Drew it; Built it",
        minutes: 1600,
        estimated_minutes: 1600,
        estimate_low: 90,
        estimate_high: 270,
        start_date: "2026-03-02",
        end_date: "2026-03-05",
        ticket_key: null,
        category: null,
        hourly_rate_minor: 9000,
        total_minor: 240_000,
        source_type: "commit",
      },
    ]);
    expect(made[0]?.commits.map((commit) => commit.id).toSorted()).toEqual(commits.map(({ id }) => id).toSorted());
    const [id = ""] = made.map((row) => row.id);
    await ask("approve_drafts", [id]);
    expect(await db.one("select billed_seconds from public.time_entries where draft_line_item_id = $1", [id])).toEqual({
      billed_seconds: 96_000,
    });
  });

  it("takes the words, the rate and the project it is told", async () => {
    const db = database();
    const ids = await drafts(2);
    const other = await makeProject(db, workspace, workspace.clientId, { rate: 5000 });
    await ask("update_drafts", ids.slice(1), { p_changes: { project_id: other } });
    await expect(merge(ids)).rejects.toMatchObject({ code: "BH003", detail: "hourly_rate_minor" });
    await expect(merge(ids, { hourly_rate_minor: 7000 })).rejects.toMatchObject({
      code: "BH003",
      detail: "project_id",
    });
    const fields = { hourly_rate_minor: 7000, project_id: other, description: "Sprint 7", source_type: "sprint" };
    expect((await merge(ids, fields)).made).toMatchObject([
      { project_id: other, total_minor: 14_000, description: "Sprint 7", source_type: "sprint" },
    ]);
  });

  it("is of one client and currency, and of open lines only: all or none", async () => {
    const db = database();
    const [one = "", two = "", approved = ""] = await drafts(3);
    const yen = await makeProject(db, workspace, await makeClient(db, workspace, "JPY"), { rate: 9000 });
    await ask("update_drafts", [two], { p_changes: { project_id: yen } });
    await expect(merge([one, two])).rejects.toMatchObject({ code: "BH003", detail: "client_id" });
    await ask("update_drafts", [two], { p_changes: { project_id: workspace.projectId, billable: false } });
    await expect(merge([one, two])).rejects.toMatchObject({ code: "BH003", detail: "billable" });
    await expect(merge([one, one])).rejects.toMatchObject({ code: "BH003", detail: "ids" });
    await ask("approve_drafts", [approved]);
    const { outcome } = await merge([one, approved], {}, { p_versions: { [one]: 9 } });
    expect(outcome.changed).toEqual([]);
    expect(codesOf(outcome, [one, approved])).toEqual(["changed", "not_open"]);
    expect(await readDraft(one)).toMatchObject({ status: "draft", replaced_by: null });
  });

  it("rolled up, takes approved lines along, whose approval is taken back; one on an invoice stops it all", async () => {
    const [open = "", approved = "", invoiced = ""] = await drafts(3);
    await ask("approve_drafts", [approved, invoiced]);
    const rollUp = (ids: string[], more: Record<string, unknown> = {}) =>
      replace("roll_up_drafts", { p_ids: ids, p_fields: { source_type: "sprint" }, ...more });
    const changed = await rollUp([open, approved], { p_versions: { [open]: 9 } });
    expect(codesOf(changed.outcome, [open])).toEqual(["changed"]);
    expect(await readDraft(approved)).toMatchObject({ status: "approved" });

    await call("approve_to_invoice", { p_ids: [invoiced] }, workspace.admin);
    const billed = await rollUp([open, approved, invoiced]);
    expect(codesOf(billed.outcome, [invoiced])).toEqual(["on_invoice"]);
    expect(await readDraft(approved)).toMatchObject({ status: "approved" });

    const rolled = await rollUp([open, approved]);
    expect(rolled.made).toMatchObject([{ source_type: "sprint", status: "draft", minutes: 120 }]);
    const entries = "select * from public.time_entries where draft_line_item_id = $1 and superseded_at is null";
    expect(await database().query(entries, [approved])).toEqual([]);
    const again = await call("roll_up_drafts", { p_id: rolled.id, p_ids: [open, approved], p_fields: {} });
    expect(again.changed.filter((row) => row.made_by === rolled.id)).toHaveLength(1);
    expect((await undo(rolled.id)).skipped).toEqual([]);
    expect(await readDraft(approved)).toMatchObject({ status: "draft", minutes: 60 });
  });

  it("rolled up by two people at one moment, are one line of one of them, and the other is told", async () => {
    const ids = await drafts(3);
    await ask("approve_drafts", ids.slice(0, 1));
    const versions = Object.fromEntries(await Promise.all(ids.map(async (id) => [id, (await readDraft(id)).version])));
    const rolled = await Promise.all(
      [ids, ids.slice(0, 2)].map((part) => replace("roll_up_drafts", { p_ids: part, p_versions: versions })),
    );
    const made = rolled.filter((attempt) => attempt.made.length > 0);
    expect(made).toHaveLength(1);
    const refused = rolled.find((attempt) => attempt.made.length === 0);
    expect(refused?.outcome.skipped.length).toBeGreaterThan(0);
    const parents = await Promise.all(ids.map(async (id) => (await readDraft(id)).replaced_by));
    expect([...new Set(parents.filter((id) => id !== null))]).toEqual([made[0]?.id]);
    const { minutes } = await database().one<{ minutes: number }>(
      `select sum(minutes)::integer as minutes from public.draft_line_items
       where (id = any ($1) or made_by = $2) and replaced_by is null and status in ('draft', 'approved')`,
      [ids, made[0]?.id],
    );
    expect(minutes).toBe(180);
  });

  it("taken apart puts every line back; asked twice it is done once", async () => {
    const ids = await drafts(3);
    const before = await Promise.all(ids.map(readDraft));
    const merged = await merge(ids);
    const again = await call("merge_drafts", { p_id: merged.id, p_ids: ids });
    expect(again.changed.map((row) => row.id).toSorted()).toEqual(
      merged.outcome.changed.map((row) => row.id).toSorted(),
    );
    expect((await undo(merged.id)).skipped).toEqual([]);
    const strip = (row: object) => ({ ...row, version: 0, updated_at: 0 });
    expect((await Promise.all(ids.map(readDraft))).map(strip)).toEqual(before.map(strip));
  });

  it("follows a commit that was rewritten meanwhile, and its lines have it when they come back", async () => {
    const db = database();
    const [kept, rewritten] = [makeCommit(), makeCommit()];
    const ids = await push(db, workspace.repositoryId, [kept, rewritten]);
    const merged = await merge(ids);
    const again = {
      ...makeCommit(),
      draft: null,
      work: { claims: [], links: [{ earlier_id: rewritten.id, kind: "same" as const, evidence: "patch_id" }] },
    };
    await push(db, workspace.repositoryId, [again]);
    expect(await commitsOf(merged.made[0]?.id ?? "")).toEqual([kept.id, rewritten.id, again.id].toSorted());
    expect(merged.made[0]?.minutes).toBe(120);
    await undo(merged.id);
    expect(await commitsOf(ids[1] ?? "")).toEqual([rewritten.id, again.id].toSorted());
    expect(await readDraft(ids[1] ?? "")).toMatchObject({ status: "draft", minutes: 60 });
  });
});

describe("who may", () => {
  it("split, merge and join: owner, admin and member, but no viewer and nobody else", async () => {
    for (const person of [workspace.owner, workspace.admin, workspace.member]) {
      const [one = "", two = ""] = await drafts(2);
      const { id } = await split(one, halves, {}, person);
      await call("undo_replacement", { p_id: id }, person);
      expect((await merge([one, two], {}, {}, person)).made).toHaveLength(1);
    }
    const [id = "", other = ""] = await drafts(2);
    const { id: replacement } = await split(id, halves);
    await expect(split(other, halves, {}, workspace.viewer)).rejects.toMatchObject({ code: "BH001" });
    await expect(call("undo_replacement", { p_id: replacement }, workspace.viewer)).rejects.toMatchObject({
      code: "BH001",
    });
    const stranger = (await makeWorkspace(database())).owner;
    expect(codesOf((await split(other, halves, {}, stranger)).outcome, [other])).toEqual(["not_found"]);
    await expect(call("undo_replacement", { p_id: replacement }, stranger)).rejects.toMatchObject({ code: "BH002" });
    // Nor does knowing its id show what a split of another tenant made.
    const seen = await call("split_draft", { p_id: replacement, p_draft_id: id, p_parts: halves }, stranger);
    expect(seen.changed).toEqual([]);
  });
});

it("whatever is split, merged and taken back, the minutes stay, and so does every commit", async () => {
  const db = database();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 2, maxLength: 4 }),
      fc.array(
        fc.record({
          type: fc.constantFrom("split" as const, "merge" as const, "undo" as const),
          at: fc.nat(),
          shares: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 4 }),
        }),
        { minLength: 1, maxLength: 8 },
      ),
      async (minutes, steps) => {
        const commits = minutes.map((each) => makeCommit({}, { minutes: each }));
        const ids = await push(db, workspace.repositoryId, commits);
        const before = await Promise.all(ids.map(readDraft));
        const done: string[] = [];
        const shown = async () => {
          const rows = await db.query<{ id: string; minutes: number; estimated: number; commits: string[] }>(
            `select d.id, d.minutes, d.estimated_minutes as estimated, array_agg(l.commit_id) as commits
             from public.draft_line_items d join public.commit_draft_items l on l.draft_line_item_id = d.id
             where d.status <> 'rejected' and l.commit_id = any ($1) group by d.id order by d.id`,
            [commits.map((commit) => commit.id)],
          );
          const sum = (field: "minutes" | "estimated") => rows.reduce((total, row) => total + row[field], 0);
          const whole = minutes.reduce((total, each) => total + each, 0);
          expect([sum("minutes"), sum("estimated")]).toEqual([whole, whole]);
          expect([...new Set(rows.flatMap((row) => row.commits))].toSorted()).toEqual(
            commits.map((commit) => commit.id).toSorted(),
          );
          return rows;
        };
        for (const { type, at, shares } of steps) {
          const rows = await shown();
          const row = rows[at % rows.length];
          if (type === "split" && row !== undefined && row.minutes >= shares.length) {
            const first = shares.slice(1).map((share) => Math.max(1, Math.floor((row.minutes * share) / 60)));
            const rest = row.minutes - first.reduce((total, each) => total + each, 0);
            if (rest < 1) continue;
            done.push(
              (
                await split(
                  row.id,
                  [...first, rest].map((each) => ({ minutes: each })),
                )
              ).id,
            );
          } else if (type === "merge" && rows.length >= 2) {
            const count = 2 + (at % (rows.length - 1));
            done.push((await merge(rows.slice(0, count).map(({ id }) => id))).id);
          } else if (type === "undo" && done.length > 0) {
            const id = done[at % done.length] ?? "";
            if ((await undo(id)).skipped.length === 0) done.splice(done.indexOf(id), 1);
          }
        }
        await shown();
        for (const id of done.toReversed()) expect((await undo(id)).skipped).toEqual([]);
        const strip = (each: object) => ({ ...each, version: 0, updated_at: 0 });
        expect((await Promise.all(ids.map(readDraft))).map(strip)).toEqual(before.map(strip));
        expect((await shown()).map((each) => each.id)).toEqual(ids.toSorted());
      },
    ),
    { numRuns: 25 },
  );
}, 120_000);
