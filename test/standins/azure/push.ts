/**
 * Azure DevOps' `git.push` events: the refs of a push and its commits, newest first; the secret is a password.
 * learn.microsoft.com, "Service hooks events".
 */
import type { GitCommit, GitPerson } from "../forge/git.ts";
import type { StandinHook, StandinRepository } from "../forge/repository.ts";
import type { PushInput } from "../forge/server.ts";
import type { Delivery } from "../service/server.ts";

let notifications = 0;

export async function pushDeliveries(
  repository: StandinRepository,
  { changes, pusher }: Required<PushInput>,
  hook: StandinHook,
): Promise<Pick<Delivery, "headers" | "body">[]> {
  const { git } = repository;
  const zeroes = await git.zeroes();
  const commits: object[] = [];
  for (const { before, after } of changes) {
    if (after === null) continue;
    const hashes = await git.list({ include: after, exclude: before === null ? [] : [before] });
    commits.push(...(await git.commits(hashes)).map(toCommit));
  }
  notifications += 1;
  const body = JSON.stringify({
    subscriptionId: hook.id,
    notificationId: notifications,
    eventType: "git.push",
    publisherId: "tfs",
    resource: {
      commits,
      refUpdates: changes.map(({ ref, before, after }) => ({
        name: ref,
        oldObjectId: before ?? zeroes,
        newObjectId: after ?? zeroes,
      })),
      repository: await toRepository("https://azure.example/organisation", repository),
      pushedBy: { displayName: pusher.name, uniqueName: pusher.email },
      pushId: notifications,
    },
    resourceVersion: "1.0",
  });
  const password = Buffer.from(`billhook:${hook.secret}`).toString("base64");
  return [{ headers: { "content-type": "application/json; charset=utf-8", authorization: `Basic ${password}` }, body }];
}

export async function toRepository(url: string, repository: StandinRepository): Promise<object> {
  const { owner, name, uuid } = repository;
  return {
    id: uuid,
    name,
    url: `${url}/_apis/git/repositories/${uuid}`,
    project: { id: `project-${owner}`, name: owner },
    defaultBranch: `refs/heads/${await repository.git.defaultBranch()}`,
    remoteUrl: `${url}/${owner}/_git/${name}`,
  };
}

export function toCommit(commit: GitCommit): object {
  const signed = ({ name, email, date }: GitPerson): object => ({
    name,
    email,
    date: new Date(date).toISOString().replace(".000Z", "Z"),
  });
  return {
    commitId: commit.hash,
    author: signed(commit.author),
    committer: signed(commit.committer),
    comment: commit.message.trimEnd(),
    url: `https://azure.example/organisation/_apis/git/commits/${commit.hash}`,
  };
}
