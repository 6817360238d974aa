/** `billhook send`: the commits of a clone, delivered to a running stack as signed pushes. */
import { type Branch, type Clone, openClone, readBranch, readUser } from "./clone.ts";
import { connectClone, type Connected, type Connection } from "./connection.ts";
import { deliver, type Patience } from "./deliver.ts";
import { CommandFailure } from "./failure.ts";
import { followDeliveries, type Outcome, readLastRecorded } from "./follow.ts";
import { countCommits, type LocalCommit, readCommits, type Selection } from "./git-log.ts";
import { flushOutbox } from "./outbox.ts";
import { groupIntoPushes, type PushSource } from "./push-body.ts";
import { findStack, type Session, signIn, type StackOptions } from "./stack.ts";
import { formatCount, printable, type Terminal } from "./terminal.ts";

export interface SendOptions extends StackOptions {
  path: string;
  selection: Selection;
  branch: string | null;
  project?: string | undefined;
  again: boolean;
  dryRun: boolean;
  /** How long failures of the stack are waited out; for tests. */
  patience?: Patience;
}

/** Sends, and tells on the terminal what came of it. Answers the clone and whether it was connected, for the hook. */
export async function runSend(
  options: SendOptions,
  terminal: Terminal,
): Promise<{ clone: Clone; session: Session | null }> {
  const clone = await openClone(options.path);
  const branch = await readBranch(clone, options.branch);
  const total = branch.tip === null ? 0 : await countCommits(clone, options.selection, branch.tip);
  if (options.dryRun) {
    await previewCommits(clone, branch, options.selection, total, terminal);
    return { clone, session: null };
  }
  const stack = await findStack(options);
  const session = await signIn(stack, options.token);
  const connected = await connectClone(clone, session, { projectId: options.project, again: options.again });
  if (connected.isNew) terminal.print(`Connected ${printable(clone.name)}; the webhook is kept in its .git/config.`);
  if (branch.tip === null || total === 0) {
    terminal.print(
      branch.tip === null ? `${printable(clone.name)} has no commits yet.` : "There are no commits in that range.",
    );
    return { clone, session };
  }

  const since = await readLastRecorded(session, connected.connection.id);
  const sent = await sendCommits(clone, { ...branch, tip: branch.tip }, connected, options, total, terminal);
  const outcome = await followDeliveries(session, connected.connection.id, sent.deliveries, since, {
    onFinished: (finished) => terminal.progress("Recording", finished, sent.deliveries.length),
  });
  terminal.endProgress();
  report(clone, branch, sent, outcome, stack.appUrl, terminal);
  return { clone, session };
}

interface Sent {
  commits: number;
  pushes: number;
  /** Ids of the stored deliveries. */
  deliveries: string[];
}

async function sendCommits(
  clone: Clone,
  branch: Branch & { tip: string },
  { connection }: Connected,
  options: Pick<SendOptions, "selection" | "patience">,
  total: number,
  terminal: Terminal,
): Promise<Sent> {
  const sent: Sent = { commits: 0, pushes: 0, deliveries: [] };
  terminal.progress("Sending  ", 0, total);
  try {
    await flushOutbox(clone, async ({ branch: name, hashes }) => {
      const source = await describeSource(clone, connection, name);
      const commits = readCommits(clone, { kind: "listed", hashes }, "");
      for await (const push of groupIntoPushes(commits, source)) await deliver(connection, push, options.patience);
    });
    const source = await describeSource(clone, connection, branch.name);
    const commits = readCommits(clone, options.selection, branch.tip);
    for await (const push of groupIntoPushes(commits, source)) {
      const id = await deliver(connection, push, options.patience);
      if (id !== null) sent.deliveries.push(id);
      sent.commits += push.commits;
      sent.pushes += 1;
      terminal.progress("Sending  ", sent.commits, total);
    }
  } finally {
    terminal.endProgress();
  }
  return sent;
}

/** What pushes of this clone say of their repository. */
export async function describeSource(clone: Clone, connection: Connection, branch: string): Promise<PushSource> {
  return {
    repositoryId: connection.repositoryId,
    name: clone.name,
    url: clone.origin?.url ?? null,
    commitUrl: clone.origin?.commitUrl ?? null,
    branch,
    user: await readUser(clone),
  };
}

async function previewCommits(
  clone: Clone,
  branch: Branch,
  selection: Selection,
  total: number,
  terminal: Terminal,
): Promise<void> {
  const shown: LocalCommit[] = [];
  let more = 0;
  if (branch.tip !== null) {
    for await (const commit of readCommits(clone, selection, branch.tip)) {
      if (shown.length < 20) shown.push(commit);
      else more += 1;
    }
  }
  for (const { hash, authoredAt, message } of shown) {
    terminal.print(
      `${hash.slice(0, 7)}  ${authoredAt.slice(0, 10).padEnd(10)}  ${printable(message.split("\n")[0] ?? "")}`,
    );
  }
  if (more > 0) terminal.print(`… and ${formatCount(more, "more", "more")}`);
  const what = `${formatCount(total, "commit")} of ${printable(clone.name)} (${printable(branch.name)})`;
  terminal.print(`${what} would be sent; nothing was.`);
}

function report(clone: Clone, branch: Branch, sent: Sent, outcome: Outcome, appUrl: string, terminal: Terminal): void {
  const where = `${printable(clone.name)} (${printable(branch.name)})`;
  terminal.print(
    `Sent ${formatCount(sent.commits, "commit")} of ${where} in ${formatCount(sent.pushes, "push", "pushes")}.`,
  );
  const rules = outcome.ignored.map(([rule, count]) => `${count} ${ruleNames[rule] ?? rule}`).join(", ");
  const left = outcome.recorded - outcome.drafts;
  terminal.print(
    `  ${formatCount(outcome.recorded, "new commit")} recorded: ${formatCount(outcome.drafts, "draft")}, ${left} left out`,
  );
  if (rules !== "") terminal.print(`  left out: ${rules}; they can be brought back in the inbox`);
  const known = sent.commits - outcome.recorded;
  if (known > 0 && outcome.waiting === 0 && outcome.failed.length === 0) terminal.print(`  ${known} known before`);
  if (clone.shallow.size > 0)
    terminal.print("  The clone is shallow: the changes of its oldest commits are not known.");
  terminal.print(`  ${appUrl}/inbox`);
  const [reason] = outcome.failed;
  if (reason !== undefined) {
    throw new CommandFailure(
      "unfinished",
      `${formatCount(outcome.failed.length, "push", "pushes")} arrived and could not be recorded: ${reason}`,
      "Nothing is lost: replay them in the delivery log.",
    );
  }
  if (outcome.waiting > 0) {
    throw new CommandFailure(
      "unfinished",
      `${formatCount(outcome.waiting, "push", "pushes")} arrived and are still being recorded.`,
      "Nothing is lost: they appear in the inbox when they are done.",
    );
  }
}

/** Rules of packages/domain/filters.ts, in the words of a list. */
const ruleNames: Record<string, string> = {
  merge: "merges",
  bot: "by programs",
  exclude_pattern: "by exclude patterns",
  release: "releases",
  dependency: "raised dependencies",
  revert: "reverts",
  tickets_only: "without a ticket",
};
