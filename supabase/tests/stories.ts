import type { DraftOutcome } from "@billhook/database/drafts";
import type { Acceptance, RecordedCommit, RecordedDraft } from "@billhook/database/deliveries";
import type { ToldTicket } from "@billhook/database/tickets";
import { expect } from "vitest";
import { type Caller, service, type TestDatabase } from "./database.ts";

export type Person = Extract<Caller, { role: "authenticated" }>;

/** A workspace with one person per role, one client in EUR, one project at 90.00 an hour and one connected repository. */
export interface Workspace {
  id: string;
  clientId: string;
  projectId: string;
  repositoryId: string;
  owner: Person;
  admin: Person;
  member: Person;
  viewer: Person;
}

let people = 0;

export async function makePerson(db: TestDatabase, name = "person"): Promise<Person> {
  people += 1;
  const person: Person = {
    role: "authenticated",
    userId: crypto.randomUUID(),
    email: `${name}${people}@example.com`,
  };
  await db.query("insert into auth.users (id, email) values ($1, $2)", [person.userId, person.email]);
  return person;
}

export async function makeWorkspace(db: TestDatabase, currency = "EUR"): Promise<Workspace> {
  const owner = await makePerson(db, "owner");
  const id = await db.rpc<string>(owner, "create_workspace", { p_name: "Studio", p_currency: currency });
  const [admin, member, viewer] = await Promise.all([
    addMember(db, id, "admin"),
    addMember(db, id, "member"),
    addMember(db, id, "viewer"),
  ]);
  const clientId = await makeClient(db, { id, owner }, currency);
  const projectId = await makeProject(db, { id, owner }, clientId, { rate: 9000 });
  const repositoryId = await connectRepository(db, owner, projectId);
  return { id, clientId, projectId, repositoryId, owner, admin, member, viewer };
}

async function addMember(db: TestDatabase, workspaceId: string, role: string): Promise<Person> {
  const person = await makePerson(db, role);
  await db.query(
    "insert into public.members (workspace_id, user_id, role, display_name, email) values ($1, $2, $3, $3, $4)",
    [workspaceId, person.userId, role, person.email],
  );
  return person;
}

export async function makeClient(
  db: TestDatabase,
  workspace: Pick<Workspace, "id" | "owner">,
  currency: string,
): Promise<string> {
  const id = crypto.randomUUID();
  await db.as(
    workspace.owner,
    "insert into public.clients (id, workspace_id, name, currency) values ($1, $2, 'Client', $3)",
    [id, workspace.id, currency],
  );
  return id;
}

export async function makeProject(
  db: TestDatabase,
  workspace: Pick<Workspace, "id" | "owner">,
  clientId: string,
  options: { rate?: number | null; billingType?: string } = {},
): Promise<string> {
  const id = crypto.randomUUID();
  await db.as(
    workspace.owner,
    `insert into public.projects (id, workspace_id, client_id, name, hourly_rate_minor, billing_type)
     values ($1, $2, $3, 'Project', $4, $5)`,
    [id, workspace.id, clientId, options.rate ?? null, options.billingType ?? "hourly"],
  );
  return id;
}

export async function connectRepository(
  db: TestDatabase,
  manager: Person,
  projectId: string,
  name: string | null = null,
): Promise<string> {
  return db.rpc<string>(manager, "connect_repository", {
    p_id: crypto.randomUUID(),
    p_project_id: projectId,
    p_provider: "github",
    p_secret_ciphertext: "k1:ciphertext",
    p_name: name,
  });
}

/** A token for the host's API, as the Worker stores it; answers the grant's id. The repository gets a name to be asked by. */
export async function giveToken(db: TestDatabase, manager: Person, repositoryId: string): Promise<string> {
  await db.query("update public.repositories set name = 'studio/site' where id = $1 and name is null", [repositoryId]);
  return db.rpc<string>(manager, "set_repository_token", {
    p_repository_id: repositoryId,
    p_grant_id: crypto.randomUUID(),
    p_token_ciphertext: "k1.nonce.ciphertext",
  });
}

export const hash = (): string => `${crypto.randomUUID()}${crypto.randomUUID()}`.replaceAll("-", "").slice(0, 40);

export function makeCommit(
  commit: Partial<Omit<RecordedCommit, "draft">> = {},
  draft: Partial<RecordedDraft> = {},
): RecordedCommit & { draft: RecordedDraft } {
  return {
    id: crypto.randomUUID(),
    hash: hash(),
    message: "Add a page",
    person_id: null,
    author_name: "Author",
    author_email: "author@example.com",
    author_username: null,
    committer_name: null,
    committer_email: null,
    committed_at: "2026-03-02T10:00:00Z",
    authored_at: "2026-03-02T10:00:00Z",
    authored_offset_minutes: 60,
    work_day: "2026-03-02",
    branch: "main",
    url: null,
    parents: null,
    files: null,
    files_changed: null,
    additions: null,
    deletions: null,
    source_files: null,
    source_additions: null,
    source_deletions: null,
    binary_files: null,
    ticket_ref: null,
    ticket_refs: [],
    ignored_rule: null,
    ignored_reason: null,
    ...commit,
    draft: {
      draft_id: crypto.randomUUID(),
      description: "Added a page",
      detailed_description: null,
      category: null,
      minutes: 60,
      estimate_low: 30,
      estimate_high: 90,
      estimate_method: "heuristic",
      estimate_reason: "by its files",
      flags: [],
      work_date: "2026-03-02",
      ticket_key: null,
      ...draft,
    },
  };
}

/** Accepts a push as the Worker does; `acceptance` overrides what the host said. */
export function accept(
  db: TestDatabase,
  repositoryId: string,
  acceptance: Record<string, unknown> = {},
): Promise<Acceptance> {
  return db.rpc<Acceptance>(service, "accept_delivery", {
    p_repository_id: repositoryId,
    p_delivery_id: crypto.randomUUID(),
    p_event: "push",
    p_verdict: "push",
    p_payload: { changes: [] },
    p_body_bytes: 100,
    ...acceptance,
  });
}

/** Accepts and answers the stored delivery's id. */
export async function acceptPush(db: TestDatabase, repositoryId: string): Promise<string> {
  const acceptance = await accept(db, repositoryId);
  if (acceptance.outcome !== "stored") throw new Error(`not stored: ${acceptance.outcome}`);
  return acceptance.id;
}

export const record = (
  db: TestDatabase,
  results: { delivery_id: string; commits: RecordedCommit[] }[],
): Promise<unknown> => db.rpc(service, "record_deliveries", { p_results: results });

/** Pushes commits all the way to drafts, and answers the drafts' ids. */
export async function push(db: TestDatabase, repositoryId: string, commits: RecordedCommit[]): Promise<string[]> {
  const deliveryId = await acceptPush(db, repositoryId);
  await record(db, [{ delivery_id: deliveryId, commits }]);
  return commits.flatMap((commit) => commit.draft?.draft_id ?? []);
}

/** As many open drafts as asked for, of the given minutes. */
export const makeDrafts = (db: TestDatabase, repositoryId: string, count: number, minutes = 60): Promise<string[]> =>
  push(
    db,
    repositoryId,
    Array.from({ length: count }, () => makeCommit({}, { minutes })),
  );

export async function makeApproved(
  db: TestDatabase,
  workspace: Workspace,
  count: number,
  minutes = 60,
): Promise<string[]> {
  const ids = await makeDrafts(db, workspace.repositoryId, count, minutes);
  const outcome = await db.rpc<DraftOutcome>(workspace.member, "approve_drafts", { p_ids: ids });
  expect(outcome.skipped).toEqual([]);
  return ids;
}

export const createInvoice = (db: TestDatabase, workspace: Workspace, draftIds: string[]): Promise<string> =>
  db.rpc<string>(workspace.admin, "create_invoice", { p_client_id: workspace.clientId, p_draft_ids: draftIds });

/** A finalised invoice over fresh drafts. */
export async function makeOpenInvoice(
  db: TestDatabase,
  workspace: Workspace,
  count = 2,
): Promise<{ id: string; number: string; draftIds: string[] }> {
  const draftIds = await makeApproved(db, workspace, count);
  const id = await createInvoice(db, workspace, draftIds);
  const number = await db.rpc<string>(workspace.admin, "finalise_invoice", { p_invoice_id: id });
  return { id, number, draftIds };
}

/** Codes of what was skipped, in the order of `ids`; undefined for what was changed. */
export function codesOf(outcome: DraftOutcome, ids: string[]): (string | undefined)[] {
  return ids.map((id) => outcome.skipped.find((skipped) => skipped.id === id)?.code);
}

/** A connected ticket system, as the Worker stores it; answers its id. */
export async function connectTracker(db: TestDatabase, workspace: Workspace, kind = "jira"): Promise<string> {
  return db.rpc<string>(service, "connect_tracker", {
    p_workspace_id: workspace.id,
    p_user_id: workspace.owner.userId,
    p_connection: {
      id: crypto.randomUUID(),
      kind,
      name: "Our Jira",
      base_url: "https://jira.example.com",
      account_name: "Dev One",
      prefixes: ["SHOP"],
      takes_worklogs: true,
    },
    p_grant: { id: crypto.randomUUID(), kind: "token", access: "k1.nonce.ciphertext", webhook: "k1.nonce.webhook" },
  });
}

/** What a system told of a ticket, as the Worker keeps it. */
export function tellTicket(connectionId: string, key: string, told: Partial<ToldTicket> = {}): ToldTicket {
  return {
    connection_id: connectionId,
    key,
    state: "found",
    reason: null,
    current_key: key,
    external_id: key,
    title: `The title of ${key}`,
    status: "In progress",
    is_done: false,
    labels: [],
    asked_at: new Date().toISOString(),
    next_fetch_at: null,
    ...told,
  };
}

/** Commits that name a ticket, with a draft each under it; answers the drafts' ids. */
export function pushForTicket(
  db: TestDatabase,
  workspace: Workspace,
  told: ToldTicket,
  drafts: Partial<RecordedDraft>[] = [{}],
): Promise<string[]> {
  const { connection_id: connectionId, key } = told;
  return push(
    db,
    workspace.repositoryId,
    drafts.map((draft, index) => ({
      ...makeCommit({}, { ticket_key: key, ticket: { connection_id: connectionId, key }, ...draft }),
      tickets: [{ key, connection_id: connectionId, ticket_key: key }],
      told: index === 0 ? [told] : [],
    })),
  );
}

/** A connection with one ticket, an approved draft under it, and its time on the way there. */
export async function makeTicket(db: TestDatabase, workspace: Workspace): Promise<void> {
  await db.query("update public.project_git_configs set write_worklogs = true where project_id = $1", [
    workspace.projectId,
  ]);
  const connectionId = await connectTracker(db, workspace);
  const ids = await pushForTicket(db, workspace, tellTicket(connectionId, "SHOP-1"));
  await db.rpc(workspace.member, "approve_drafts", { p_ids: ids });
}

/** Connects an account of Stripe, with a key and an endpoint. Answers its id. */
export function connectStripe(
  db: TestDatabase,
  workspace: Workspace,
  account: { id?: string; account_id?: string; livemode?: boolean } = {},
): Promise<string> {
  return db.rpc<string>(service, "connect_stripe_account", {
    p_workspace_id: workspace.id,
    p_user_id: workspace.owner.userId,
    p_account: {
      id: crypto.randomUUID(),
      account_id: `acct_${crypto.randomUUID().replaceAll("-", "")}`,
      name: "Lantern Studio",
      livemode: true,
      key_hint: "rk_live_…1234",
      state: "connected",
      missing_permissions: [],
      webhook_endpoint_id: "we_1",
      ...account,
    },
    p_secrets: { key: "k1.nonce.ciphertext", webhook: "k1.nonce.ciphertext" },
  });
}
