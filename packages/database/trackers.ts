/** Connections to ticket systems: made, changed and ended by people who manage a workspace. */
import { type BillhookClient, settle, settleVoid } from "./client.ts";
import type { DatabaseResult } from "./errors.ts";
import type { EncryptedTokens } from "./oauth.ts";
import type { ConnectedTracker } from "./tickets.ts";

export interface NewTracker {
  /** That of a connection which is connected again, or a new one. */
  id: string;
  kind: string;
  name: string;
  baseUrl: string | null;
  webUrl: string | null;
  site: string | null;
  siteName: string | null;
  accountName: string;
  prefixes: string[];
  takesWorklogs: boolean;
}

/** Secrets are encrypted for the id of the grant. */
export interface NewTrackerGrant {
  id: string;
  kind: "token" | "oauth";
  /** Of the OAuth application; null for tokens and where it is the public one. */
  baseUrl: string | null;
  scopes: string[];
  tokens: EncryptedTokens;
  /** Null where it sends no webhooks. */
  webhookSecret: string | null;
}

/** Service role, for a person who manages the workspace. Answers the connection's id. */
export const connectTracker = (
  db: BillhookClient,
  workspaceId: string,
  userId: string,
  tracker: NewTracker,
  grant: NewTrackerGrant,
) =>
  settle(
    db.rpc("connect_tracker", {
      p_workspace_id: workspaceId,
      p_user_id: userId,
      p_connection: {
        id: tracker.id,
        kind: tracker.kind,
        name: tracker.name,
        base_url: tracker.baseUrl,
        web_url: tracker.webUrl,
        site: tracker.site,
        site_name: tracker.siteName,
        account_name: tracker.accountName,
        prefixes: tracker.prefixes,
        takes_worklogs: tracker.takesWorklogs,
      },
      p_grant: {
        id: grant.id,
        kind: grant.kind,
        base_url: grant.baseUrl,
        scopes: grant.scopes,
        access: grant.tokens.access,
        refresh: grant.tokens.refresh,
        expires_at: grant.tokens.expiresAt,
        webhook: grant.webhookSecret,
      },
    }),
  );

/** As the person. */
export const changeTracker = (db: BillhookClient, id: string, changes: { name?: string; prefixes?: string[] }) =>
  settleVoid(db.rpc("change_tracker", { p_id: id, p_changes: changes }));

/** Service role: another of the places its token sees, with the projects there. */
export const setTrackerSite = (
  db: BillhookClient,
  id: string,
  place: { site: string; siteName: string | null; webUrl: string | null; prefixes: string[] },
) =>
  settleVoid(
    db.rpc("set_tracker_site", {
      p_connection_id: id,
      p_site: place.site,
      p_site_name: place.siteName,
      p_web_url: place.webUrl,
      p_prefixes: place.prefixes,
    }),
  );

/** Service role: a connection with what is needed to ask it. */
export async function findTracker(db: BillhookClient, id: string): Promise<DatabaseResult<ConnectedTracker | null>> {
  const result = await settle(db.rpc("tracker_by_id", { p_connection_id: id }));
  if (!result.ok) return result;
  const found = result.value as unknown as ConnectedTracker | Record<string, never>;
  return { ok: true, value: "id" in found ? (found as ConnectedTracker) : null };
}

/** As the person: its secrets are forgotten; its tickets stay as evidence. */
export const disconnectTracker = (db: BillhookClient, id: string) =>
  settleVoid(db.rpc("disconnect_tracker", { p_id: id }));

export interface TrackerManager {
  workspace_id: string;
  kind: string;
  user_id: string;
}

/** As the person: which connection this is, if they may change it. */
export async function checkTrackerManager(db: BillhookClient, id: string): Promise<DatabaseResult<TrackerManager>> {
  const result = await settle(db.rpc("check_tracker_manager", { p_id: id }));
  return result.ok ? { ok: true, value: result.value as unknown as TrackerManager } : result;
}

/** As the person: their id, if they manage the workspace. */
export const checkWorkspaceManager = (db: BillhookClient, workspaceId: string) =>
  settle(db.rpc("check_workspace_manager", { p_workspace_id: workspaceId }));

export interface TrackerWebhookTarget {
  kind: string;
  grant_id: string;
  /** Still encrypted, for the id of the grant. */
  secret: string;
}

/** Service role: null where there is no such connection, or it has no secret for webhooks. */
export async function findTrackerWebhook(
  db: BillhookClient,
  id: string,
): Promise<DatabaseResult<TrackerWebhookTarget | null>> {
  const result = await settle(db.rpc("tracker_webhook_target", { p_connection_id: id }));
  if (!result.ok) return result;
  const target = result.value as unknown as TrackerWebhookTarget | Record<string, never>;
  return { ok: true, value: "kind" in target ? (target as TrackerWebhookTarget) : null };
}
