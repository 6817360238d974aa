/** A stack with one workspace, and what a test needs to act as its people and as a git host. */
import { createHmac, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BillhookClient, createDatabaseClient } from "@billhook/database/client";
import { createWorkspace } from "@billhook/database/workspaces";
import { createClient } from "@supabase/supabase-js";
import { type Stack, type StackOptions, startStack } from "../embedded/stack.ts";

export interface Harness {
  stack: Stack;
  /** As the service role. */
  service: BillhookClient;
  owner: PersonOfWorkspace;
  stop(): Promise<void>;
}

export interface PersonOfWorkspace {
  token: string;
  database: BillhookClient;
  workspaceId: string;
  clientId: string;
  projectId: string;
}

export interface ConnectedRepository {
  id: string;
  webhook_url: string;
  webhook_secret: string;
}

export async function startHarness(options: Partial<StackOptions> = {}): Promise<Harness> {
  const dataFolder = await mkdtemp(join(tmpdir(), "billhook-test-"));
  const stack = await startStack({
    dataFolder,
    port: 0,
    demo: "none",
    withoutWebApp: true,
    schedules: false,
    ...options,
  });
  return {
    stack,
    service: createDatabaseClient({ url: stack.supabaseUrl, key: stack.secretKey }),
    owner: await signUpWithWorkspace(stack),
    async stop() {
      await stack.stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** A new person with a workspace of their own, one client (EUR, 90.00 an hour) and one project. */
export async function signUpWithWorkspace(
  stack: Pick<Stack, "supabaseUrl" | "publishableKey">,
  currency = "EUR",
  hourlyRateMinor = 9000,
): Promise<PersonOfWorkspace> {
  const auth = createClient(stack.supabaseUrl, stack.publishableKey, { auth: { persistSession: false } });
  const signedUp = await auth.auth.signUp({ email: `${randomUUID()}@example.com`, password: "correct horse battery" });
  const token = signedUp.data.session?.access_token;
  if (token === undefined) throw new Error(`sign-up failed: ${signedUp.error?.message ?? "no session"}`);
  const database = createDatabaseClient({ url: stack.supabaseUrl, key: stack.publishableKey, accessToken: token });
  const created = await createWorkspace(database, {
    name: "Example Works",
    currency,
    timezone: "Europe/Berlin",
    displayName: "Dev One",
  });
  if (!created.ok) throw new Error(created.error.cause);
  const workspaceId = created.value;
  const clientId = randomUUID();
  const projectId = randomUUID();
  await expectOk(
    database.from("clients").insert({
      id: clientId,
      workspace_id: workspaceId,
      name: "Client Ltd",
      email: "billing@client.example.com",
      currency,
      hourly_rate_minor: hourlyRateMinor,
    }),
  );
  await expectOk(
    database.from("projects").insert({ id: projectId, workspace_id: workspaceId, client_id: clientId, name: "Shop" }),
  );
  return { token, database, workspaceId, clientId, projectId };
}

async function expectOk(query: PromiseLike<{ error: { message: string } | null }>): Promise<void> {
  const { error } = await query;
  if (error !== null) throw new Error(error.message);
}

/** A call of the Worker's API, as a person where a token is given. */
export function callApi(
  stack: Pick<Stack, "appUrl">,
  method: string,
  path: string,
  options: { token?: string; body?: unknown } = {},
): Promise<Response> {
  return fetch(`${stack.appUrl}${path}`, {
    method,
    headers: {
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...(options.body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
}

export async function connect(
  { stack, owner }: Pick<Harness, "stack" | "owner">,
  provider: string,
  extra: Record<string, string> = {},
  person: PersonOfWorkspace = owner,
): Promise<ConnectedRepository> {
  const answer = await callApi(stack, "POST", "/api/repositories", {
    token: person.token,
    body: { project_id: person.projectId, provider, ...extra },
  });
  if (answer.status !== 201) throw new Error(`connect answered ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as ConnectedRepository;
}

export const hmac = (secret: string, body: string | Uint8Array): string =>
  createHmac("sha256", secret).update(body).digest("hex");

/** Sends a body as GitHub does; `headers` replace what it would send. */
export function deliverGithub(
  repository: Pick<ConnectedRepository, "webhook_url" | "webhook_secret">,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(repository.webhook_url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-github-event": "push",
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": `sha256=${hmac(repository.webhook_secret, body)}`,
      ...headers,
    },
    body,
  });
}

export interface ExampleCommit {
  message?: string;
  hash?: string;
  timestamp?: string;
  modified?: string[];
  author?: { name: string; email: string };
}

export const randomHash = (): string => (randomUUID() + randomUUID()).replaceAll("-", "").slice(0, 40);

/** A push in GitHub's form. */
export function githubPush(
  commits: ExampleCommit[],
  repository: { id: number; full_name: string } = { id: 7001, full_name: "example/shop" },
) {
  const listed = commits.map((commit) => {
    const author = commit.author ?? { name: "Dev One", email: "dev.one@example.com" };
    const id = commit.hash ?? randomHash();
    return {
      id,
      tree_id: randomHash(),
      distinct: true,
      message: commit.message ?? "Fix the basket's total",
      timestamp: commit.timestamp ?? "2026-03-02T10:15:00+01:00",
      url: `https://github.com/${repository.full_name}/commit/${id}`,
      author,
      committer: author,
      added: [],
      removed: [],
      modified: commit.modified ?? ["src/basket.ts", "src/total.ts"],
    };
  });
  return {
    ref: "refs/heads/main",
    before: randomHash(),
    after: listed.at(-1)?.id ?? randomHash(),
    created: false,
    deleted: false,
    forced: false,
    repository: {
      ...repository,
      name: repository.full_name.split("/")[1],
      html_url: `https://github.com/${repository.full_name}`,
      default_branch: "main",
    },
    pusher: { name: "dev-one", email: "dev.one@example.com" },
    commits: listed,
    head_commit: listed.at(-1) ?? null,
  };
}

/** Waits until a condition holds; the error says what was waited for. */
export async function eventually<T>(
  what: string,
  read: () => Promise<T | null | undefined | false>,
  withinMs = 15_000,
): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    const value = await read();
    if (value !== null && value !== undefined && value !== false) return value;
    if (Date.now() > until) throw new Error(`waited ${withinMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits until no delivery of the connection is waiting any more, and answers them. */
export function settled(service: BillhookClient, repositoryId: string) {
  return eventually("deliveries to settle", async () => {
    const { data } = await service
      .from("webhook_deliveries")
      .select("id, delivery_id, verdict, status, reason, error, attempts, commits_recorded, drafts_created")
      .eq("repository_id", repositoryId);
    return data !== null && data.length > 0 && data.every((row) => row.status !== "accepted") ? data : null;
  });
}
