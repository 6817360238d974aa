/** Connecting a ticket system in its own pages (OAuth 2.0): see oauth-attempt.ts for what binds the way back. */
import { nameOAuthTracker, type OAuthAttempt } from "@billhook/database/oauth";
import type { TrackerKind } from "@billhook/domain/tracker";
import type { Token } from "@billhook/http/result";
import { trackerFor } from "@billhook/trackers/registry";
import { serviceDatabase, type Settings } from "../env.ts";
import { encryptTokens } from "../hosts/tokens.ts";
import { databaseOfPerson } from "../http/person.ts";
import { databaseProblem, problem } from "../http/problem.ts";
import { isUuid } from "../http/uuid.ts";
import { log } from "../log.ts";
import { tellQueue } from "../pipeline/queue.ts";
import { checkTracker, keepTracker } from "../tickets/connect.ts";
import { nameOfTracker } from "../tickets/words.ts";
import { beginAttempt, callbackAddress, goBack, type Outcome, readVerifier, takeAttempt } from "./oauth-attempt.ts";

const fallback = "/settings/tickets";

/** GET /api/oauth/{ticket system}/start?workspace_id=…&tracker_id=…: where to send the person, and the browser's cookie. */
export async function startTrackerOAuth(request: Request, settings: Settings, kind: TrackerKind): Promise<Response> {
  const db = databaseOfPerson(request, settings);
  if (db instanceof Response) return db;
  const { oauth } = trackerFor(kind);
  const application = settings.trackerOAuth[kind];
  const name = nameOfTracker(kind);
  if (oauth === undefined || application === undefined) {
    return problem(409, `Connecting ${name} in its own pages is not configured here. Use a token instead.`);
  }
  const { hasPkce } = oauth;
  const begun = await beginAttempt(request, db, settings, {
    provider: kind,
    baseUrl: application.baseUrl,
    hasPkce,
    fallback,
  });
  if (begun instanceof Response) return begun;
  const trackerId = new URL(request.url).searchParams.get("tracker_id");
  if (trackerId !== null) {
    if (!isUuid(trackerId)) return problem(404, "There is no such connection.");
    const named = await nameOAuthTracker(db, begun.attemptId, trackerId);
    if (!named.ok) return databaseProblem(named.error);
  }
  const { state, challenge } = begun;
  const redirectUri = callbackAddress(settings, kind);
  const address = oauth.authorisationAddress(application, { redirectUri, state, challenge });
  if (address === null) return problem(409, `${name} has no address here.`);
  return Response.json({ authorise_url: address }, { headers: begun.headers });
}

/** GET /api/oauth/{ticket system}/callback: keeps the grant and sends the person back into the settings. */
export async function finishTrackerOAuth(
  request: Request,
  env: Env,
  settings: Settings,
  kind: TrackerKind,
): Promise<Response> {
  const taken = await takeAttempt(request, settings, kind);
  if (!taken.ok) return giveUp(settings, null, kind, "unavailable", taken.error.cause);
  const attempt = taken.value;
  if (attempt === null) return giveUp(settings, null, kind, "expired");
  const { searchParams } = new URL(request.url);
  const code = searchParams.get("code");
  const error = searchParams.get("error");
  if (code === null || error !== null) {
    return giveUp(settings, attempt, kind, error === "access_denied" || error === null ? "denied" : "refused");
  }
  const application = settings.trackerOAuth[kind];
  const { oauth } = trackerFor(kind);
  if (oauth === undefined || application === undefined || application.baseUrl !== attempt.base_url)
    return giveUp(settings, attempt, kind, "refused");
  const exchanged = await oauth.exchangeCode(application, {
    code,
    redirectUri: callbackAddress(settings, kind),
    verifier: await readVerifier(settings, attempt),
  });
  if (!exchanged.ok) return giveUp(settings, attempt, kind, exchanged.code, exchanged.detail);

  const token: Token = { kind: "bearer", value: exchanged.value.access };
  // A system that people run themselves, or in a region of its own, has its API at the application's address.
  const place = { kind, baseUrl: application.baseUrl, site: null as string | null };
  const access = await checkTracker(place, token);
  if (!access.ok) return giveUp(settings, attempt, kind, "unavailable", access.detail);
  // The first of several; the settings offer the others.
  place.site = access.value.sites[0]?.id ?? null;
  const narrowed = place.site === null ? access : await checkTracker(place, token);
  const grantId = crypto.randomUUID();
  const kept = await keepTracker(serviceDatabase(settings), settings, {
    id: attempt.tracker_id ?? crypto.randomUUID(),
    workspaceId: attempt.workspace_id,
    userId: attempt.user_id,
    name: null,
    place,
    access: narrowed.ok ? narrowed.value : access.value,
    prefixes: null,
    grant: {
      id: grantId,
      kind: "oauth",
      baseUrl: application.baseUrl,
      scopes: exchanged.value.scopes,
      tokens: await encryptTokens(settings, grantId, exchanged.value),
    },
    token,
  });
  if (!kept.ok) {
    const outcome = kept.error.code === "not_allowed" ? "not_allowed" : "unavailable";
    return giveUp(settings, attempt, kind, outcome, kept.error.cause);
  }
  await tellQueue(env, [{ trackerId: kept.value.id }]);
  log("info", "tracker_connected", { kind, connection: kept.value.id, workspace: attempt.workspace_id });
  return goBack(settings, attempt.return_to, { tracker: kept.value.id });
}

function giveUp(
  settings: Settings,
  attempt: OAuthAttempt | null,
  kind: TrackerKind,
  outcome: Outcome,
  detail?: string,
): Response {
  log("warn", "tracker_not_connected", { kind, outcome, ...(detail === undefined ? {} : { detail }) });
  return goBack(settings, attempt?.return_to ?? fallback, { kind, refusal: outcome });
}
