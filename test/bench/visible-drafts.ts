import { connect, type PersonOfWorkspace, signUpWithWorkspace } from "../http/harness.ts";
import { findChanges, loadChanges, loadWatermark } from "../../web/src/features/inbox/inbox-loading.ts";
import { sendLoad } from "./load.ts";
import { quantile, type Row, timeMedian } from "./row.ts";
import type { Bench } from "./stacks.ts";

const SECONDS = 8;
/** Between two looks; an open page looks once a second, which adds up to a second to what is measured here. */
const LOOK_MS = 50;

const now = (): number => performance.timeOrigin + performance.now();

/** Looks for new drafts as the open inbox does, and notes when each commit's draft was first seen. */
function watchInbox({ database, workspaceId }: PersonOfWorkspace) {
  const seenAt = new Map<string, number>();
  const known = new Map<string, number>();
  const stopped = new AbortController();
  const watch = async (): Promise<void> => {
    let watermark = await loadWatermark(database, workspaceId);
    while (!stopped.signal.aborted) {
      const changes = await findChanges(database, workspaceId, watermark);
      if (changes.ok) {
        const fresh = changes.value.filter((mark) => (known.get(mark.id) ?? 0) < mark.version);
        const loaded = await loadChanges(database, workspaceId, fresh, (rows) => {
          const at = now();
          // Seen again when a later commit of the day moves its estimate: the first time counts.
          for (const { short_hash: hash } of rows.flatMap((row) => row.commits)) {
            if (!seenAt.has(hash)) seenAt.set(hash, at);
          }
        });
        if (loaded.ok) {
          for (const mark of fresh) known.set(mark.id, mark.version);
          watermark = changes.value.at(-1)?.updated_at ?? watermark;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  };
  const done = watch();
  return {
    seenAt,
    stop: async () => {
      stopped.abort();
      await done;
    },
  };
}

async function measureAt(bench: Bench, rate: number): Promise<number[]> {
  const person = await signUpWithWorkspace(bench.product.stack);
  const repository = await connect(bench.product, "github", {}, person);
  const inbox = watchInbox(person);
  const targets = [{ url: repository.webhook_url, secret: repository.webhook_secret }];
  const { sent } = await sendLoad({ targets, concurrency: 32, seconds: SECONDS, rate, commits: 1, bytes: 8192 });
  const deadline = now() + 20_000;
  while (sent.some(({ hash }) => !inbox.seenAt.has(hash.slice(0, 7))) && now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  await inbox.stop();
  const times = sent.map(
    ({ hash, sentAt }) => (inbox.seenAt.get(hash.slice(0, 7)) ?? Number.POSITIVE_INFINITY) - sentAt,
  );
  if (times.length < rate * SECONDS || !times.every(Number.isFinite)) throw new Error("Not every push became a draft.");
  return times.toSorted((a, b) => a - b);
}

/** From the moment a push is sent until the person's own inbox query answers with its draft. */
export async function measureVisibleDrafts(bench: Bench): Promise<Row[]> {
  const { owner } = bench.product;
  const roundTrip = await timeMedian(30, async () => owner.database.rpc("currency_exponent", { p_currency: "EUR" }));
  const rows: Row[] = [];
  for (const rate of [10, 20]) {
    const times = await measureAt(bench, rate);
    for (const [words, share] of [
      ["median", 0.5],
      ["95th percentile", 0.95],
    ] as const) {
      rows.push({
        name: `push to visible draft at ${rate}/s, ${words}`,
        value: quantile(times, share),
        unit: "ms",
        baseline: roundTrip,
        against: "one bare rpc round trip while nothing else happens",
      });
    }
  }
  return rows;
}
