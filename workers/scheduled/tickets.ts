/**
 * Tickets that are to be read again: those a system did not answer for, those a webhook told of, and those that open lines
 * stand under and nobody has looked at for a while. Lines that nobody touched move with them.
 */
import type { BillhookClient } from "@billhook/database/client";
import {
  type DueTracker,
  findDueTickets,
  type MovedDraft,
  readTicketDrafts,
  saveTickets,
  type TicketDraft,
  type ToldTicket,
} from "@billhook/database/tickets";
import { describeCommit } from "@billhook/describe/template";
import { flagTicket } from "@billhook/domain/commit-flags";
import { defaultGitConfig, type GitConfig, gitConfigSchema } from "@billhook/domain/git-config";
import type { FileChange, PushedCommit } from "@billhook/domain/push";
import { applyTicketRules } from "@billhook/domain/ticket-rules";
import { serviceDatabase, type Settings } from "../env.ts";
import { log } from "../log.ts";
import { linkOpenDrafts } from "../pipeline/tickets.ts";
import { askTickets } from "../tickets/ask.ts";

/** Longer than in the way of a push: nobody waits for it. */
const longestWaitMs = 20_000;

export async function refreshTickets(_env: Env, settings: Settings): Promise<void> {
  const db = serviceDatabase(settings);
  const due = await findDueTickets(db);
  if (!due.ok) {
    log("error", "due_tickets_not_found", { cause: due.error.cause });
    return;
  }
  // Side by side, so that a slow system holds up its own tickets only.
  await Promise.all(due.value.map((tracker) => refreshTracker(db, settings, tracker)));
}

/** A system was connected, or told of a change: open lines are put under its tickets, and what is due is read now. */
export async function refreshConnection(env: Env, settings: Settings, connectionId: string): Promise<void> {
  const linked = await linkOpenDrafts(serviceDatabase(settings), connectionId);
  if (!linked.ok) throw new Error(linked.error.cause);
  await refreshTickets(env, settings);
}

async function refreshTracker(db: BillhookClient, settings: Settings, tracker: DueTracker): Promise<void> {
  const keys = tracker.tickets.map(({ key }) => key);
  const attempts = new Map(tracker.tickets.map((ticket) => [ticket.key, ticket.attempts]));
  const told = await askTickets(db, settings, tracker, keys, longestWaitMs, (key) => attempts.get(key) ?? 0);
  if (told.length > 0) await keepTickets(db, tracker.id, told);
}

/** One procedure for the tickets and the lines that move with them. */
async function keepTickets(db: BillhookClient, connectionId: string, told: ToldTicket[]): Promise<void> {
  const found = told.filter(({ state }) => state === "found");
  const drafts = await readTicketDrafts(
    db,
    connectionId,
    found.map(({ key }) => key),
  );
  const byKey = new Map(found.map((ticket) => [ticket.key, ticket]));
  const moved = (drafts.ok ? drafts.value : []).flatMap((draft) => {
    const ticket = byKey.get(draft.ticket.key);
    return ticket === undefined ? [] : moveDraft(draft, ticket);
  });
  const saved = drafts.ok ? await saveTickets(db, told, moved) : drafts;
  if (!saved.ok) log("error", "tickets_not_saved", { connection: connectionId, cause: saved.error.cause });
  else if (saved.value > 0) log("info", "drafts_moved_with_tickets", { connection: connectionId, drafts: saved.value });
}

/** The draft as it is with the ticket as it is now; nothing where that is the same. */
function moveDraft(draft: TicketDraft, ticket: ToldTicket): MovedDraft[] {
  const parsed = gitConfigSchema.safeParse(draft.config);
  const config = parsed.success ? parsed.data : defaultGitConfig;
  const key = draft.ticket_key ?? draft.ticket.key;
  const now = applyRules(key, ticket, config);
  const before = applyRules(key, draft.ticket, config);
  const words = describe(draft, key, ticket, config, now.category);
  const wordsBefore = describe(draft, key, draft.ticket, config, before.category);
  // Words of a person, of a model or of what is left of a commit are not the template's to change.
  const isTemplate = !draft.is_part && draft.description === wordsBefore.description;
  const flags = [
    ...now.flags,
    ...flagTicket({
      key,
      loggedMinutes: ticket.logged_minutes ?? null,
      committedMinutes: draft.committed,
      status: ticket.status ?? null,
      done: ticket.is_done ?? null,
    }),
  ];
  const canBill = draft.billing_type !== "non_billable";
  const moved: MovedDraft = {
    id: draft.id,
    version: draft.version,
    description: isTemplate ? words.description : null,
    detailed_description: isTemplate ? words.detailed_description : null,
    category: isTemplate ? words.category : null,
    epic: now.epic,
    ticket_url: ticket.url ?? null,
    // What another rule left unbilled stays so; what a label did is taken back with it.
    billable: now.isBilled ? draft.billable || (canBill && !before.isBilled) : false,
    awaits_ticket: draft.awaits_ticket !== false && now.awaitsTicket,
    ticket_flags: flags,
  };
  const isSame =
    (moved.description ?? draft.description) === draft.description &&
    (moved.category ?? draft.category) === draft.category &&
    moved.epic === draft.epic &&
    moved.ticket_url === draft.ticket_url &&
    moved.billable === draft.billable &&
    moved.awaits_ticket === (draft.awaits_ticket === true) &&
    JSON.stringify(flags.map(({ message }) => message)) ===
      JSON.stringify(draft.ticket_flags.map(({ message }) => message));
  return isSame ? [] : [moved];
}

function applyRules(
  key: string,
  ticket: Pick<ToldTicket, "labels" | "is_done" | "epic_title" | "parent_title"> & { state: string },
  config: GitConfig,
) {
  return applyTicketRules(
    {
      key,
      isFound: ticket.state === "found",
      labels: ticket.labels ?? [],
      isDone: ticket.is_done ?? null,
      epic: ticket.epic_title ?? null,
      parent: ticket.parent_title ?? null,
    },
    config,
  );
}

function describe(
  draft: TicketDraft,
  key: string,
  { title, type, labels }: Pick<ToldTicket, "title" | "type" | "labels">,
  config: GitConfig,
  category: string | undefined,
) {
  return describeCommit(asCommit(draft), {
    explicitPattern: config.explicit_pattern,
    tickets: title == null ? [] : [{ key, title, type: type ?? null, labels: labels ?? [] }],
    ...(category === undefined ? {} : { category }),
  });
}

/** As far as the template reads it. */
const asCommit = ({ message, files }: TicketDraft): PushedCommit => ({
  hash: "",
  message,
  parents: null,
  author: { name: null, email: null, username: null },
  committer: null,
  authoredAt: null,
  committedAt: null,
  files: Array.isArray(files) ? (files as unknown as FileChange[]) : null,
  patchId: null,
  url: null,
});
