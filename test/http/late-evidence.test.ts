import { approveDrafts } from "@billhook/database/drafts";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { callApi, eventually, type Harness, signUpWithWorkspace, startHarness } from "./harness.ts";
import { commitsOf, connectHosted, deliveryThat, type Hosted, isDone, runEveryMinute } from "./hosted.ts";

let harness: Harness;
let hosted: Hosted;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());
// The hosted commits of two tests have one author and the same seconds.
beforeEach(async () => {
  harness = { ...harness, owner: await signUpWithWorkspace(harness.stack) };
});
afterEach(() => hosted.close());

/** A commit and what it was rewritten to, both recorded while the host could not be asked. */
async function recordUnseen(): Promise<[first: string, rewritten: string]> {
  hosted = await connectHosted(harness, "github");
  const { clone, repository, standin } = hosted;
  await eventually("the branches to be known", async () => {
    const { data } = await harness.service.from("repository_heads").select("branch").eq("repository_id", repository.id);
    return (data?.length ?? 0) > 0;
  });
  standin.tokens.delete("good-token");
  const [first = ""] = hosted.commit(1, "Add the form to the shop");
  await hosted.push();
  await deliveryThat(harness, repository.id, isDone);
  clone.gitWith("", ["commit", "-q", "--amend", "--no-edit"], { GIT_COMMITTER_DATE: "2026-03-02T20:00:00+02:00" });
  await hosted.push();
  await eventually("both", async () => (await commitsOf(harness, repository.id)).length === 2);
  return [first, clone.git("rev-parse", "HEAD")];
}

/** The host is asked again, about both. */
async function mend(): Promise<void> {
  hosted.standin.tokens.add("new-token");
  const answer = await callApi(harness.stack, "POST", `/api/repositories/${hosted.repository.id}/token`, {
    token: harness.owner.token,
    body: { access_token: "new-token" },
  });
  expect(answer.status).toBe(200);
  await runEveryMinute(harness);
  await eventually("the counts", async () =>
    (await commitsOf(harness, hosted.repository.id)).every(({ additions }) => additions !== null),
  );
}

interface Line {
  id: string;
  hash: string;
  status: string;
  rejected_reason: string | null;
  flags: { code: string; short_hash?: string }[];
}
/** Each line by the first commit it was made for. */
const lines = () =>
  harness.stack.query<Line>(
    `select distinct on (d.id) d.id, k.hash, d.status, d.rejected_reason, d.flags from public.draft_line_items d
     join public.commit_draft_items i on i.draft_line_item_id = d.id join public.commits k on k.id = i.commit_id
     where d.repository_id = $1 order by d.id, k.created_at = d.created_at desc, k.created_at`,
    [hosted.repository.id],
  );
const lineOf = async (hash: string): Promise<Line | undefined> => (await lines()).find((line) => line.hash === hash);
const suspects = (line: Line | undefined): (string | undefined)[] =>
  (line?.flags ?? []).filter(({ code }) => code === "possible_rewrite").map((flag) => flag.short_hash);

test("a patch-id that comes late links two drafts that nobody touched: the younger one gives way, and says why", async () => {
  const [first, rewritten] = await recordUnseen();
  expect(await lineOf(rewritten)).toMatchObject({ status: "draft" });
  expect(suspects(await lineOf(rewritten))).toEqual([first.slice(0, 7)]);
  await mend();
  const [commit] = await harness.stack.query(
    `select k.same_work_evidence, r.hash as same_as from public.commits k join public.commits r on r.id = k.same_work_as
     where k.repository_id = $1 and k.hash = $2`,
    [hosted.repository.id, rewritten],
  );
  expect(commit).toEqual({ same_work_evidence: "patch_id", same_as: first });
  const kept = await lineOf(first);
  expect(kept?.status).toBe("draft");
  expect(kept?.flags.map(({ code }) => code)).toEqual(["commit_old"]);
  const given = (await lines()).find(({ status }) => status === "rejected");
  expect(given?.rejected_reason).toContain(first.slice(0, 7));
  expect(suspects(given)).toEqual([first.slice(0, 7)]);
});

test("where the older one was approved, the younger one gives way to it as well", async () => {
  const [first, rewritten] = await recordUnseen();
  const older = await lineOf(first);
  await approveDrafts(harness.owner.database, [older?.id ?? ""]);
  await mend();
  expect((await lines()).map(({ status }) => status).toSorted()).toEqual(["approved", "rejected"]);
  expect(await lineOf(first)).toMatchObject({ id: older?.id, status: "approved" });
  expect(suspects((await lines()).find(({ status }) => status === "rejected"))).toEqual([first.slice(0, 7)]);
  expect(rewritten).not.toBe(first);
});

test("where both were touched, the one that is open is flagged, and nothing is dropped", async () => {
  const [first, rewritten] = await recordUnseen();
  const [older, younger] = [await lineOf(first), await lineOf(rewritten)];
  await approveDrafts(harness.owner.database, [older?.id ?? ""]);
  const edited = { p_ids: [younger?.id ?? ""], p_changes: { minutes: 77 } };
  expect((await harness.owner.database.rpc("update_drafts", edited)).error).toBeNull();
  await mend();
  expect(await lineOf(first)).toMatchObject({ status: "approved" });
  expect(await lineOf(rewritten)).toMatchObject({ status: "draft" });
  expect(suspects(await lineOf(rewritten))).toEqual([first.slice(0, 7)]);
  const stored = await harness.stack.query(
    "select patch_id from public.commits where repository_id = $1 and patch_id is null",
    [hosted.repository.id],
  );
  expect(stored).toEqual([]);
});
