/**
 * Is this commit work that is known already, under another hash?
 *
 * Git gives a commit a new hash whenever anything of it changes: amended, rebased, squashed, picked onto another branch.
 * Here it is decided from evidence, the strongest first; docs/decisions/0007-work-identity.md says why in this order.
 * What proves it links the commit to the earlier one; what only suggests it makes a flag, and never drops anything.
 */
import { authorKey } from "./people.ts";
import type { FileChange, Person, PushedCommit } from "./push.ts";
import { findCherryPicked, findListedSubjects, findReverted, findSquashed } from "./trailers.ts";

/** `squash` and `pull_request` say that it holds the earlier commit among others. */
export type Evidence = "hash" | "patch_id" | "pull_request" | "squash" | "cherry_pick" | "author_date";

/** The names by which a commit's work is found again. */
export interface WorkKeys {
  hash: string;
  /** The change itself. A revert has a name of its own: the second of two is the change it once took back. */
  patch: string | null;
  /** Author, author date and subject. */
  authored: string | null;
  /** Author and author date. Two commits of one second share it: it suggests, and proves nothing. */
  moment: string | null;
  /** Author and message: it suggests, and proves nothing. */
  message: string | null;
}

/** A commit that is known, from the database or earlier in the same batch. */
export interface KnownWork {
  id: string;
  hash: string;
  /** The commit that stands for the work: itself, or the one it was linked to. */
  root: string;
  rootHash: string;
  repository: string;
  branch: string | null;
  author: Person;
  authoredAt: string | null;
  subject: string;
  patchId: string | null;
  parents: string[] | null;
  /** The rule that left the work out; `person` where somebody did. Null where it is proposed or billed. */
  ignoredRule: string | null;
  /** Taken back by a later commit. */
  reverted: boolean;
  /** Null where they are not known or were not asked for. */
  files: FileChange[] | null;
  /** What its drafts come to, in minutes. */
  minutes: number;
}

export interface NewWork {
  commit: PushedCommit;
  keys: WorkKeys;
  repository: string;
  branch: string;
  forced: boolean | null;
  /** Would a rule leave it out? */
  ignored: boolean;
  /** Does the commit lie before it in the history it was pushed with? Then it is not what this one was rewritten from. */
  isAncestor: (hash: string) => boolean;
}

/** Looks up what is known by a key: the first that had it, or the latest for keys that only suggest. */
export type FindWork = (key: string) => KnownWork | null;

export type Identity =
  | { kind: "new"; suspicion: Suspicion | null }
  /** Known work; `works` has several where it holds them all. */
  | { kind: "same"; works: KnownWork[]; evidence: Evidence }
  /** Holds known work and more. */
  | { kind: "part"; works: KnownWork[]; missing: string[]; evidence: Evidence };

export interface Suspicion {
  work: KnownWork;
  /** A sentence for the person who looks at the draft. */
  reason: string;
}

const proposedAgain = new Set(["exclude_pattern", "tickets_only", "release", "dependency", "revert", "bot", "merge"]);

const digestLength = 16;
async function digest(...parts: string[]): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(parts.join("\0")));
  return Array.from(new Uint8Array(bytes, 0, digestLength), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const hashKey = (hash: string): string => `hash:${hash}`;

export const subjectOf = (message: string): string => message.trimStart().split(/\r?\n/u, 1)[0]?.trim() ?? "";

export async function findKeys(commit: PushedCommit): Promise<WorkKeys> {
  const author = authorKey(commit.author);
  const at = instantOf(commit.authoredAt);
  const message = commit.message.replaceAll("\r\n", "\n").trim();
  const [undone] = findReverted(commit.message);
  const known = author !== "unknown";
  return {
    hash: hashKey(commit.hash),
    patch:
      commit.patchId == null ? null : `patch:${commit.patchId}${undone === undefined ? "" : `:${undone.slice(0, 12)}`}`,
    authored: at === null || !known ? null : `authored:${await digest(author, at, subjectOf(message))}`,
    moment: at === null || !known ? null : await digest("moment", author, at),
    message: message === "" || !known ? null : await digest("message", author, message),
  };
}

/** Git counts seconds. */
function instantOf(iso: string | null): string | null {
  const at = iso === null ? Number.NaN : Date.parse(iso);
  return Number.isNaN(at) ? null : String(Math.floor(at / 1000));
}

/** Keys of the commits that its message or its pull request names. */
export const namedHashes = (commit: PushedCommit): string[] => [
  ...new Set([
    ...(commit.squashOf ?? []),
    ...findSquashed(commit.message),
    ...findCherryPicked(commit.message),
    ...findReverted(commit.message),
  ]),
];

/** The keys that only this work has; whoever comes later with one of them is linked to it. */
export function claimedKeys({ commit, keys }: Pick<NewWork, "commit" | "keys">): string[] {
  const holds = [...(commit.squashOf ?? []), ...findSquashed(commit.message), ...findCherryPicked(commit.message)];
  return [...new Set([keys.hash, keys.patch, keys.authored, ...holds.map(hashKey)].filter((key) => key !== null))];
}

/** `find` answers keys of proof, `suggest` keys of suspicion. */
export function identify(work: NewWork, find: FindWork, suggest: FindWork): Identity {
  const { commit, keys } = work;
  // What a rule left out is no obstacle for what the rules let through.
  const counts = (known: KnownWork | null): known is KnownWork =>
    known !== null && (work.ignored || known.ignoredRule === null || !proposedAgain.has(known.ignoredRule));
  const one = (known: KnownWork, evidence: Evidence): Identity => ({ kind: "same", works: [known], evidence });

  const byHash = find(keys.hash);
  // Recorded already: nothing comes of it.
  if (byHash?.hash === commit.hash && byHash.repository === work.repository) return { kind: "new", suspicion: null };
  if (counts(byHash)) return one(byHash, byHash.hash === commit.hash ? "hash" : "cherry_pick");

  const byPatch = keys.patch === null ? null : find(keys.patch);
  let suspicion: Suspicion | null = null;
  if (counts(byPatch)) {
    const doubt = doubtPatch(work, byPatch);
    if (doubt === null) return one(byPatch, "patch_id");
    suspicion = { work: byPatch, reason: doubt };
  }

  if (!work.ignored) {
    const requested = holds(commit.squashOf ?? [], "pull_request", find, counts);
    if (requested !== null) return requested;
    const squashed = holds(findSquashed(commit.message), "squash", find, counts);
    if (squashed !== null) return squashed;
  }

  // A change made once more keeps its trailer and, picked, its date.
  const isDoubted = (known: KnownWork): boolean => known.root === suspicion?.work.root;
  const picked = findCherryPicked(commit.message)
    .map((hash) => find(hashKey(hash)))
    .filter(counts)
    .filter((known) => !isDoubted(known));
  if (picked.length > 0) return { kind: "same", works: unique(picked), evidence: "cherry_pick" };

  const byDate = keys.authored === null ? null : find(keys.authored);
  if (counts(byDate) && !work.isAncestor(byDate.hash) && !isDoubted(byDate)) return one(byDate, "author_date");

  return { kind: "new", suspicion: suspicion ?? suspect(work, suggest) };
}

const unique = (works: readonly KnownWork[]): KnownWork[] => [
  ...new Map(works.map((known) => [known.root, known])).values(),
];

/** Why the same change may be other work after all; null where it is the same. */
export function doubtPatch(work: NewWork, known: KnownWork): string | null {
  const { commit } = work;
  const short = known.hash.slice(0, 7);
  const onSameBranch = work.forced === false && known.repository === work.repository && known.branch === work.branch;
  if (work.isAncestor(known.hash) || (known.reverted && onSameBranch))
    return `It makes the same change as ${short} once more.`;
  const moment = instantOf(commit.authoredAt);
  const other = instantOf(known.authoredAt);
  if (moment !== null && moment === other) return null;
  // Made again, it would have been made later: this one is what the other was rewritten from, and comes late.
  const isOlder = moment !== null && other !== null && Number(moment) < Number(other);
  if (known.reverted || (onSameBranch && !isOlder)) return `It makes the same change as ${short} once more.`;
  if (!isSameAuthor(commit.author, known.author)) return `It makes the same change as ${short}, by somebody else.`;
  if (known.repository !== work.repository) return `It makes the same change as ${short} in another repository.`;
  return null;
}

/** The same address, login or name: hosts put their own address on what they merge. */
export function isSameAuthor(one: Person, other: Person): boolean {
  const same = (a: string | null, b: string | null): boolean =>
    a !== null && a.trim() !== "" && a.trim().toLowerCase() === b?.trim().toLowerCase();
  return authorKey(one) === authorKey(other) || same(one.username, other.username) || same(one.name, other.name);
}

/** What it holds of other commits; null where none of them is known. */
function holds(
  hashes: readonly string[],
  evidence: Evidence,
  find: FindWork,
  counts: (known: KnownWork | null) => known is KnownWork,
): Identity | null {
  const found = hashes.map((hash) => ({ hash, known: find(hashKey(hash)) }));
  const held = found.filter(({ known }) => counts(known));
  if (held.length === 0) return null;
  const works = unique(held.map(({ known }) => known).filter((known) => known !== null));
  // A merge commit of the branch holds no work of its own.
  const missing = found
    .filter((each) => !held.includes(each) && each.known?.ignoredRule !== "merge")
    .map(({ hash }) => hash);
  return missing.length === 0 ? { kind: "same", works, evidence } : { kind: "part", works, missing, evidence };
}

function suspect(work: NewWork, suggest: FindWork): Suspicion | null {
  const { commit, keys } = work;
  const candidate = (key: string | null): KnownWork | null => {
    const known = key === null ? null : suggest(key);
    return known === null || known.hash === commit.hash || work.isAncestor(known.hash) || known.ignoredRule === "merge"
      ? null
      : known;
  };
  const sameMoment = candidate(keys.moment);
  if (sameMoment !== null) {
    return {
      work: sameMoment,
      reason: `It was written in the same second as ${sameMoment.hash.slice(0, 7)}: it may be that commit, rewritten.`,
    };
  }
  const sameMessage = candidate(keys.message);
  if (sameMessage !== null && mayBeRewritten(work, sameMessage)) {
    return {
      work: sameMessage,
      reason: `It has author and message of ${sameMessage.hash.slice(0, 7)}: it may be that commit, rewritten.`,
    };
  }
  return null;
}

function mayBeRewritten({ commit, repository, branch, forced }: NewWork, known: KnownWork): boolean {
  const sameRepository = known.repository === repository;
  if (sameRepository && commit.parents?.some((parent) => known.parents?.includes(parent))) return true;
  // Both dates are known and differ: it would have kept its own.
  if (commit.authoredAt !== null && known.authoredAt !== null) return false;
  if (sameRepository && forced === true) return true;
  // Picked onto another branch: told from a habit ("wip", "fix tests") by its length.
  const words = subjectOf(commit.message).split(/\s+/u).length;
  return (!sameRepository || known.branch !== branch) && words >= 3;
}

/** What remains of a commit that holds known work: its files and lines without theirs, and the words of the rest. */
export function subtractKnown(commit: PushedCommit, works: readonly KnownWork[]): PushedCommit {
  const known = new Map<string, { additions: number; deletions: number }>();
  for (const { path, additions, deletions } of works.flatMap(({ files }) => files ?? [])) {
    const sum = known.get(path) ?? { additions: 0, deletions: 0 };
    known.set(path, { additions: sum.additions + (additions ?? 0), deletions: sum.deletions + (deletions ?? 0) });
  }
  const files = commit.files?.flatMap((file): FileChange[] => {
    const taken = known.get(file.path);
    if (taken === undefined) return [file];
    if (file.additions === null && file.deletions === null) return [];
    const additions = Math.max(0, (file.additions ?? 0) - taken.additions);
    const deletions = Math.max(0, (file.deletions ?? 0) - taken.deletions);
    return additions + deletions === 0 ? [] : [{ ...file, additions, deletions }];
  });
  return { ...commit, files: files ?? null, message: restOfMessage(commit.message, works) };
}

/** The subjects that a squash lists, without those of known work; the message itself where it lists none. */
function restOfMessage(message: string, works: readonly KnownWork[]): string {
  const done = new Set(works.map(({ subject }) => subject));
  const listed = [...findListedSubjects(message), ...findSquashedSubjects(message)];
  const rest = listed.filter((subject) => !done.has(subject));
  const [first, ...others] = rest;
  if (first === undefined || rest.length === listed.length) return message;
  return others.length === 0 ? first : `${first}\n\n${others.map((subject) => `* ${subject}`).join("\n")}`;
}

/** `git merge --squash` shows each commit as `git log` does: the message is indented below its headings. */
function findSquashedSubjects(message: string): string[] {
  if (findSquashed(message).length === 0) return [];
  return [...message.matchAll(/^(?:Author|Date): .*\r?\n\r?\n {4}(?<subject>\S.*)$/gmu)].flatMap(
    (match) => match.groups?.["subject"]?.trim() ?? [],
  );
}
