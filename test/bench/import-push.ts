import { createHmac, randomUUID } from "node:crypto";
import { connect, signUpWithWorkspace } from "../http/harness.ts";
import { makePush } from "./push-body.ts";
import type { Row } from "./row.ts";
import { type Bench, waitUntilRecorded } from "./stacks.ts";

/** As many as GitHub lists in one push. */
const COMMITS = 2048;

/**
 * A push of very many commits until all its drafts are there, against inserting the very same rows into tables of the same
 * columns without an index, a constraint or a trigger.
 */
export async function measureImport({ product }: Bench): Promise<Row[]> {
  const { stack } = product;
  const person = await signUpWithWorkspace(stack);
  const repository = await connect(product, "github", {}, person);
  const { body } = makePush(COMMITS);
  const started = performance.now();
  const answer = await fetch(repository.webhook_url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-github-event": "push",
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": `sha256=${createHmac("sha256", repository.webhook_secret).update(body).digest("hex")}`,
    },
    body,
  });
  if (answer.status !== 202) throw new Error(`The push was answered ${answer.status}.`);
  await waitUntilRecorded(product);
  const ours = performance.now() - started;
  const [count] = await stack.query<{ drafts: number }>(
    "select count(*)::integer as drafts from public.draft_line_items where repository_id = $1",
    [repository.id],
  );
  if (count?.drafts !== COMMITS) throw new Error(`The push made ${count?.drafts} drafts.`);

  for (const table of ["commits", "draft_line_items", "commit_draft_items"]) {
    await stack.query(`create table private.bench_${table} as select * from public.${table} limit 0`);
  }
  const bareStarted = performance.now();
  await stack.query("insert into private.bench_commits select * from public.commits where repository_id = $1", [
    repository.id,
  ]);
  await stack.query(
    "insert into private.bench_draft_line_items select * from public.draft_line_items where repository_id = $1",
    [repository.id],
  );
  await stack.query(
    `insert into private.bench_commit_draft_items select l.* from public.commit_draft_items l
     join public.draft_line_items d on d.id = l.draft_line_item_id where d.repository_id = $1`,
    [repository.id],
  );
  const bare = performance.now() - bareStarted;
  return [
    {
      name: `import of a push of ${COMMITS.toLocaleString("en")} commits`,
      value: (COMMITS / ours) * 1000,
      unit: "/s",
      baseline: (COMMITS / bare) * 1000,
      against: "copying the same rows inside the database into tables without index, constraint or trigger",
    },
  ];
}
