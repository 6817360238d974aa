/**
 * What Billhook needs of a ticket system. One implementation a system stands beside this file.
 *
 * Nothing here throws: what a system does wrong is a failure with a code to act on. All text of a ticket is somebody
 * else's: it comes capped, well-formed and without control characters (see ticket-text.ts), and is to be trusted no
 * further. Calls are as few as the system allows, and one is never made per ticket where a batch can be asked for.
 */
import type { TicketMention } from "@billhook/domain/tickets";
import type { TrackerKind } from "@billhook/domain/tracker";
import type { AuthorisationRequest, OAuthApplication, OAuthResult, OAuthTokens } from "@billhook/http/oauth";
import type { CallFailureCode, CallResult, Connection } from "@billhook/http/result";
import type { Verification } from "@billhook/http/signature";

export interface TrackerConnection extends Connection {
  /**
   * The root of the API where it is not the public one, with any path in front of it: `https://team.atlassian.net`,
   * `https://jira.example/jira`, `https://ghe.example/api/v3`, `https://gitlab.example/api/v4`,
   * `https://team.zendesk.com`. Each implementation says what it wants, and whether it has a public one.
   */
  baseUrl: string | null;
  /**
   * Which of what the token sees is meant: Jira's cloud id where the token is a bearer, Zoho's organisation, Asana's or
   * ClickUp's workspace, the repository `owner/name` of GitHub and GitLab. Null where the base URL says it.
   */
  site: string | null;
  /** The root of the addresses people open, where it is neither the base URL nor public; `Site.url` has it. */
  webUrl: string | null;
}

/** An epic, a parent or a project: a title, and the key it is known by. */
export interface TicketGroup {
  key: string | null;
  title: string;
}

export interface Ticket {
  /** The system's own id, which stays when the ticket moves; for some the same as the key. */
  externalId: string;
  /** The key it has now, in the form that `claim` gives. */
  key: string;
  /** Where people read it; http or https. */
  url: string | null;
  title: string;
  /** In the system's or its owner's words: `Bug`, `Story`, `Incident`. */
  type: string | null;
  /** In its owner's words, for people. */
  status: string | null;
  /** By the system's own category, not by the status' name. */
  isDone: boolean;
  labels: string[];
  epic: TicketGroup | null;
  parent: TicketGroup | null;
  project: TicketGroup | null;
  estimateMinutes: number | null;
  loggedMinutes: number | null;
  assignee: { name: string | null; email: string | null } | null;
  /** ISO 8601, in UTC. */
  updatedAt: string | null;
}

/** One for each key asked for. `key` is the key as it was asked for. */
export type TicketAnswer =
  | { key: string; outcome: "found"; ticket: Ticket }
  /** It has another key by now, in another project. */
  | { key: string; outcome: "moved"; ticket: Ticket }
  /** Deleted, never there, or not to be seen by this token: systems don't tell these apart. */
  | { key: string; outcome: "gone" }
  /** Of this ticket alone; `detail` is for the log. */
  | { key: string; outcome: "failed"; code: CallFailureCode; detail: string };

/** What a connection's token may see. */
export interface TrackerAccess {
  /** The account that the token belongs to, for people. */
  account: string;
  /** What may be chosen as `site`; empty where the base URL leaves no choice. */
  sites: { id: string; name: string; url: string | null }[];
  /** The projects' keys, in capitals: what stands before the dash of `ABC-123`. Empty where keys have none. */
  prefixes: string[];
}

/** Time to be written to a ticket. */
export interface WorklogEntry {
  /** As `claim` gives it, or the ticket's key. */
  key: string;
  /** ISO 8601, in the offset of where it was done: systems that keep a day alone take it from there. */
  startedAt: string;
  /** A whole number above zero; systems that count minutes get them rounded to the nearest, at least one. */
  seconds: number;
  comment: string;
  /** Stands in the comment where the system has no field for it; a log with the same marker is not written again. */
  marker: string;
}

export interface TrackerWorklog {
  /** Looks for the marker first: doing it twice logs once. Answers the log's id. */
  log(connection: TrackerConnection, entry: WorklogEntry): Promise<CallResult<{ id: string; wasThere: boolean }>>;
  /** Takes the log back. One that is gone already is no failure. */
  withdraw(connection: TrackerConnection, log: { key: string; id: string; marker: string }): Promise<CallResult<null>>;
}

/** Keys are in the form of `claim`; ids are `externalId`s, where a delivery names no key. */
export interface TicketChanges {
  event: "changed" | "deleted";
  keys: string[];
  ids: string[];
}

export interface TrackerWebhook {
  /** Is the delivery signed with one of the secrets? All are tried. Never throws. `now` is in epoch milliseconds. */
  verify(headers: Headers, rawBody: Uint8Array, secrets: readonly string[], now?: number): Promise<Verification>;
  /** The tickets that a verified delivery tells about; empty where it has no use. Never throws. */
  readChanges(headers: Headers, rawBody: Uint8Array): TicketChanges;
  /** Makes the webhook. One of the same address is replaced. Absent: people make it in the system's settings. */
  create?(
    connection: TrackerConnection,
    settings: { url: string; secret: string },
  ): Promise<CallResult<{ id: string; secret: string | null }>>;
  /** One that is gone already is no failure. */
  delete?(connection: TrackerConnection, id: string): Promise<CallResult<null>>;
}

export interface TrackerOAuth {
  scopes: readonly string[];
  /** Knows PKCE (RFC 7636). */
  hasPkce: boolean;
  /** Where the person is sent; null where the application has no address. */
  authorisationAddress(application: OAuthApplication, request: AuthorisationRequest): string | null;
  exchangeCode(
    application: OAuthApplication,
    grant: { code: string; redirectUri: string; verifier: string | null },
  ): Promise<OAuthResult<OAuthTokens>>;
  /** Where the answer has a refresh token, it takes the place of the one given, which is then no longer valid. */
  refreshTokens(application: OAuthApplication, refreshToken: string): Promise<OAuthResult<OAuthTokens>>;
}

/** What a connection is known by in messages. */
export interface TicketScope {
  baseUrl: string | null;
  webUrl: string | null;
  site: string | null;
  /** As `checkAccess` told them, or as people set them; empty where unknown, and then the tracker's own are taken. */
  prefixes: readonly string[];
  /** The repository that the text belongs to, where it is of the same host: `owner/name`. */
  repository: string | null;
}

/** A key as the tracker reads it. `isCertain` is false where the text could mean another tracker's ticket, or none. */
export interface TicketClaim {
  key: string;
  isCertain: boolean;
}

export interface Tracker {
  kind: TrackerKind;
  /** As its vendor writes it. */
  name: string;

  /**
   * Is this mention one of the tracker's tickets, and which? The key is in one form for each ticket, whatever it was
   * written as: capitals where the tracker has capitals, `owner/name#123` with the repository. Null: not one of these. A
   * mention that is weak is certain only where the scope says so.
   */
  claim(mention: TicketMention, scope: TicketScope): TicketClaim | null;

  /** One answer for each key, in the order asked. A failure is of all of them. */
  readTickets(connection: TrackerConnection, keys: readonly string[]): Promise<CallResult<TicketAnswer[]>>;

  /** Who is this, and what may be chosen? */
  checkAccess(connection: TrackerConnection): Promise<CallResult<TrackerAccess>>;

  /** Absent where the system keeps no time, or offers no way to write it. */
  worklog?: TrackerWorklog;
  /** Absent where the system sends nothing of use: tickets are then read again by and by. */
  webhook?: TrackerWebhook;
  /** Absent where people give a token. */
  oauth?: TrackerOAuth;
}
