import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { useDatabase } from "./database.ts";
import { createInvoice, makeCommit, makeWorkspace, push, type Workspace } from "./stories.ts";

const database = useDatabase();
let workspace: Workspace;
beforeAll(async () => {
  workspace = await makeWorkspace(database());
});

const setRate = (rate: Record<string, unknown>, place = workspace): Promise<string> =>
  database().rpc<string>(place.admin, "set_rate", { p_workspace_id: place.id, p_rate: rate });

async function makePerson(place: Workspace): Promise<string> {
  const { id } = await database().one<{ id: string }>(
    "insert into public.people (workspace_id, display_name) values ($1, 'Dev One') returning id",
    [place.id],
  );
  return id;
}

async function recordWork(place: Workspace, personId: string | null, day = "2026-03-02"): Promise<string> {
  const [id = ""] = await push(database(), place.repositoryId, [
    makeCommit({ person_id: personId }, { work_date: day }),
  ]);
  return id;
}

const readDraft = (id: string) =>
  database().one<{ hourly_rate_minor: number; rate_source: string }>(
    "select hourly_rate_minor, rate_source, total_minor from public.draft_line_items where id = $1",
    [id],
  );

describe("the rate of work", () => {
  it("is the most specific there is, and says which", async () => {
    const db = database();
    const place = await makeWorkspace(db);
    const personId = await makePerson(place);
    const bare = () => recordWork(place, personId);
    await db.query("update public.projects set hourly_rate_minor = null where id = $1", [place.projectId]);
    expect(await readDraft(await bare())).toMatchObject({ hourly_rate_minor: null, rate_source: null });
    const steps: [string, Record<string, unknown>][] = [
      ["workspace", {}],
      ["client", { client_id: place.clientId }],
      ["person", { person_id: personId }],
      ["project", { project_id: place.projectId }],
      ["project_person", { project_id: place.projectId, person_id: personId }],
      ["client_special", { client_id: place.clientId }],
    ];
    for (const [nth, [scope, ids]] of steps.entries()) {
      await setRate({ scope, ...ids, hourly_rate_minor: 1000 + nth }, place);
      const [row] = await db.query("select source from private.rate_of_work($1, $2, '2026-03-02')", [
        place.projectId,
        personId,
      ]);
      expect(row).toEqual({ source: scope });
      // Work priced by a person's default makes that their rate on the project, which would hide the next one.
      if (scope !== "person")
        expect(await readDraft(await bare()), scope).toMatchObject({
          hourly_rate_minor: 1000 + nth,
          rate_source: scope,
        });
    }
    const other = await recordWork(place, await makePerson(place));
    expect(await readDraft(other)).toMatchObject({ rate_source: "client_special" });
  });

  it("is that of its day: the latest from that day or before, for any dates in any order", async () => {
    const place = await makeWorkspace(database());
    const day = fc.integer({ min: 1, max: 28 }).map((n) => `2026-02-${String(n).padStart(2, "0")}`);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(day, { minLength: 1, maxLength: 4 }), day, async (changes, worked) => {
        await database().query("delete from public.rates where workspace_id = $1", [place.id]);
        for (const [nth, from] of changes.entries()) {
          await setRate(
            { scope: "project", project_id: place.projectId, hourly_rate_minor: nth + 1, valid_from: from },
            place,
          );
        }
        const latest = changes
          .filter((from) => from <= worked)
          .toSorted()
          .at(-1);
        const expected = latest === undefined ? 9000 : changes.indexOf(latest) + 1;
        const [row] = await database().query("select minor from private.rate_of_work($1, null, $2)", [
          place.projectId,
          worked,
        ]);
        expect(row).toEqual({ minor: expected });
      }),
      { numRuns: 20 },
    );
  });

  it("is kept when rates change, by lines and by the entries made of them", async () => {
    const id = await recordWork(workspace, null);
    await database().rpc(workspace.member, "approve_drafts", { p_ids: [id] });
    await setRate({ scope: "project", project_id: workspace.projectId, hourly_rate_minor: 1 });
    expect(await readDraft(id)).toMatchObject({ hourly_rate_minor: 9000, rate_source: "project" });
    expect(
      await database().one("select hourly_rate_minor from public.time_entries where draft_line_item_id = $1", [id]),
    ).toEqual({ hourly_rate_minor: 9000 });
  });

  it("of a person is kept on the project from their first work there, whatever their default becomes", async () => {
    const db = database();
    const place = await makeWorkspace(db);
    await db.query("update public.projects set hourly_rate_minor = null where id = $1", [place.projectId]);
    const [early, late] = [await makePerson(place), await makePerson(place)];
    for (const person_id of [early, late])
      await setRate({ scope: "person", person_id, hourly_rate_minor: 8000 }, place);
    const kept = { hourly_rate_minor: 8000, rate_source: "project_person" };
    expect(await readDraft(await recordWork(place, early, "2026-03-02"))).toMatchObject(kept);
    for (const person_id of [early, late])
      await setRate({ scope: "person", person_id, hourly_rate_minor: 9500, valid_from: "2026-03-05" }, place);
    expect(await readDraft(await recordWork(place, early, "2026-03-09"))).toMatchObject(kept);
    expect(await readDraft(await recordWork(place, late, "2026-03-09"))).toMatchObject({ hourly_rate_minor: 9500 });
    // Two lines of one push join once; work of before is of before.
    expect(await readDraft(await recordWork(place, late, "2026-03-03"))).toMatchObject({ hourly_rate_minor: 8000 });
    const rates = () =>
      db.query(
        `select person_id, hourly_rate_minor as minor, valid_from::text, kept_on_joining as kept from public.rates
         where workspace_id = $1 and scope = 'project_person' order by valid_from`,
        [place.id],
      );
    expect(await rates()).toEqual([
      { person_id: early, minor: 8000, valid_from: "2026-03-02", kept: true },
      { person_id: late, minor: 8000, valid_from: "2026-03-03", kept: true },
      { person_id: late, minor: 9500, valid_from: "2026-03-09", kept: true },
    ]);
    // What somebody sets is theirs and not kept; the project's own rate leaves nobody's default to keep.
    await setRate(
      {
        scope: "project_person",
        project_id: place.projectId,
        person_id: early,
        hourly_rate_minor: 1,
        valid_from: "2026-03-02",
      },
      place,
    );
    expect(await rates()).toContainEqual({ person_id: early, minor: 1, valid_from: "2026-03-02", kept: false });
    await setRate({ scope: "project", project_id: place.projectId, hourly_rate_minor: 7000 }, place);
    const third = await makePerson(place);
    await setRate({ scope: "person", person_id: third, hourly_rate_minor: 5000 }, place);
    expect(await readDraft(await recordWork(place, third))).toMatchObject({ rate_source: "project" });
    expect(await rates()).toHaveLength(3);
  });

  it("of two people who are one is what the second had, and the first's where the second had none", async () => {
    const db = database();
    const place = await makeWorkspace(db);
    const [from, into] = [await makePerson(place), await makePerson(place)];
    const on = { scope: "project_person", project_id: place.projectId };
    await setRate({ scope: "person", person_id: into, hourly_rate_minor: 1000 }, place);
    await setRate({ scope: "person", person_id: from, hourly_rate_minor: 2000, valid_from: "2026-01-01" }, place);
    await setRate({ ...on, person_id: from, hourly_rate_minor: 3000 }, place);
    await setRate({ ...on, person_id: from, hourly_rate_minor: 4000, valid_from: "2026-04-01" }, place);
    await db.rpc(place.owner, "join_people", { p_from: from, p_into: into });
    expect(
      await db.query(
        "select person_id, scope, hourly_rate_minor as minor from public.rates where workspace_id = $1 order by 3",
        [place.id],
      ),
    ).toEqual([
      { person_id: into, scope: "person", minor: 1000 },
      { person_id: into, scope: "project_person", minor: 3000 },
      { person_id: into, scope: "project_person", minor: 4000 },
    ]);
    expect(await readDraft(await recordWork(place, into, "2026-04-02"))).toMatchObject({ hourly_rate_minor: 4000 });
  });

  it("of zero is a rate: its time is billed, and comes to nothing", async () => {
    const db = database();
    const place = await makeWorkspace(db);
    await setRate({ scope: "client_special", client_id: place.clientId, hourly_rate_minor: 0 }, place);
    const id = await recordWork(place, null);
    expect(await readDraft(id)).toMatchObject({ hourly_rate_minor: 0, rate_source: "client_special", total_minor: 0 });
    await db.rpc(place.member, "approve_drafts", { p_ids: [id] });
    const billed = await db.rpc<{ invoice_id: string; left_out: unknown[] }>(place.admin, "bill_client", {
      p_client_id: place.clientId,
      p_options: {},
    });
    expect(billed.left_out).toEqual([]);
    expect(await db.rpc(place.admin, "finalise_invoice", { p_invoice_id: billed.invoice_id })).toMatch(/-0001$/u);
    expect(
      await db.one(
        `select i.total_minor, i.status, l.seconds::integer, d.status as work from public.invoices i
         join public.invoice_lines l on l.invoice_id = i.id join public.draft_line_items d on d.invoice_id = i.id
         where i.id = $1`,
        [billed.invoice_id],
      ),
    ).toEqual({ total_minor: 0, status: "open", seconds: 3600, work: "invoiced" });
  });

  it("that a person writes is theirs, and that of another project is asked anew", async () => {
    const place = await makeWorkspace(database());
    const id = await recordWork(place, null);
    await database().rpc(place.member, "update_drafts", { p_ids: [id], p_changes: { hourly_rate_minor: 5000 } });
    expect(await readDraft(id)).toMatchObject({ hourly_rate_minor: 5000, rate_source: "manual" });
    await setRate({ scope: "client_special", client_id: place.clientId, hourly_rate_minor: 7000 }, place);
    const other = crypto.randomUUID();
    await database().as(
      place.owner,
      "insert into public.projects (id, workspace_id, client_id, name, hourly_rate_minor) values ($1, $2, $3, 'Other', 6000)",
      [other, place.id, place.clientId],
    );
    await database().rpc(place.member, "update_drafts", { p_ids: [id], p_changes: { project_id: other } });
    expect(await readDraft(id)).toMatchObject({ hourly_rate_minor: 7000, rate_source: "client_special" });
  });

  it("is set by managers, of their own workspace, in the client's currency", async () => {
    const stranger = await makeWorkspace(database());
    const rate = { scope: "client_special", client_id: workspace.clientId, hourly_rate_minor: 1 };
    const ask = (person: Workspace["owner"], place: Workspace) =>
      database().rpc(person, "set_rate", { p_workspace_id: place.id, p_rate: rate });
    await expect(ask(workspace.member, workspace)).rejects.toMatchObject({ code: "BH001" });
    await expect(ask(stranger.owner, workspace)).rejects.toMatchObject({ code: "BH002" });
    await expect(ask(stranger.owner, stranger)).rejects.toMatchObject({ code: "23503" });
    await expect(setRate({ ...rate, hourly_rate_minor: -1 })).rejects.toMatchObject({ detail: "hourly_rate_minor" });
    await expect(setRate({ ...rate, scope: "person" })).rejects.toMatchObject({ code: "23514" });
    await expect(setRate({ ...rate, valid_from: "soon" })).rejects.toMatchObject({ detail: "valid_from" });
  });
});

describe("putting rates on unbilled work", () => {
  it("shows what it would change, changes that, and leaves what is billed, older or written by a person", async () => {
    const db = database();
    const place = await makeWorkspace(db);
    const [older, open, approved, billed, written] = [
      await recordWork(place, null, "2026-02-01"),
      await recordWork(place, null),
      await recordWork(place, null),
      await recordWork(place, null),
      await recordWork(place, null),
    ];
    await db.rpc(place.member, "approve_drafts", { p_ids: [approved, billed] });
    await createInvoice(db, place, [billed]);
    await db.rpc(place.member, "update_drafts", { p_ids: [written], p_changes: { hourly_rate_minor: 5000 } });
    await setRate({ scope: "client_special", client_id: place.clientId, hourly_rate_minor: 12_000 }, place);

    const reprice = (apply: boolean, person = place.admin) =>
      db.rpc(person, "reprice_work", {
        p_workspace_id: place.id,
        p_since: "2026-03-01",
        p_scope: { client_id: place.clientId },
        p_apply: apply,
      });
    const change = { kept: 1, amounts: [{ currency: "EUR", lines: 2, before_minor: 18_000, after_minor: 24_000 }] };
    expect(await reprice(false)).toEqual(change);
    expect(await readDraft(open)).toMatchObject({ hourly_rate_minor: 9000 });
    await expect(reprice(true, place.member)).rejects.toMatchObject({ code: "BH001" });
    expect(await reprice(true)).toEqual(change);
    expect(await reprice(true)).toEqual({ kept: 1, amounts: [] });
    const rates = await Promise.all([older, open, approved, billed, written].map(readDraft));
    expect(rates.map((row) => row.hourly_rate_minor)).toEqual([9000, 12_000, 12_000, 9000, 5000]);
    expect(
      await db.one("select hourly_rate_minor from public.time_entries where draft_line_item_id = $1", [approved]),
    ).toEqual({ hourly_rate_minor: 12_000 });
    const audit = await db.query(
      "select entity_id, after ->> 'hourly_rate_minor' as rate from public.audit_events where workspace_id = $1 and action = 'apply_rates' and entity_type = 'draft_line_items'",
      [place.id],
    );
    expect(audit).toHaveLength(2);
  });
});
