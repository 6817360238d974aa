/** Approved time on its way to the tickets it was worked on, and back. */
import { approveDrafts, unapproveDrafts } from "@billhook/database/drafts";
import { localDay } from "@billhook/domain/timezone";
import { trackerFor } from "@billhook/trackers/registry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cases, secret } from "../standins/trackers/cases.ts";
import type { TrackerStandin } from "../standins/trackers/server.ts";
import { eventually, type Harness, signUpWithWorkspace, startHarness } from "./harness.ts";
import {
  connectRepository,
  connectSystem,
  pushCommits,
  readDraft,
  setRules,
  SWEEP,
  type TicketedDraft,
} from "./tracked.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
}, 60_000);
afterAll(() => harness.stop());

/** Its mornings are the evenings before elsewhere. */
const timezone = "Pacific/Auckland";
const writers = cases.filter(({ kind }) => trackerFor(kind).worklog !== undefined);

describe.each(writers)("$kind", (of) => {
  const key = of.key(1);
  let own: Harness;
  let standin: TrackerStandin;
  let draft: TicketedDraft;

  beforeAll(async () => {
    own = { ...harness, owner: await signUpWithWorkspace(harness.stack) };
    standin = await of.start({ tokens: [secret] });
    standin.add({ key, title: "Expired sessions stay signed in" });
    await connectSystem(own, of, standin);
    const { error } = await own.owner.database
      .from("workspaces")
      .update({ timezone })
      .eq("id", own.owner.workspaceId)
      .select("id")
      .single();
    expect(error).toBeNull();
    expect((await setRules(own, { write_worklogs: true })).error).toBeNull();
    const repository = await connectRepository(own, own.owner);
    const [pushed] = await pushCommits(own, repository, [{ message: `End sessions at sign-out (${key})` }]);
    if (pushed === undefined) throw new Error("there is no draft");
    draft = pushed;
  });
  afterAll(() => standin.close());

  const logs = () => standin.ticket(key).worklogs;

  async function approve(): Promise<void> {
    const approved = await approveDrafts(own.owner.database, [draft.id]);
    expect(approved).toMatchObject({ ok: true, value: { skipped: [] } });
  }
  /** Lets the schedule run until every worklog of the draft is as wanted. */
  const afterRuns = (wanted: string) =>
    eventually(`worklogs to be ${wanted}`, async () => {
      await own.stack.query("update public.worklogs set next_attempt_at = now(), claimed_until = null");
      await own.stack.query("update public.host_grants set waits_until = null, budget_reset_at = null");
      await own.stack.runCron(SWEEP);
      const rows = await own.stack.query<{ status: string; reason: string | null }>(
        "select status, reason from public.worklogs where draft_line_item_id = $1 order by created_at desc limit 1",
        [draft.id],
      );
      return rows.every(({ status }) => status === wanted) && rows.length > 0 ? rows : null;
    });

  it("gets the time of an approved line once", async () => {
    expect(logs()).toEqual([]);
    await approve();
    await afterRuns("sent");
    const { minutes } = await readDraft(own, draft.id);
    expect(logs().map(({ seconds }) => seconds)).toEqual([minutes * 60]);
    const [entry] = await own.stack.query<{ day: string }>(
      "select entry_date::text as day from public.time_entries where draft_line_item_id = $1",
      [draft.id],
    );
    const startedAt = logs()[0]?.startedAt ?? "";
    // A day is a day; an instant is on that day where the work was done.
    expect(startedAt.includes("T") ? localDay(startedAt, timezone) : startedAt).toBe(entry?.day);
    await own.stack.runCron(SWEEP);
    await own.stack.runCron(SWEEP);
    expect(logs()).toHaveLength(1);
  });

  it("loses it again with the approval, and gets it once more with the next", async () => {
    expect(await unapproveDrafts(own.owner.database, [draft.id])).toMatchObject({ ok: true });
    await afterRuns("withdrawn");
    expect(logs()).toEqual([]);
    await approve();
    await afterRuns("sent");
    expect(logs()).toHaveLength(1);
    await unapproveDrafts(own.owner.database, [draft.id]);
    await afterRuns("withdrawn");
  });

  it("has it once, where the worker did not hear that it was written", async () => {
    await approve();
    await afterRuns("sent");
    // As if it had died before it could say so.
    await own.stack.query(
      "update public.worklogs set status = 'queued', external_id = null where draft_line_item_id = $1 and status = 'sent'",
      [draft.id],
    );
    await afterRuns("sent");
    expect(logs()).toHaveLength(1);
  });

  it("that is away gets it later", async () => {
    await unapproveDrafts(own.owner.database, [draft.id]);
    await afterRuns("withdrawn");
    await approve();
    standin.fail({ kind: "error", status: 503 });
    await own.stack.runCron(SWEEP);
    expect(logs()).toEqual([]);
    standin.heal();
    await afterRuns("sent");
    expect(logs()).toHaveLength(1);
  });
});
