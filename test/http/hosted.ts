/** A repository with a history at a stand-in host, connected with a token and a webhook. */
import { randomUUID } from "node:crypto";
import type { Provider } from "@billhook/domain/push";
import { startAzureStandin } from "../standins/azure/server.ts";
import { startBitbucketServerStandin } from "../standins/bitbucket-server/server.ts";
import { startBitbucketStandin } from "../standins/bitbucket/server.ts";
import { startGiteaStandin } from "../standins/gitea/server.ts";
import { startGithubStandin } from "../standins/github/server.ts";
import { startGitlabStandin } from "../standins/gitlab/server.ts";
import { Clone } from "../standins/forge/histories.ts";
import type { ForgeStandin, ForgeStandinOptions } from "../standins/forge/server.ts";
import type { Delivery } from "../standins/service/server.ts";
import { type ConnectedRepository, connect, eventually, type Harness } from "./harness.ts";

const SWEEP = "* * * * *";
export const HOURLY = "7 * * * *";

export interface Hosted {
  standin: ForgeStandin;
  clone: Clone;
  repository: ConnectedRepository;
  /** Makes so many commits on main, each with two changed files; answers their hashes. */
  commit: (count: number, message?: string) => string[];
  /** Tells the webhook of everything since the last push that was told of, or was lost. */
  push: (options?: { lost?: boolean }) => Promise<Delivery[]>;
  close: () => Promise<void>;
}

const standins: Record<Provider, (options: ForgeStandinOptions) => Promise<ForgeStandin>> = {
  github: startGithubStandin,
  gitlab: startGitlabStandin,
  bitbucket: startBitbucketStandin,
  gitea: startGiteaStandin,
  "bitbucket-server": startBitbucketServerStandin,
  azure: startAzureStandin,
};

export async function connectHosted(
  harness: Harness,
  provider: Provider,
  options: Partial<ForgeStandinOptions> & {
    commits?: number;
    token?: string | null;
    clone?: Clone;
    withoutName?: boolean;
  } = {},
): Promise<Hosted> {
  const clone = options.clone ?? new Clone();
  let told: string | null = null;
  let written = 0;
  // Work of its own: the same commit in a second repository of the workspace would be known work, and propose nothing.
  const tag = randomUUID().slice(0, 8);
  const commit = (count: number, message = "Change"): string[] =>
    Array.from({ length: count }, () => {
      written += 1;
      clone.write("src/shop.ts", `export const version = "${tag}-${written}";\n`);
      clone.write("package-lock.json", "{}\n".repeat(written));
      const minute = String(written % 60).padStart(2, "0");
      const hour = String(8 + Math.floor(written / 60)).padStart(2, "0");
      const date = `2026-03-02T${hour}:${minute}:00+02:00`;
      clone.git("add", "-A");
      clone.gitWith(`${message} ${tag} ${written}`, ["commit", "-q", "-F", "-"], {
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_DATE: date,
        GIT_COMMITTER_EMAIL: "12345+ada@users.noreply.github.com",
      });
      return clone.git("rev-parse", "HEAD");
    });
  if (options.clone === undefined) told = commit(options.commits ?? 1).at(-1) ?? null;
  else told = clone.git("rev-parse", "main");

  const standin = await standins[provider]({
    tokens: ["good-token"],
    repositories: [{ owner: "example", name: "shop", path: clone.path, id: 7000 + Math.floor(Math.random() * 1e6) }],
    ...options,
  });
  const repository = await connect(harness, provider, {
    ...(options.withoutName === true ? {} : { name: "example/shop" }),
    base_url: standin.url,
    ...(options.token === null ? {} : { access_token: options.token ?? "good-token" }),
  });
  standin.repository("example/shop").hooks.push({
    id: randomUUID(),
    url: repository.webhook_url,
    secret: repository.webhook_secret,
    events: ["push"],
    active: true,
    createdAt: "2026-03-02T08:00:00Z",
    settings: {},
  });
  return {
    standin,
    clone,
    repository,
    commit,
    async push({ lost = false } = {}) {
      const before = told;
      told = clone.git("rev-parse", "main");
      if (lost) return [];
      return standin.push({ repository: "example/shop", changes: [{ ref: "refs/heads/main", before, after: told }] });
    },
    async close() {
      await standin.close();
      clone.close();
    },
  };
}

export interface StoredCommit {
  hash: string;
  additions: number | null;
  source_additions: number | null;
  parents: string[] | null;
  authored_at: string | null;
  author_email: string | null;
  status: string;
}

export async function commitsOf({ service }: Harness, repositoryId: string): Promise<StoredCommit[]> {
  const { data, error } = await service
    .from("commits")
    .select("hash, additions, source_additions, parents, authored_at, author_email, status")
    .eq("repository_id", repositoryId)
    .order("committed_at");
  if (error !== null) throw new Error(error.message);
  return data;
}

/** Ends every wait for a host, and sweeps. */
export async function waitIsOver(harness: Harness): Promise<void> {
  await harness.stack.query(
    "update public.webhook_deliveries set waits_until = now() - interval '1 second' where waits_until is not null",
  );
  await harness.stack.query(
    "update public.import_jobs set waits_until = now() - interval '1 second' where waits_until is not null",
  );
  await harness.stack.query("update public.host_grants set waits_until = null");
  await harness.stack.runCron(SWEEP);
}

export const runEveryMinute = (harness: Harness): Promise<void> => harness.stack.runCron(SWEEP);

/** The newest delivery of the repository, once it is as asked. */
export function deliveryThat(
  { service }: Harness,
  repositoryId: string,
  is: (delivery: StoredDelivery) => boolean,
): Promise<StoredDelivery> {
  return eventually("the delivery", async () => {
    const { data, error } = await service
      .from("webhook_deliveries")
      .select(
        "id, status, verdict, reason, origin, attempts, waits_until, wait_reason, incomplete_reason, completed_at, timings, commits_recorded, drafts_created",
      )
      .eq("repository_id", repositoryId)
      .order("received_at", { ascending: false })
      .limit(1);
    if (error !== null) throw new Error(error.message);
    const [delivery] = data;
    return delivery !== undefined && is(delivery) ? delivery : null;
  });
}

export interface StoredDelivery {
  id: string;
  status: string;
  verdict: string;
  reason: string | null;
  origin: string;
  attempts: number;
  waits_until: string | null;
  wait_reason: string | null;
  incomplete_reason: string | null;
  completed_at: string | null;
  timings: unknown;
  commits_recorded: number;
  drafts_created: number;
}

export const isDone = ({ status }: StoredDelivery): boolean => status === "done";
export const isWaiting = ({ status, waits_until: until }: StoredDelivery): boolean =>
  status === "accepted" && until !== null;
