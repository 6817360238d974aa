/**
 * What ties a person's way to another service's pages to their way back (RFC 6749, section 4.1; RFC 9700). The redirect back
 * carries no sign-in: the state, which only this Worker can make, and a cookie of the browser in which it was begun do. Both
 * count once and for ten minutes.
 */
import type { BillhookClient } from "@billhook/database/client";
import type { DatabaseResult } from "@billhook/database/errors";
import { beginOAuth, type OAuthAttempt, takeOAuthAttempt } from "@billhook/database/oauth";
import { serviceDatabase, type Settings } from "../env.ts";
import { databaseProblem, problem } from "../http/problem.ts";
import { isUuid } from "../http/uuid.ts";
import { decryptSecret, encryptSecret, generateSecret } from "../secrets.ts";

const cookieName = "billhook-oauth";
const cookiePath = "/api/oauth";
const cookieSeconds = 600;
const stateContext = (provider: string): string => `oauth-state:${provider}`;
const verifierContext = (attemptId: string): string => `oauth-verifier:${attemptId}`;
const privately = { "cache-control": "no-store", "referrer-policy": "no-referrer" };

/** Why nothing came of it: the app has a sentence for each. */
export type Outcome = "denied" | "expired" | "refused" | "unavailable" | "not_allowed";

export interface Begun {
  attemptId: string;
  state: string;
  /** RFC 7636; null where the service knows no PKCE. */
  challenge: string | null;
  headers: Record<string, string>;
}

/** Notes the attempt of a person who manages the workspace; `fallback` is where they come back to by default. */
export async function beginAttempt(
  request: Request,
  db: BillhookClient,
  settings: Settings,
  service: { provider: string; baseUrl: string | null; hasPkce: boolean; fallback: string },
): Promise<Begun | Response> {
  const { provider, baseUrl, hasPkce, fallback } = service;
  const { searchParams } = new URL(request.url);
  const workspaceId = searchParams.get("workspace_id") ?? "";
  const returnTo = searchParams.get("return_to") ?? fallback;
  if (!isUuid(workspaceId))
    return problem(422, "workspace_id: must be the id of a workspace.", { field: "workspace_id" });
  if (!/^\/[a-z][^\\\s]{0,498}$/.test(returnTo))
    return problem(422, "return_to: must be a path of the app.", { field: "return_to" });

  const attemptId = crypto.randomUUID();
  const session = cookieOf(request) ?? generateSecret();
  const verifier = hasPkce ? generateSecret() : null;
  const keys = settings.encryptionKeys;
  const begun = await beginOAuth(db, {
    id: attemptId,
    workspaceId,
    provider,
    baseUrl,
    sessionHash: await sha256Hex(session),
    verifier: verifier === null ? null : await encryptSecret(keys, verifierContext(attemptId), verifier),
    returnTo,
  });
  if (!begun.ok) return databaseProblem(begun.error);
  const secure = settings.appUrl.startsWith("https://") ? "; Secure" : "";
  return {
    attemptId,
    state: await encryptSecret(keys, stateContext(provider), attemptId),
    challenge: verifier === null ? null : await challengeOf(verifier),
    headers: {
      ...privately,
      "set-cookie": `${cookieName}=${session}; Path=${cookiePath}; Max-Age=${cookieSeconds}; HttpOnly; SameSite=Lax${secure}`,
    },
  };
}

/** The attempt that the browser began, once; null where it is another browser's, too old, or none of ours. */
export async function takeAttempt(
  request: Request,
  settings: Settings,
  provider: string,
): Promise<DatabaseResult<OAuthAttempt | null>> {
  const { searchParams } = new URL(request.url);
  const attemptId = await readState(settings, provider, searchParams.get("state") ?? "");
  const session = cookieOf(request);
  if (attemptId === null || session === null) return { ok: true, value: null };
  return takeOAuthAttempt(serviceDatabase(settings), attemptId, provider, await sha256Hex(session));
}

/** The attempt's PKCE verifier, where it has one. */
export async function readVerifier(settings: Settings, attempt: OAuthAttempt): Promise<string | null> {
  const { id, verifier_ciphertext: ciphertext } = attempt;
  return ciphertext === null ? null : decryptSecret(settings.encryptionKeys, verifierContext(id), ciphertext);
}

export const callbackAddress = (settings: Settings, provider: string): string =>
  `${settings.appUrl}/api/oauth/${provider}/callback`;

export function goBack(settings: Settings, path: string, extra: Record<string, string>): Response {
  const url = new URL(path, settings.appUrl);
  for (const [name, value] of Object.entries(extra)) url.searchParams.set(name, value);
  return new Response(null, { status: 303, headers: { ...privately, location: url.href } });
}

/** The attempt's id, where the state is one that this Worker made for the host. */
async function readState(settings: Settings, provider: string, state: string): Promise<string | null> {
  if (!/^[a-z0-9]+\.[\w-]{16}\.[\w-]{20,200}$/.test(state)) return null;
  try {
    const id = await decryptSecret(settings.encryptionKeys, stateContext(provider), state);
    return isUuid(id) ? id : null;
  } catch {
    return null;
  }
}

const cookieOf = (request: Request): string | null =>
  /(?:^|;\s*)billhook-oauth=([\w-]{43})(?:;|$)/.exec(request.headers.get("cookie") ?? "")?.[1] ?? null;

const sha256 = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));

const sha256Hex = async (text: string): Promise<string> =>
  Array.from(await sha256(text), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** RFC 7636, section 4.2. */
const challengeOf = async (verifier: string): Promise<string> =>
  btoa(String.fromCharCode(...(await sha256(verifier))))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
