/** What lines changed, read from their hosts and kept in memory for as long as their words are made. */
import type { BillhookClient } from "@billhook/database/client";
import type { WordLine } from "@billhook/database/words";
import { isProvider } from "@billhook/forges/registry";
import type { Settings } from "../env.ts";
import { openSession } from "../hosts/session.ts";
import { log } from "../log.ts";

/** A Worker opens six connections at once (developers.cloudflare.com/workers/platform/limits); the database needs one. */
const questionsAtOnce = 5;
const secondsPerGo = 8;
const commitsPerLine = 3;
/** UTF-16 units; what is beyond is not looked at. */
const maximumLength = 200_000;
/** New pushes come first: half of a grant's budget is left to them. */
const keptForPushes = 0.5;

/** By draft. A line whose host does not answer in time is worded without. */
export async function readDiffs(
  db: BillhookClient,
  settings: Settings,
  lines: readonly WordLine[],
): Promise<Map<string, string>> {
  const diffs = new Map<string, string>();
  const readable = lines.filter(
    ({ host, repository }) => host !== null && host.revoked_reason === null && repository?.name != null,
  );
  const grants = Map.groupBy(readable, ({ host }) => host?.grant_id ?? "");
  await Promise.all(
    [...grants.values()].map(async (ofGrant) => {
      try {
        await readOfGrant(db, settings, ofGrant, diffs);
      } catch (error) {
        log("warn", "diffs_not_read", { cause: String(error) });
      }
    }),
  );
  return diffs;
}

async function readOfGrant(
  db: BillhookClient,
  settings: Settings,
  lines: readonly WordLine[],
  diffs: Map<string, string>,
): Promise<void> {
  const [first] = lines;
  const provider = first?.repository?.provider ?? "";
  if (first?.host == null || !isProvider(provider)) return;
  const waiting = lines.flatMap(({ draft_id: id, commits, repository }) =>
    commits.slice(0, commitsPerLine).map(({ hash }) => ({ id, hash, repository: repository?.name ?? "" })),
  );
  const opened = await openSession(db, settings, provider, first.host, {
    wanted: waiting.length * 2,
    seconds: secondsPerGo,
    keep: keptForPushes,
  });
  if (!opened.ok) return;
  const { session } = opened;
  const read = async (): Promise<void> => {
    while (!session.isSpent) {
      const commit = waiting.shift();
      if (commit === undefined) return;
      const connection = session.connection(commit.repository);
      const told = session.heed(await session.api.readCommit(connection, commit.hash, { diff: true }));
      if (told.ok && told.value.diff !== null) {
        diffs.set(commit.id, ((diffs.get(commit.id) ?? "") + told.value.diff).slice(0, maximumLength));
      } else if (!told.ok && told.code !== "unknown_commit" && told.code !== "unexpected") return;
    }
  };
  try {
    await Promise.all(Array.from({ length: questionsAtOnce }, read));
  } finally {
    await session.close(db);
  }
}
