import { connect } from "../http/harness.ts";
import { type LoadResult, sendLoad } from "./load.ts";
import { median, type Row } from "./row.ts";
import { type Bench, waitUntilRecorded } from "./stacks.ts";

const ROUNDS = 3;
const CONNECTIONS = 4;
const LOAD = { concurrency: 32, seconds: 3, commits: 3, bytes: 8192 };

const acceptedPerSecond = (result: LoadResult): number => (result.statuses[202] ?? 0) / result.seconds;

/** Milliseconds that this thread has run: the database, Supabase's API and what leads to workerd. The load has its own. */
function readThreadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/**
 * How many signed pushes are accepted a second while what was accepted is being processed beside it, in turns with a
 * route that stores the same bodies with one call, and one that stores nothing. The median of the rounds counts.
 */
export async function measureAcceptedPushes({ product, baseline }: Bench): Promise<Row[]> {
  const repositories = await Promise.all(Array.from({ length: CONNECTIONS }, () => connect(product, "github")));
  const targets = repositories.map((repository) => ({
    url: repository.webhook_url,
    secret: repository.webhook_secret,
  }));
  const at = (path: string) => ({ ...LOAD, targets: [{ url: `${baseline.appUrl}${path}`, secret: "none" }] });

  // Everything is compiled and every plan cached before it counts.
  await sendLoad({ ...LOAD, seconds: 1, targets });
  await sendLoad({ ...at("/api/store"), seconds: 1 });
  await waitUntilRecorded(product);
  const rounds: Record<"accepted" | "recorded" | "stored" | "nothing" | "recordedMs" | "storedMs", number>[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const pushesFrom = readThreadMs();
    const pushes = await sendLoad({ ...LOAD, targets });
    const rest = await waitUntilRecorded(product);
    const pushesMs = readThreadMs() - pushesFrom;
    const refused = Object.keys(pushes.statuses).filter((status) => status !== "202");
    if (refused.length > 0) throw new Error(`Pushes were not accepted: ${JSON.stringify(pushes.statuses)}`);
    const storedFrom = readThreadMs();
    const stored = await sendLoad(at("/api/store"));
    const storedMs = readThreadMs() - storedFrom;
    const nothing = await sendLoad({ ...at("/api/nothing"), seconds: 1 });
    rounds.push({
      accepted: acceptedPerSecond(pushes),
      recorded: (pushes.statuses[202] ?? 0) / (pushes.seconds + rest / 1000),
      stored: acceptedPerSecond(stored),
      nothing: acceptedPerSecond(nothing),
      recordedMs: pushesMs / (pushes.statuses[202] ?? 0),
      storedMs: storedMs / (stored.statuses[202] ?? 0),
    });
  }
  const of = (key: keyof (typeof rounds)[number]): number => median(rounds.map((round) => round[key]));
  return [
    {
      name: "signed pushes accepted",
      value: of("accepted"),
      unit: "/s",
      baseline: of("stored"),
      against: "a bare Hono route that stores the same 8 KB body with one rpc call",
    },
    {
      name: "signed pushes accepted, to nothing stored",
      value: of("accepted"),
      unit: "/s",
      baseline: of("nothing"),
      against: "a bare Hono route that reads the same body and stores nothing",
    },
    {
      name: "signed pushes accepted and recorded as drafts",
      value: of("recorded"),
      unit: "/s",
      baseline: of("stored"),
      against: "the route with one rpc call; each push has three commits",
    },
    {
      name: "database's thread for a push accepted and recorded",
      value: of("recordedMs"),
      unit: "ms",
      baseline: of("storedMs"),
      against:
        "the same thread's time for a body that the bare route stores: what others on the machine take is not in it",
    },
  ];
}
