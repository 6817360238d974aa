/** Grants of git hosts that people give in the hosts' own pages, and the refreshing of their tokens. */
import { type BillhookClient, settle, settleVoid } from "./client.ts";
import type { DatabaseResult } from "./errors.ts";
import type { RepositoryHost } from "./repository-host.ts";

export interface NewOAuthAttempt {
  id: string;
  workspaceId: string;
  provider: string;
  baseUrl: string | null;
  /** SHA-256 in hex of the cookie that the browser keeps. */
  sessionHash: string;
  /** Encrypted for the attempt; null where the host knows no PKCE. */
  verifier: string | null;
  /** A path of the app. */
  returnTo: string;
}

/** As the person (owner or admin). */
export const beginOAuth = (db: BillhookClient, attempt: NewOAuthAttempt) =>
  settleVoid(
    db.rpc("begin_oauth", {
      p_id: attempt.id,
      p_workspace_id: attempt.workspaceId,
      p_provider: attempt.provider,
      p_session_hash: attempt.sessionHash,
      p_return_to: attempt.returnTo,
      p_base_url: attempt.baseUrl,
      p_verifier_ciphertext: attempt.verifier,
    }),
  );

export interface OAuthAttempt {
  id: string;
  workspace_id: string;
  user_id: string;
  base_url: string | null;
  verifier_ciphertext: string | null;
  return_to: string;
  /** The ticket system's connection that is connected again. */
  tracker_id: string | null;
}

/** As the person who began it: which connection it is to connect again. */
export const nameOAuthTracker = (db: BillhookClient, attemptId: string, trackerId: string) =>
  settleVoid(db.rpc("name_oauth_tracker", { p_attempt_id: attemptId, p_tracker_id: trackerId }));

/** Service role: the attempt, once and for the browser that began it; null otherwise. */
export async function takeOAuthAttempt(
  db: BillhookClient,
  id: string,
  provider: string,
  sessionHash: string,
): Promise<DatabaseResult<OAuthAttempt | null>> {
  const taken = await settle(
    db.rpc("take_oauth_attempt", { p_id: id, p_provider: provider, p_session_hash: sessionHash }),
  );
  if (!taken.ok) return taken;
  const attempt = taken.value as unknown as OAuthAttempt | Record<string, never>;
  return { ok: true, value: "id" in attempt ? (attempt as OAuthAttempt) : null };
}

/** Tokens encrypted for the id of their grant. */
export interface EncryptedTokens {
  access: string;
  /** Null where the host gave none, or no new one. Of a GitHub App: the number of its installation. */
  refresh: string | null;
  /** ISO 8601; null where the access token does not expire. */
  expiresAt: string | null;
}

/** Service role: keeps the grant in place of an earlier one of the same account. */
export const storeOAuthGrant = (
  db: BillhookClient,
  grant: {
    id: string;
    workspaceId: string;
    userId: string;
    kind: "oauth" | "app";
    provider: string;
    baseUrl: string | null;
    accountName: string;
    scopes: string[];
    tokens: EncryptedTokens;
  },
) =>
  settleVoid(
    db.rpc("store_oauth_grant", {
      p_grant_id: grant.id,
      p_workspace_id: grant.workspaceId,
      p_user_id: grant.userId,
      p_provider: grant.provider,
      // Null is the host's public address.
      p_base_url: grant.baseUrl as string,
      p_account_name: grant.accountName,
      p_scopes: grant.scopes,
      p_access: grant.tokens.access,
      p_refresh: grant.tokens.refresh,
      p_expires_at: grant.tokens.expiresAt,
      p_kind: grant.kind,
    }),
  );

/** As the person (owner or admin): may they use the grant, and for which host is it? */
export async function checkGrantManager(
  db: BillhookClient,
  grantId: string,
): Promise<DatabaseResult<{ workspace_id: string; provider: string; base_url: string | null }>> {
  const checked = await settle(db.rpc("check_grant_manager", { p_grant_id: grantId }));
  return checked.ok
    ? { ok: true, value: checked.value as { workspace_id: string; provider: string; base_url: string | null } }
    : checked;
}

/** Service role: how to ask the host under this grant. */
export async function findGrantHost(db: BillhookClient, grantId: string): Promise<DatabaseResult<RepositoryHost>> {
  const found = await settle(db.rpc("grant_host", { p_grant_id: grantId }));
  return found.ok ? { ok: true, value: found.value as unknown as RepositoryHost } : found;
}

/** As the person (owner or admin): connects a repository picked under a grant; the ids are the caller's. */
export const connectGrantedRepository = (
  db: BillhookClient,
  repository: {
    id: string;
    projectId: string;
    grantId: string;
    webhookSecret: string;
    name: string;
    url: string | null;
    defaultBranch: string | null;
  },
) =>
  settle(
    db.rpc("connect_granted_repository", {
      p_id: repository.id,
      p_project_id: repository.projectId,
      p_grant_id: repository.grantId,
      p_secret_ciphertext: repository.webhookSecret,
      p_name: repository.name,
      p_url: repository.url,
      p_default_branch: repository.defaultBranch,
    }),
  );

/** As the person (owner or admin): throws the tokens away; repositories that use the grant say so. */
export const disconnectGrant = (db: BillhookClient, grantId: string) =>
  settleVoid(db.rpc("disconnect_grant", { p_grant_id: grantId }));

/** As the person (owner or admin): the account serves the repository from now on. Its access is to be checked before. */
export const changeGrantOf = (db: BillhookClient, repositoryId: string, grantId: string) =>
  settleVoid(db.rpc("use_grant", { p_repository_id: repositoryId, p_grant_id: grantId }));

export type GrantRefresh =
  /** The caller has the lock: it asks the host. */
  | { outcome: "yours"; refresh: string; base_url: string | null }
  /** Somebody else did it meanwhile. */
  | { outcome: "refreshed"; access: string }
  /** Somebody else is at it. */
  | { outcome: "busy" }
  /** The token has expired and there is nothing to refresh it with. */
  | { outcome: "ended" }
  | { outcome: "revoked"; reason: string | null };

/** Service role. `access` is the encrypted token that the caller holds. */
export async function takeGrantRefresh(
  db: BillhookClient,
  grantId: string,
  access: string,
): Promise<DatabaseResult<GrantRefresh>> {
  const taken = await settle(db.rpc("take_grant_refresh", { p_grant_id: grantId, p_access: access }));
  return taken.ok ? { ok: true, value: taken.value as unknown as GrantRefresh } : taken;
}

/** Service role: keeps refreshed tokens and lets go of the lock. */
export const saveGrantTokens = (db: BillhookClient, grantId: string, tokens: EncryptedTokens) =>
  settleVoid(
    db.rpc("save_grant_tokens", {
      p_grant_id: grantId,
      p_access: tokens.access,
      p_refresh: tokens.refresh,
      p_expires_at: tokens.expiresAt,
    }),
  );

/** Service role: lets the next caller try. */
export const releaseGrantRefresh = (db: BillhookClient, grantId: string) =>
  settleVoid(db.rpc("release_grant_refresh", { p_grant_id: grantId }));
