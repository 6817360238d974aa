/** Ticket systems connected to a workspace, pushes that name their tickets, and what came of them. */
import { randomUUID } from "node:crypto";
import type { TrackerKind } from "@billhook/domain/tracker";
import type { Token } from "@billhook/http/result";
import { expect } from "vitest";
import { cases, secret, type TrackerCase } from "../standins/trackers/cases.ts";
import type { TrackerStandin } from "../standins/trackers/server.ts";
import type { ConnectedRepository, Harness, PersonOfWorkspace } from "./harness.ts";
import { callApi, connect, deliverGithub, eventually, type ExampleCommit, githubPush, settled } from "./harness.ts";

export const SWEEP = "* * * * *";

export function caseOf(kind: TrackerKind): TrackerCase {
  const found = cases.find((each) => each.kind === kind);
  if (found === undefined) throw new Error(`no stand-in for ${kind}`);
  return found;
}

/** What a person types for a token. */
export const given = (token: Token): { username?: string; token: string } =>
  token.kind === "basic" ? { username: token.username, token: token.password } : { token: token.value };

export interface ConnectedTracker {
  id: string;
  account: string;
  webhook_url: string | null;
  webhook_secret: string | null;
}

export async function connectSystem(
  { stack, owner }: Pick<Harness, "stack" | "owner">,
  of: TrackerCase,
  standin: Pick<TrackerStandin, "url">,
  extra: Record<string, unknown> = {},
  person: PersonOfWorkspace = owner,
): Promise<ConnectedTracker> {
  const answer = await callApi(stack, "POST", "/api/trackers", {
    token: person.token,
    body: {
      workspace_id: person.workspaceId,
      kind: of.kind,
      base_url: standin.url,
      ...(of.site === null ? {} : { site: of.site }),
      ...given(of.token(secret)),
      ...extra,
    },
  });
  const text = await answer.text();
  expect([answer.status, text]).toEqual([201, text]);
  return JSON.parse(text) as ConnectedTracker;
}

export interface TicketedDraft {
  id: string;
  description: string;
  category: string | null;
  epic: string | null;
  minutes: number;
  billable: boolean;
  status: string;
  version: number;
  estimate_method: string;
  awaits_ticket: boolean | null;
  ticket_key: string | null;
  ticket_url: string | null;
  ticket_title: string | null;
  ticket_state: string | null;
  ticket_reason: string | null;
  ticket_is_done: boolean | null;
  ticket_current_key: string | null;
  flags: { code: string; message: string }[];
}

/** Pushes commits to the connection and answers their drafts, in the order of the commits. */
export async function pushCommits(
  harness: Harness,
  repository: ConnectedRepository,
  commits: ExampleCommit[],
): Promise<TicketedDraft[]> {
  const hashes = commits.map(({ hash }) => hash ?? randomUUID().replaceAll("-", "").padEnd(40, "0"));
  const push = githubPush(commits.map((commit, index) => ({ ...commit, hash: hashes[index] ?? "" })));
  const answer = await deliverGithub(repository, JSON.stringify(push));
  expect(answer.status).toBe(202);
  await settled(harness.service, repository.id);
  return draftsOf(harness, hashes);
}

export async function draftsOf(harness: Harness, hashes: string[]): Promise<TicketedDraft[]> {
  const rows = await harness.stack.query<TicketedDraft & { hash: string }>(
    `select v.*, k.hash from public.inbox_drafts v
     join public.commit_draft_items l on l.draft_line_item_id = v.id join public.commits k on k.id = l.commit_id
     where k.hash = any ($1)`,
    [hashes],
  );
  return hashes.flatMap((hash) => rows.find((row) => row.hash === hash) ?? []);
}

export async function readDraft(harness: Harness, id: string): Promise<TicketedDraft> {
  const [row] = await harness.stack.query<TicketedDraft>("select * from public.inbox_drafts where id = $1", [id]);
  if (row === undefined) throw new Error(`no draft ${id}`);
  return row;
}

/** A repository of its own, so that a push waits for its own deliveries only. */
export const connectRepository = (harness: Harness, person = harness.owner): Promise<ConnectedRepository> =>
  connect(harness, "github", {}, person);

/** Lets the schedule run as if the waits were over, until the draft is as wanted. */
export async function afterSchedule(
  harness: Harness,
  id: string,
  isWanted: (draft: TicketedDraft) => boolean,
): Promise<TicketedDraft> {
  return eventually(`draft ${id} to be moved`, async () => {
    await harness.stack.query("update public.tickets set next_fetch_at = now() where next_fetch_at is not null");
    await harness.stack.query("update public.host_grants set waits_until = null, budget_reset_at = null");
    await harness.stack.runCron(SWEEP);
    const draft = await readDraft(harness, id);
    return isWanted(draft) ? draft : null;
  });
}

export const setRules = (harness: Harness, rules: Record<string, unknown>, person = harness.owner) =>
  person.database
    .from("project_git_configs")
    .update(rules as never)
    .eq("project_id", person.projectId)
    .select("project_id")
    .single();
