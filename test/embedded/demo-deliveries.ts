/** The demo's commits as their hosts would deliver them: one signed push per repository, day and branch. */
import { createHash, createHmac } from "node:crypto";
import { atLocalTime } from "./demo-calendar.ts";
import type { DemoCommit, DemoRepository } from "./demo-commit.ts";

export interface DemoDelivery {
  headers: Record<string, string>;
  body: string;
}

interface DatedCommit extends DemoCommit {
  hash: string;
  parents: string[];
  /** ISO 8601 with the offset of the workspace's zone. */
  date: string;
}

const developer = { name: "Demo Developer", email: "demo@billhook.example" };
const program = { name: "renovate[bot]", email: "29139614+renovate[bot]@users.noreply.github.com" };
const authorOf = (commit: DemoCommit): typeof developer => (commit.kind === "bot" ? program : developer);

/** The same commit always has the same hash. */
export function hashOf(repository: DemoRepository, commit: DemoCommit): string {
  return createHash("sha1").update(`${repository.name}\n${commit.day} ${commit.at}\n${commit.message}`).digest("hex");
}

/** Every push of the repository, oldest first. `days` are the dates of the history's days; `secret` is the connection's. */
export function makeDeliveries(
  repository: DemoRepository,
  days: readonly string[],
  timeZone: string,
  secret: string,
): DemoDelivery[] {
  const pushes = new Map<string, DatedCommit[]>();
  const heads = new Map<string, string>();
  const before = new Map<string, string | null>();
  for (const commit of repository.commits) {
    const parent = heads.get(commit.branch) ?? heads.get("main");
    const merged = commit.kind === "merge" ? [...heads].find(([branch]) => branch !== "main")?.[1] : undefined;
    const dated = {
      ...commit,
      hash: hashOf(repository, commit),
      parents: [parent, merged].filter((hash) => hash !== undefined),
      date: atLocalTime(days[commit.day] ?? "", commit.at, timeZone),
    };
    const key = `${commit.day} ${commit.branch}`;
    if (!before.has(key)) before.set(key, heads.get(commit.branch) ?? null);
    pushes.set(key, [...(pushes.get(key) ?? []), dated]);
    heads.set(commit.branch, dated.hash);
  }
  return [...pushes].map(([key, commits]) => {
    const push = { repository, branch: commits[0]?.branch ?? "", before: before.get(key) ?? null, commits };
    return writers[repository.provider](push, secret);
  });
}

interface DemoPush {
  repository: DemoRepository;
  branch: string;
  before: string | null;
  commits: DatedCommit[];
}

const zeroHash = "0".repeat(40);
const paths = (commit: DemoCommit): string[] => (commit.files ?? []).map(([path]) => path);
const headOf = ({ commits }: DemoPush): string => commits.at(-1)?.hash ?? zeroHash;
const deliveryIdOf = (push: DemoPush): string => `demo-${headOf(push)}`;
const sign = (secret: string, body: string): string =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

/** docs.github.com, "Webhook events and payloads", push; the counts as in packages/forges/clone-details.ts. */
function writeGithub(push: DemoPush, secret: string): DemoDelivery {
  const { repository, branch, commits } = push;
  const body = JSON.stringify({
    ref: `refs/heads/${branch}`,
    before: push.before ?? zeroHash,
    after: headOf(push),
    created: push.before === null,
    deleted: false,
    forced: false,
    repository: {
      id: Number(repository.externalId),
      name: repository.name.split("/")[1],
      full_name: repository.name,
      html_url: repository.url,
      default_branch: "main",
    },
    pusher: developer,
    sender: { login: "demo-developer" },
    commits: commits.map((commit) => ({
      id: commit.hash,
      distinct: true,
      message: commit.message,
      timestamp: commit.date,
      url: `${repository.url}/commit/${commit.hash}`,
      author: authorOf(commit),
      committer: authorOf(commit),
      added: [],
      removed: [],
      modified: paths(commit),
      billhook: {
        parents: commit.parents,
        authored_at: commit.date,
        files: (commit.files ?? []).map(([path, additions, deletions]) => ({
          path,
          status: "modified",
          additions,
          deletions,
          binary: false,
        })),
      },
    })),
  });
  const headers = {
    "x-github-event": "push",
    "x-github-delivery": deliveryIdOf(push),
    "x-hub-signature-256": sign(secret, body),
  };
  return { headers, body };
}

/** docs.gitlab.com, "Webhook events", push events. */
function writeGitlab(push: DemoPush, secret: string): DemoDelivery {
  const { repository, branch, commits } = push;
  const body = JSON.stringify({
    object_kind: "push",
    event_name: "push",
    ref: `refs/heads/${branch}`,
    before: push.before ?? zeroHash,
    after: headOf(push),
    checkout_sha: headOf(push),
    user_name: developer.name,
    user_username: "demo-developer",
    user_email: developer.email,
    project_id: Number(repository.externalId),
    project: {
      id: Number(repository.externalId),
      path_with_namespace: repository.name,
      web_url: repository.url,
      default_branch: "main",
    },
    total_commits_count: commits.length,
    commits: commits.map((commit) => ({
      id: commit.hash,
      message: commit.message,
      title: commit.message.split("\n")[0],
      timestamp: commit.date,
      url: `${repository.url}/-/commit/${commit.hash}`,
      author: authorOf(commit),
      added: [],
      modified: paths(commit),
      removed: [],
    })),
  });
  const headers = { "x-gitlab-event": "Push Hook", "x-gitlab-token": secret, "idempotency-key": deliveryIdOf(push) };
  return { headers, body };
}

/** support.atlassian.com, "Event payloads", repo:push: newest first, dates in UTC. */
function writeBitbucket(push: DemoPush, secret: string): DemoDelivery {
  const { repository, branch, commits } = push;
  const body = JSON.stringify({
    repository: {
      type: "repository",
      uuid: repository.externalId,
      full_name: repository.name,
      name: repository.name.split("/")[1],
      links: { html: { href: repository.url } },
    },
    actor: { type: "user", display_name: developer.name, nickname: "demo-developer" },
    push: {
      changes: [
        {
          old: push.before === null ? null : { type: "branch", name: branch, target: { hash: push.before } },
          new: { type: "branch", name: branch, target: { hash: headOf(push) } },
          created: push.before === null,
          closed: false,
          forced: false,
          truncated: false,
          commits: commits.toReversed().map((commit) => ({
            type: "commit",
            hash: commit.hash,
            message: `${commit.message}\n`,
            date: new Date(commit.date).toISOString().replace(".000Z", "+00:00"),
            author: { type: "author", raw: `${authorOf(commit).name} <${authorOf(commit).email}>` },
            parents: commit.parents.map((hash) => ({ type: "commit", hash })),
            links: { html: { href: `${repository.url}/commits/${commit.hash}` } },
          })),
        },
      ],
    },
  });
  const headers = {
    "x-event-key": "repo:push",
    "x-request-uuid": deliveryIdOf(push),
    "x-hub-signature": sign(secret, body),
  };
  return { headers, body };
}

const writers = { github: writeGithub, gitlab: writeGitlab, bitbucket: writeBitbucket };
