import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findChildren } from "../embedded/processes.ts";
import { type Stack, startStack } from "../embedded/stack.ts";
import { type Harness, startHarness } from "../http/harness.ts";

/** The product, and the baseline's Worker on a database of the same kind, both in this process; one is used at a time. */
export interface Bench {
  product: Harness;
  baseline: Stack;
  /** Process ids of the workerd of each; 0 where the system does not tell. */
  productWorker: number;
  baselineWorker: number;
  stop(): Promise<void>;
}

/** Where the baseline's Worker stores bodies: no index but the key, no constraint, no trigger, no policy. */
const BASELINE_TABLE = [
  "create table public.bench_bodies (id bigint generated always as identity primary key, body text not null)",
  `create function public.bench_store(p_body text) returns void language sql
   as $$ insert into public.bench_bodies (body) values (p_body) $$`,
  "grant insert on public.bench_bodies to service_role",
  "grant execute on function public.bench_store(text) to service_role",
  "notify pgrst, 'reload schema'",
];

export async function startBench(): Promise<Bench> {
  const product = await startHarness({
    log: ({ level, source, message }) => {
      if (level === "error") process.stderr.write(`${source}: ${message}\n`);
    },
  });
  const [productWorker = 0] = await findChildren("workerd");
  const dataFolder = await mkdtemp(join(tmpdir(), "billhook-bench-"));
  const baseline = await startStack({
    dataFolder,
    port: 0,
    demo: "none",
    withoutWebApp: true,
    schedules: false,
    workerEntry: fileURLToPath(new URL("baseline-worker.ts", import.meta.url)),
  });
  for (const sql of BASELINE_TABLE) await baseline.query(sql);
  const baselineWorker = (await findChildren("workerd")).find((pid) => pid !== productWorker) ?? 0;
  return {
    product,
    baseline,
    productWorker,
    baselineWorker,
    async stop() {
      await product.stop();
      await baseline.stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** Waits until every accepted delivery is recorded. Answers the milliseconds it took. */
export async function waitUntilRecorded({ stack }: Harness): Promise<number> {
  const started = performance.now();
  for (;;) {
    const [waiting] = await stack.query<{ count: number }>(
      "select count(*)::integer as count from public.webhook_deliveries where status = 'accepted'",
    );
    if (waiting?.count === 0) return performance.now() - started;
    if (performance.now() - started > 60_000)
      throw new Error(`${waiting?.count} deliveries were not recorded in a minute.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
