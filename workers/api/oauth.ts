/** Connecting a git host with OAuth (RFC 6749, section 4.1; RFC 9700): see oauth-attempt.ts for what binds the way back. */
import { type OAuthAttempt, storeOAuthGrant } from "@billhook/database/oauth";
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
import { problem } from "../http/problem.ts";
import { log } from "../log.ts";
import { beginAttempt, callbackAddress, goBack, type Outcome, readVerifier, takeAttempt } from "./oauth-attempt.ts";

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
  const app = name === "github" ? settings.githubApp : null;
  // The page on which an App is installed takes no challenge; what follows is bound by state and cookie alone.
  const begun = await beginAttempt(request, db, settings, {
    provider: name,
    baseUrl: application.baseUrl,
    hasPkce: hasPkce(name) && app === null,
    fallback: "/repositories",
  });
  if (begun instanceof Response) return begun;
  const { state, challenge } = begun;
  const address =
    app === null
      ? authorisationAddress(name, application, { redirectUri: callbackAddress(settings, name), state, challenge })
      : installationAddress(app, state);
  if (address === null) return problem(409, `${nameOfHost(name)} has no address here.`);
  return Response.json({ authorise_url: address }, { headers: begun.headers });
}

/** GET /api/oauth/{provider}/callback?state=…&code=…: keeps the grant and sends the person back into the app. */
export async function finishOAuth(request: Request, settings: Settings, name: string): Promise<Response> {
  if (!isOAuthProvider(name)) return problem(404, "There is no such git host to connect with OAuth.");
  const { searchParams } = new URL(request.url);
  const db = serviceDatabase(settings);
  const taken = await takeAttempt(request, settings, name);
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
  const exchanged = await exchangeCode(name, application, {
    code,
    redirectUri: callbackAddress(settings, name),
    verifier: await readVerifier(settings, attempt),
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
