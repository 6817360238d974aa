/**
 * Connecting a git host with OAuth (RFC 6749, section 4.1; RFC 9700). A person begins signed in and comes back by the
 * host's redirect, which carries no sign-in: what ties the two together is the state, which only this Worker can make,
 * and a cookie of the browser in which it was begun. Both count once and for ten minutes.
 */
import { beginOAuth, type OAuthAttempt, storeOAuthGrant, takeOAuthAttempt } from "@billhook/database/oauth";
import {
  findInstallation,
  type GithubApp,
  installationAddress,
  mintInstallationToken,
} from "@billhook/forges/github-app";
import {
  authorisationAddress,
  exchangeCode,
  hasPkce,
  isOAuthProvider,
  type OAuthProvider,
  readAccountName,
} from "@billhook/forges/oauth";
import type { OAuthApplication, OAuthResult, OAuthTokens } from "@billhook/http/oauth";
import { serviceDatabase, type Settings } from "../env.ts";
import { encryptTokens } from "../hosts/tokens.ts";
import { nameOfHost } from "../hosts/words.ts";
import { databaseOfPerson } from "../http/person.ts";
import { databaseProblem, problem } from "../http/problem.ts";
import { isUuid } from "../http/uuid.ts";
import { log } from "../log.ts";
import { decryptSecret, encryptSecret, generateSecret } from "../secrets.ts";

const cookieName = "billhook-oauth";
const cookiePath = "/api/oauth";
const cookieSeconds = 600;
const stateContext = (provider: OAuthProvider): string => `oauth-state:${provider}`;
const verifierContext = (attemptId: string): string => `oauth-verifier:${attemptId}`;
const privately = { "cache-control": "no-store", "referrer-policy": "no-referrer" };

/** Why nothing came of it: the app has a sentence for each. */
type Outcome = "denied" | "expired" | "refused" | "unavailable" | "not_allowed";

/** GET /api/oauth/{provider}/start?workspace_id=…&return_to=/…: where to send the person, and the browser's cookie. */
export async function startOAuth(request: Request, settings: Settings, name: string): Promise<Response> {
  const db = databaseOfPerson(request, settings);
  if (db instanceof Response) return db;
  if (!isOAuthProvider(name)) return problem(404, "There is no such git host to connect with OAuth.");
  const application = settings.oauth[name];
  if (application === undefined) {
    const variables = `${name.toUpperCase()}_OAUTH_CLIENT_ID and ${name.toUpperCase()}_OAUTH_CLIENT_SECRET`;
    return problem(
      409,
      `Connecting ${nameOfHost(name)} is not configured here. Set ${variables}, or paste the webhook yourself.`,
    );
  }
  const { searchParams } = new URL(request.url);
  const workspaceId = searchParams.get("workspace_id") ?? "";
  const returnTo = searchParams.get("return_to") ?? "/repositories";
  if (!isUuid(workspaceId))
    return problem(422, "workspace_id: must be the id of a workspace.", { field: "workspace_id" });
  if (!/^\/[a-z][^\\\s]{0,498}$/.test(returnTo))
    return problem(422, "return_to: must be a path of the app.", { field: "return_to" });

  const attemptId = crypto.randomUUID();
  const known = cookieOf(request);
  const session = known ?? generateSecret();
  const app = name === "github" ? settings.githubApp : null;
  // The page on which an App is installed takes no challenge; what follows is bound by state and cookie alone.
  const verifier = hasPkce(name) && app === null ? generateSecret() : null;
  const keys = settings.encryptionKeys;
  const begun = await beginOAuth(db, {
    id: attemptId,
    workspaceId,
    provider: name,
    baseUrl: application.baseUrl,
    sessionHash: await sha256Hex(session),
    verifier: verifier === null ? null : await encryptSecret(keys, verifierContext(attemptId), verifier),
    returnTo,
  });
  if (!begun.ok) return databaseProblem(begun.error);
  const state = await encryptSecret(keys, stateContext(name), attemptId);
  const address =
    app === null
      ? authorisationAddress(name, application, {
          redirectUri: callbackAddress(settings, name),
          state,
          challenge: verifier === null ? null : await challengeOf(verifier),
        })
      : installationAddress(app, state);
  if (address === null) return problem(409, `${nameOfHost(name)} has no address here.`);
  const secure = settings.appUrl.startsWith("https://") ? "; Secure" : "";
  return Response.json(
    { authorise_url: address },
    {
      headers: {
        ...privately,
        "set-cookie": `${cookieName}=${session}; Path=${cookiePath}; Max-Age=${cookieSeconds}; HttpOnly; SameSite=Lax${secure}`,
      },
    },
  );
}

/** GET /api/oauth/{provider}/callback?state=…&code=…: keeps the grant and sends the person back into the app. */
export async function finishOAuth(request: Request, settings: Settings, name: string): Promise<Response> {
  if (!isOAuthProvider(name)) return problem(404, "There is no such git host to connect with OAuth.");
  const { searchParams } = new URL(request.url);
  const db = serviceDatabase(settings);
  const attemptId = await readState(settings, name, searchParams.get("state") ?? "");
  const session = cookieOf(request);
  if (attemptId === null || session === null) return giveUp(settings, null, name, "expired");
  const taken = await takeOAuthAttempt(db, attemptId, name, await sha256Hex(session));
  if (!taken.ok) return giveUp(settings, null, name, "unavailable", taken.error.cause);
  const attempt = taken.value;
  if (attempt === null) return giveUp(settings, null, name, "expired");

  const code = searchParams.get("code");
  const error = searchParams.get("error");
  if (code === null || error !== null) {
    return giveUp(settings, attempt, name, error === "access_denied" || error === null ? "denied" : "refused");
  }
  const application = settings.oauth[name];
  if (application === undefined || application.baseUrl !== attempt.base_url)
    return giveUp(settings, attempt, name, "refused");
  const { verifier_ciphertext: ciphertext } = attempt;
  const exchanged = await exchangeCode(name, application, {
    code,
    redirectUri: callbackAddress(settings, name),
    verifier:
      ciphertext === null
        ? null
        : await decryptSecret(settings.encryptionKeys, verifierContext(attempt.id), ciphertext),
  });
  if (!exchanged.ok) return giveUp(settings, attempt, name, exchanged.code, exchanged.detail);
  const grantId = crypto.randomUUID();
  const app = name === "github" ? settings.githubApp : null;
  const granted =
    app === null
      ? await grantOfPerson(settings, name, application, grantId, exchanged.value)
      : await grantOfInstallation(
          settings,
          app,
          grantId,
          searchParams.get("installation_id") ?? "",
          exchanged.value.access,
        );
  if (!granted.ok) return giveUp(settings, attempt, name, granted.code, granted.detail);
  const stored = await storeOAuthGrant(db, {
    id: grantId,
    workspaceId: attempt.workspace_id,
    userId: attempt.user_id,
    provider: name,
    baseUrl: application.baseUrl,
    ...granted.value,
  });
  if (!stored.ok)
    return giveUp(
      settings,
      attempt,
      name,
      stored.error.code === "not_allowed" ? "not_allowed" : "unavailable",
      stored.error.cause,
    );
  log("info", "host_connected", { provider: name, grant: grantId, workspace: attempt.workspace_id });
  return goBack(settings, attempt.return_to, { grant: grantId });
}

type NewGrant = Pick<Parameters<typeof storeOAuthGrant>[1], "kind" | "accountName" | "scopes" | "tokens">;

async function grantOfPerson(
  settings: Settings,
  provider: OAuthProvider,
  application: OAuthApplication,
  grantId: string,
  tokens: OAuthTokens,
): Promise<OAuthResult<NewGrant>> {
  const account = await readAccountName(provider, application, tokens.access);
  if (!account.ok) return account;
  const encrypted = await encryptTokens(settings, grantId, tokens);
  return { ok: true, value: { kind: "oauth", accountName: account.value, scopes: tokens.scopes, tokens: encrypted } };
}

/** The person's own token only proves that the installation is theirs, and is let go of. */
async function grantOfInstallation(
  settings: Settings,
  app: GithubApp,
  grantId: string,
  installation: string,
  userToken: string,
): Promise<OAuthResult<NewGrant>> {
  if (!/^[0-9]{1,20}$/.test(installation)) return { ok: false, code: "refused", detail: "no installation is named" };
  const account = await findInstallation(app, installation, userToken);
  if (!account.ok) return account;
  if (account.value === null) return { ok: false, code: "refused", detail: "the installation is another's" };
  const minted = await mintInstallationToken(app, installation, new Date());
  if (!minted.ok) return minted;
  const encrypted = await encryptTokens(settings, grantId, {
    access: minted.value.token,
    refresh: installation,
    expiresIn: null,
    scopes: [],
  });
  return {
    ok: true,
    value: {
      kind: "app",
      accountName: account.value,
      scopes: [],
      tokens: { ...encrypted, expiresAt: minted.value.expiresAt },
    },
  };
}

function giveUp(
  settings: Settings,
  attempt: OAuthAttempt | null,
  provider: OAuthProvider,
  outcome: Outcome,
  detail?: string,
): Response {
  log("warn", "host_not_connected", { provider, outcome, ...(detail === undefined ? {} : { detail }) });
  return goBack(settings, attempt?.return_to ?? "/repositories?connect=new", { host: provider, refusal: outcome });
}

function goBack(settings: Settings, path: string, extra: Record<string, string>): Response {
  const url = new URL(path, settings.appUrl);
  for (const [name, value] of Object.entries(extra)) url.searchParams.set(name, value);
  return new Response(null, { status: 303, headers: { ...privately, location: url.href } });
}

const callbackAddress = (settings: Settings, provider: OAuthProvider): string =>
  `${settings.appUrl}/api/oauth/${provider}/callback`;

/** The attempt's id, where the state is one that this Worker made for the host. */
async function readState(settings: Settings, provider: OAuthProvider, state: string): Promise<string | null> {
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
