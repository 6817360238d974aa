/**
 * Which of a workspace's connections each mention belongs to.
 *
 * `ABC-123` is of the connection that has the project ABC; `#123` and `owner/name#123` are of the repository's own host
 * before any other; an address is of the system it leads to. What two could mean equally is of the first of them, in
 * the order the connections are given: the project's own first. What nobody is certain of is assigned where one
 * connection alone claims it, since a key that names no known project may be of a new one, or none at all.
 */
import type { Provider } from "@billhook/domain/push";
import type { TicketMention } from "@billhook/domain/tickets";
import type { TrackerKind } from "@billhook/domain/tracker";
import { trackerFor } from "./registry.ts";
import type { TicketScope } from "./tracker.ts";

export interface TrackerTarget extends Omit<TicketScope, "repository"> {
  id: string;
  kind: TrackerKind;
}

/** Where the commit was pushed to. */
export interface MentioningRepository {
  provider: Provider;
  /** As people open it; null where unknown. */
  url: string | null;
  /** `owner/name`. */
  name: string;
}

export interface TicketAssignment {
  /** The connection's. */
  id: string;
  /** As the tracker reads it: see `Tracker.claim`. */
  key: string;
  /** False: where there is no such ticket, it was no mention of one. */
  isCertain: boolean;
  mention: TicketMention;
}

/** In the order of the mentions, each ticket once; the first is the commit's primary ticket. Never throws. */
export function assignTickets(
  mentions: readonly TicketMention[],
  targets: readonly TrackerTarget[],
  repository: MentioningRepository | null,
): TicketAssignment[] {
  const scopes = targets.map((target) => ({
    target,
    scope: { ...target, repository: ownRepository(target, repository) },
  }));
  const assignments = new Map<string, TicketAssignment>();
  for (const mention of mentions) {
    const isOwn = mention.form === "number" && repository !== null && numberingHosts.has(repository.provider);
    const claims = scopes.flatMap(({ target, scope }) => {
      if (isOwn && scope.repository === null) return [];
      const claim = trackerFor(target.kind).claim(mention, scope);
      return claim === null ? [] : [{ id: target.id, ...claim, mention }];
    });
    const isOne = claims.length === 1 || isOwn;
    const chosen = claims.find(({ isCertain }) => isCertain) ?? (isOne ? claims[0] : undefined);
    if (chosen === undefined) continue;
    const known = `${chosen.id} ${chosen.key}`;
    const earlier = assignments.get(known);
    if (earlier === undefined) assignments.set(known, chosen);
    else earlier.isCertain ||= chosen.isCertain;
  }
  return [...assignments.values()];
}

/** Hosts that number issues of their own, so that `#123` means one of those whichever tracker is connected. */
const numberingHosts: ReadonlySet<Provider> = new Set(["github", "gitlab", "gitea"]);

const ownTrackers: Partial<Record<TrackerKind, Provider>> = { "github-issues": "github", "gitlab-issues": "gitlab" };

/** The repository's name where the connection is of its own host. */
function ownRepository(target: TrackerTarget, repository: MentioningRepository | null): string | null {
  if (repository === null || ownTrackers[target.kind] !== repository.provider) return null;
  const address = target.webUrl ?? target.baseUrl;
  const isSame =
    repository.url === null || hostOf(repository.url) === hostOf(address ?? publicHosts[target.kind] ?? "");
  return isSame ? repository.name : null;
}

const publicHosts: Partial<Record<TrackerKind, string>> = {
  "github-issues": "https://github.com",
  "gitlab-issues": "https://gitlab.com",
};

/** An API may be on a host of its own; `api.github.com` is github.com's. */
function hostOf(address: string): string | null {
  return URL.canParse(address) ? new URL(address).host.replace(/^(?:www|api)\./, "") : null;
}
