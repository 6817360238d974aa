/** The same story at each host: a push is completed, a lost one is healed, history is imported, and rewritten work is known. */
import { providers } from "@billhook/domain/push";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeLongHistory } from "../standins/forge/histories.ts";
import { callApi, eventually, type Harness, signUpWithWorkspace, startHarness } from "./harness.ts";
import { commitsOf, connectHosted, deliveryThat, HOURLY, type Hosted, isDone } from "./hosted.ts";

let harness: Harness;
const open: Hosted[] = [];
beforeAll(async () => {
  harness = await startHarness();
});
beforeEach(async () => {
  harness.owner = await signUpWithWorkspace(harness.stack);
});
afterAll(() => harness.stop());
afterEach(async () => {
  for (const hosted of open.splice(0)) await hosted.close();
});

const hashesOf = async (repositoryId: string): Promise<string[]> =>
  (await commitsOf(harness, repositoryId)).map(({ hash }) => hash).toSorted();

describe.each(providers)("%s", (provider) => {
  const hosted = async (
    ...[options]: Parameters<typeof connectHosted> extends [unknown, unknown, ...infer Rest] ? Rest : never
  ) => {
    const made = await connectHosted(harness, provider, options ?? {});
    open.push(made);
    await eventually("the branches to be known", async () => {
      const { data } = await harness.service
        .from("repository_heads")
        .select("branch")
        .eq("repository_id", made.repository.id);
      return (data?.length ?? 0) > 0;
    });
    return made;
  };

  test("completes a push of more commits than it lists, with their lines and parents", async () => {
    const { commit, push, repository } = await hosted();
    const hashes = commit(24);
    await push();
    const delivery = await deliveryThat(harness, repository.id, isDone);
    expect(delivery).toMatchObject({ commits_recorded: 24, incomplete_reason: null });
    expect(await hashesOf(repository.id)).toEqual(hashes.toSorted());
    for (const each of await commitsOf(harness, repository.id)) {
      expect(each.parents).toHaveLength(1);
      expect(each.additions).toBeGreaterThan(0);
      expect(each.authored_at).not.toBeNull();
    }
  });

  test("has a lost push healed by the next one, and by the hourly comparison of its branches", async () => {
    const { clone, commit, push, repository } = await hosted();
    const all = commit(1);
    await push();
    await deliveryThat(harness, repository.id, isDone);
    all.push(...commit(3));
    await push({ lost: true });
    all.push(...commit(1));
    await push();
    await eventually("the gap", async () => (await commitsOf(harness, repository.id)).length === 5);
    expect(await hashesOf(repository.id)).toEqual(all.toSorted());

    all.push(...commit(2));
    await push({ lost: true });
    clone.git("checkout", "-q", "-b", "feature/basket");
    all.push(...commit(2, "Basket"));
    clone.git("checkout", "-q", "main");
    await harness.stack.query(
      `update public.repositories set created_at = now() - interval '3 hours', last_delivery_at = now() - interval '2 hours',
         reconciled_at = null where id = $1`,
      [repository.id],
    );
    await harness.stack.runCron(HOURLY);
    await eventually("the missed", async () => (await commitsOf(harness, repository.id)).length === 9);
    expect(await hashesOf(repository.id)).toEqual(all.toSorted());
  });

  test("imports the last commits of its history, and passes over what is there", async () => {
    const { clone, hashes } = makeLongHistory(130);
    const { repository } = await hosted({ clone });
    const path = `/api/repositories/${repository.id}/imports`;
    const runImport = async (body: object) => {
      const answer = await callApi(harness.stack, "POST", path, { token: harness.owner.token, body });
      expect(answer.status).toBe(202);
      const { id } = (await answer.json()) as { id: string };
      return eventually(
        "the import to end",
        async () => {
          const { data } = await harness.service
            .from("import_jobs")
            .select("status, found, imported, skipped, error")
            .eq("id", id)
            .single();
          return data?.status === "done" || data?.status === "failed" ? data : null;
        },
        30_000,
      );
    };
    expect(await runImport({ as: "drafts", last: 105 })).toMatchObject({ status: "done", imported: 105, error: null });
    expect(await hashesOf(repository.id)).toEqual(hashes.slice(-105).toSorted());
    expect(await runImport({ as: "drafts" })).toMatchObject({ status: "done", found: 130, imported: 25, skipped: 105 });
    expect(await hashesOf(repository.id)).toEqual(hashes.toSorted());
  });

  test("has a rewritten branch, pushed with force, propose nothing again", async () => {
    const { clone, commit, push, repository } = await hosted();
    commit(2);
    await push();
    await deliveryThat(harness, repository.id, isDone);
    clone.gitWith("", ["commit", "-q", "--amend", "-m", "Say it in other words"], {
      GIT_COMMITTER_DATE: "2026-03-02T20:00:00+02:00",
    });
    await push();
    await eventually("the rewritten", async () => (await commitsOf(harness, repository.id)).length === 3);
    const { count } = await harness.service
      .from("draft_line_items")
      .select("id", { count: "exact", head: true })
      .eq("repository_id", repository.id);
    const flagged = await harness.stack.query(
      'select id from public.draft_line_items where repository_id = $1 and flags @> \'[{"code": "possible_rewrite"}]\'',
      [repository.id],
    );
    // Without a diff there is no patch-id: then nothing proves it, and a person is asked.
    expect([count, flagged.length]).toEqual(provider === "azure" ? [3, 1] : [2, 0]);
  });
});
