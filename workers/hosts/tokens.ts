/** A grant's access token, refreshed where it is about to end. One caller refreshes; the others wait for what it gets. */
import type { BillhookClient } from "@billhook/database/client";
import { revokeHostGrant } from "@billhook/database/hosts";
import type { RepositoryHost } from "@billhook/database/repository-host";
import { releaseGrantRefresh, saveGrantTokens, takeGrantRefresh } from "@billhook/database/oauth";
import type { Provider } from "@billhook/domain/push";
import { mintInstallationToken } from "@billhook/forges/github-app";
import { isOAuthProvider, refreshTokens } from "@billhook/forges/oauth";
import type { OAuthResult, OAuthTokens } from "@billhook/http/oauth";
import type { Settings } from "../env.ts";
import { log } from "../log.ts";
import { decryptSecret, encryptSecret } from "../secrets.ts";
import { nameOfHost } from "./words.ts";

/** What a grant's tokens are encrypted for; see secrets.ts. */
export const accessTokenContext = (grantId: string): string => `access-token:${grantId}`;
export const refreshTokenContext = (grantId: string): string => `refresh-token:${grantId}`;

/** A token that ends sooner is refreshed first: a go takes a while. */
const freshForMs = 90_000;
/** How long others wait for the one that refreshes, and how often they look. */
const patienceMs = 10_000;
const lookEveryMs = 150;

/** `reason` is for people. */
export type AccessToken = { ok: true; token: string } | { ok: false; reason: string; cause: string | null };

export type GrantHost = Pick<RepositoryHost, "grant_id" | "kind" | "token" | "expires_at">;

/** What was handed out to the one who refreshes: the encrypted refresh token, and where the grant is from. */
export interface TakenRefresh {
  refresh: string;
  base_url: string | null;
}

/** How a grant is renewed, and what becomes of one that cannot be. */
export interface Renewal {
  /** As people know it. */
  name: string;
  renew: (taken: TakenRefresh) => Promise<AccessToken>;
  end: () => Promise<AccessToken>;
}

export function readAccessToken(
  db: BillhookClient,
  settings: Settings,
  provider: Provider,
  host: GrantHost,
): Promise<AccessToken> {
  return readGrantToken(db, settings, host, {
    name: nameOfHost(provider),
    end: () => revoke(db, host.grant_id, provider),
    renew: (taken) =>
      host.kind === "app"
        ? mint(db, settings, host.grant_id, taken)
        : refresh(db, settings, provider, host.grant_id, taken),
  });
}

/** The token of any grant; `patience` is how long another's refresh is waited for. */
export async function readGrantToken(
  db: BillhookClient,
  settings: Settings,
  host: GrantHost,
  renewal: Renewal,
  patience = patienceMs,
): Promise<AccessToken> {
  const decrypt = (ciphertext: string) =>
    decryptSecret(settings.encryptionKeys, accessTokenContext(host.grant_id), ciphertext);
  const endsAt = host.expires_at === null ? Infinity : Date.parse(host.expires_at);
  if (host.kind === "token" || endsAt > Date.now() + freshForMs) return { ok: true, token: await decrypt(host.token) };

  const until = Date.now() + patience;
  do {
    const taken = await takeGrantRefresh(db, host.grant_id, host.token);
    if (!taken.ok) return { ok: false, reason: "The database did not answer.", cause: taken.error.cause };
    switch (taken.value.outcome) {
      case "refreshed":
        return { ok: true, token: await decrypt(taken.value.access) };
      case "revoked":
        return { ok: false, reason: taken.value.reason ?? "The grant is gone.", cause: null };
      case "ended":
        return renewal.end();
      case "yours":
        return renewal.renew(taken.value);
      case "busy":
        await new Promise((resolve) => {
          setTimeout(resolve, lookEveryMs);
        });
    }
  } while (Date.now() < until);
  return { ok: false, reason: `The access to ${renewal.name} is being renewed.`, cause: "refresh lock" };
}

async function refresh(
  db: BillhookClient,
  settings: Settings,
  provider: Provider,
  grantId: string,
  taken: { refresh: string; base_url: string | null },
): Promise<AccessToken> {
  const application = isOAuthProvider(provider) ? settings.oauth[provider] : undefined;
  if (!isOAuthProvider(provider) || application === undefined || application.baseUrl !== taken.base_url) {
    await releaseGrantRefresh(db, grantId);
    const reason = `The access to ${nameOfHost(provider)} cannot be renewed: its OAuth application is not configured here any more.`;
    return { ok: false, reason, cause: "no application" };
  }
  return renewTokens(db, settings, grantId, taken, {
    name: nameOfHost(provider),
    ask: (token) => refreshTokens(provider, application, token),
    end: () => revoke(db, grantId, provider),
  });
}

/** Exchanges the refresh token that was taken, and keeps what comes of it before anybody uses it. */
export async function renewTokens(
  db: BillhookClient,
  settings: Settings,
  grantId: string,
  taken: TakenRefresh,
  system: {
    name: string;
    ask: (refreshToken: string) => Promise<OAuthResult<OAuthTokens>>;
    end: () => Promise<AccessToken>;
  },
): Promise<AccessToken> {
  const token = await decryptSecret(settings.encryptionKeys, refreshTokenContext(grantId), taken.refresh);
  const refreshed = await system.ask(token);
  if (!refreshed.ok) {
    log("warn", "grant_not_refreshed", {
      grant: grantId,
      of: system.name,
      code: refreshed.code,
      detail: refreshed.detail,
    });
    if (refreshed.code === "refused") return system.end();
    await releaseGrantRefresh(db, grantId);
    return { ok: false, reason: `${system.name} does not answer.`, cause: refreshed.detail };
  }
  // Kept before it is used: the old refresh token is worth nothing from here on.
  const tokens = await encryptTokens(settings, grantId, refreshed.value);
  let saved = await saveGrantTokens(db, grantId, tokens);
  if (!saved.ok) saved = await saveGrantTokens(db, grantId, tokens);
  if (!saved.ok) return { ok: false, reason: "The database did not answer.", cause: saved.error.cause };
  return { ok: true, token: refreshed.value.access };
}

/** An installed App has no refresh token: a new access token is minted with the App's key. */
async function mint(
  db: BillhookClient,
  settings: Settings,
  grantId: string,
  taken: { refresh: string; base_url: string | null },
): Promise<AccessToken> {
  const app = settings.githubApp;
  if (app === null || app.baseUrl !== taken.base_url) {
    await releaseGrantRefresh(db, grantId);
    const reason = "The access to GitHub cannot be renewed: its App is not configured here any more.";
    return { ok: false, reason, cause: "no app" };
  }
  const installation = await decryptSecret(settings.encryptionKeys, refreshTokenContext(grantId), taken.refresh);
  const minted = await mintInstallationToken(app, installation, new Date());
  if (!minted.ok) {
    log("warn", "grant_not_refreshed", {
      grant: grantId,
      provider: "github",
      code: minted.code,
      detail: minted.detail,
    });
    if (minted.code === "refused") return revoke(db, grantId, "github");
    await releaseGrantRefresh(db, grantId);
    return { ok: false, reason: "GitHub does not answer.", cause: minted.detail };
  }
  const saved = await saveGrantTokens(db, grantId, {
    access: await encryptSecret(settings.encryptionKeys, accessTokenContext(grantId), minted.value.token),
    refresh: null,
    expiresAt: minted.value.expiresAt,
  });
  if (!saved.ok) return { ok: false, reason: "The database did not answer.", cause: saved.error.cause };
  return { ok: true, token: minted.value.token };
}

export async function encryptTokens(settings: Settings, grantId: string, tokens: OAuthTokens) {
  const keys = settings.encryptionKeys;
  return {
    access: await encryptSecret(keys, accessTokenContext(grantId), tokens.access),
    refresh: tokens.refresh === null ? null : await encryptSecret(keys, refreshTokenContext(grantId), tokens.refresh),
    expiresAt: tokens.expiresIn === null ? null : new Date(Date.now() + tokens.expiresIn * 1000).toISOString(),
  };
}

async function revoke(db: BillhookClient, grantId: string, provider: Provider): Promise<AccessToken> {
  const reason = `${nameOfHost(provider)} no longer lets Billhook in: the access was taken back there, or has ended. Connect ${nameOfHost(provider)} again under Repositories.`;
  const revoked = await revokeHostGrant(db, grantId, reason);
  return { ok: false, reason, cause: revoked.ok ? null : revoked.error.cause };
}
