import { randomBytes, randomInt } from "node:crypto";

/** Addresses that GitHub lists with every repository: they are most of a real payload. */
const REPOSITORY_LINKS = [
  "archive", "assignees", "blobs", "branches", "clone", "collaborators", "comments", "commits", "compare", "contents",
  "contributors", "deployments", "downloads", "events", "forks", "git_commits", "git_refs", "git_tags", "git", "hooks",
  "issue_comment", "issue_events", "issues", "keys", "labels", "languages", "merges", "milestones", "notifications",
  "pulls", "releases", "ssh", "stargazers", "statuses", "subscribers", "subscription", "svn", "tags", "teams", "trees",
]; // prettier-ignore

/** How many people push, and over how many days: estimates look at a person's day as a whole. */
const PEOPLE = 20;
const DAYS = 250;

const hash = (): string => randomBytes(20).toString("hex");

/** A push in GitHub's form with new commits, of the given size where one is given. Answers the last commit's hash too. */
export function makePush(commitCount: number, bytes?: number): { body: string; hash: string } {
  const name = "example/shop";
  const nth = randomInt(PEOPLE) + 1;
  const person = { name: `Dev ${nth}`, email: `dev.${nth}@example.com`, username: `dev-${nth}` };
  const firstDay = randomInt(DAYS);
  const commits = Array.from({ length: commitCount }, (_, index) => ({
    id: hash(),
    tree_id: hash(),
    distinct: true,
    // No two alike: the same words of the same person would look like a rewritten commit.
    message: `feat(basket): keep item ${hash().slice(0, 12)} in the basket SHOP-${(index % 50) + 1}`,
    // Eight an hour and ten hours a day, where a push has very many.
    timestamp: new Date(Date.UTC(2026, 0, 1 + firstDay + Math.floor(index / 80), 8, (index % 80) * 7))
      .toISOString()
      .replace(".000Z", "+00:00"),
    url: `https://github.example.com/${name}/commit/${index}`,
    author: person,
    committer: person,
    added: [`src/basket/item-${index}.ts`],
    removed: [],
    modified: ["src/basket/basket.ts", "src/basket/basket.test.ts", "src/total/total.ts"],
  }));
  const last = commits.at(-1);
  const push = {
    ref: "refs/heads/main",
    before: hash(),
    after: last?.id ?? hash(),
    repository: {
      id: 7001,
      full_name: name,
      name: "shop",
      html_url: `https://github.example.com/${name}`,
      default_branch: "main",
      ...Object.fromEntries(
        REPOSITORY_LINKS.map((link) => [`${link}_url`, `https://api.github.example.com/repos/${name}/${link}{/id}`]),
      ),
    },
    pusher: { name: person.username, email: person.email },
    sender: { login: person.username, id: 1, type: "User" },
    created: false,
    deleted: false,
    forced: false,
    compare: `https://github.example.com/${name}/compare/a...b`,
    commits,
    head_commit: last ?? null,
  };
  const body = JSON.stringify(push);
  if (bytes === undefined || last === undefined) return { body, hash: push.after };
  // The last commit is listed twice, as head_commit as well.
  const missing = Math.floor((bytes - body.length) / 2) - 2;
  last.message += `\n\n${"The basket keeps what was put into it. ".repeat(Math.ceil(Math.max(0, missing) / 39)).slice(0, Math.max(0, missing))}`;
  return { body: JSON.stringify(push), hash: push.after };
}
