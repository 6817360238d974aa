/** Connecting ticket systems with a token, choosing what of them is meant, and seeing what can be chosen. */
import { checkTrackerManager, checkWorkspaceManager, findTracker, setTrackerSite } from "@billhook/database/trackers";
import { trackerKinds } from "@billhook/domain/tracker";
import type { CallFailure } from "@billhook/http/result";
import type { TrackerAccess } from "@billhook/trackers/tracker";
import * as z from "zod";
import { serviceDatabase, type Settings } from "../env.ts";
import { accessTokenContext } from "../hosts/tokens.ts";
import { readJson } from "../http/json.ts";
import { databaseOfPerson } from "../http/person.ts";
import { databaseProblem, problem } from "../http/problem.ts";
import { isUuid } from "../http/uuid.ts";
import { log } from "../log.ts";
import { tellQueue } from "../pipeline/queue.ts";
import { encryptSecret } from "../secrets.ts";
import { checkTracker, keepTracker, type TrackerPlace } from "../tickets/connect.ts";
import { isTrackerKind, openTracker, toToken, type TrackerSession, writeGivenToken } from "../tickets/session.ts";
import { nameOfTracker } from "../tickets/words.ts";

const text = (most: number) => z.string().trim().min(1).max(most);
const requestSchema = z.object({
  workspace_id: z.uuid(),
  kind: z.enum(trackerKinds),
  /** A connection that is connected again. */
  id: z.uuid().optional(),
  name: text(120).optional(),
  base_url: z
    .url({ protocol: /^https?$/, error: "must be an http or https address" })
    .max(1000)
    .optional(),
  site: text(300).optional(),
  username: text(320).optional(),
  token: text(4000),
  prefixes: z.array(text(100)).max(500).optional(),
});

/**
 * POST /api/trackers: checks access with the system and connects it. 201 {id, account, webhook_url, webhook_secret}; 200
 * {sites} where the token sees several places and none was chosen: ask again with `site`.
 */
export async function createTracker(request: Request, env: Env, settings: Settings): Promise<Response> {
  const person = databaseOfPerson(request, settings);
  if (person instanceof Response) return person;
  const body = await readJson(request, requestSchema);
  if (body instanceof Response) return body;
  const manager = await checkWorkspaceManager(person, body.workspace_id);
  if (!manager.ok) return databaseProblem(manager.error);

  const place: TrackerPlace = {
    kind: body.kind,
    baseUrl: body.base_url?.replace(/\/+$/, "") ?? null,
    site: body.site ?? null,
  };
  const given = { username: body.username ?? null, token: body.token };
  const token = toToken(given);
  const access = await checkTracker(place, token);
  if (!access.ok) return accessProblem(place, access);
  const { sites } = access.value;
  if (place.site === null && sites.length > 1)
    return Response.json({ sites: sites.map(nameSite) }, { headers: privately });
  place.site ??= sites[0]?.id ?? null;

  const service = serviceDatabase(settings);
  const grantId = crypto.randomUUID();
  const kept = await keepTracker(service, settings, {
    id: body.id ?? crypto.randomUUID(),
    workspaceId: body.workspace_id,
    userId: manager.value,
    name: body.name ?? null,
    place,
    access: access.value,
    prefixes: body.prefixes ?? null,
    grant: {
      id: grantId,
      kind: "token",
      baseUrl: null,
      scopes: [],
      tokens: {
        access: await encryptSecret(settings.encryptionKeys, accessTokenContext(grantId), writeGivenToken(given)),
        refresh: null,
        expiresAt: null,
      },
    },
    token,
  });
  if (!kept.ok) return databaseProblem(kept.error);
  await tellQueue(env, [{ trackerId: kept.value.id }]);
  log("info", "tracker_connected", { kind: body.kind, connection: kept.value.id, workspace: body.workspace_id });
  return Response.json(
    {
      id: kept.value.id,
      account: access.value.account,
      webhook_url: kept.value.webhookUrl,
      webhook_secret: kept.value.webhookSecret,
    },
    { status: 201, headers: privately },
  );
}

/** GET /api/trackers/{id}/access: what the connection's token sees now, to choose from. */
export async function showTrackerAccess(request: Request, settings: Settings, id: string): Promise<Response> {
  const opened = await openOwn(request, settings, id);
  if (opened instanceof Response) return opened;
  const { access } = opened;
  return Response.json(
    { account: access.account, sites: access.sites.map(nameSite), prefixes: access.prefixes },
    { headers: privately },
  );
}

const siteSchema = z.object({ site: text(300) });

/** POST /api/trackers/{id}/site: another of the places its token sees. */
export async function chooseTrackerSite(request: Request, env: Env, settings: Settings, id: string): Promise<Response> {
  const body = await readJson(request.clone() as Request, siteSchema);
  if (body instanceof Response) return body;
  const opened = await openOwn(request, settings, id, body.site);
  if (opened instanceof Response) return opened;
  const site = opened.access.sites.find((each) => each.id === body.site);
  if (site === undefined) return problem(422, "site: is none that the access reaches.", { field: "site" });
  const { prefixes } = opened.access;
  const place = { site: site.id, siteName: site.name, webUrl: site.url, prefixes: prefixes.slice(0, 500) };
  const saved = await setTrackerSite(serviceDatabase(settings), id, place);
  if (!saved.ok) return databaseProblem(saved.error);
  await tellQueue(env, [{ trackerId: id }]);
  return Response.json({ site: site.id, prefixes });
}

/** The connection, for a person who may change it, with what its token sees; otherwise the problem to answer. */
async function openOwn(
  request: Request,
  settings: Settings,
  id: string,
  site?: string,
): Promise<{ session: TrackerSession; access: TrackerAccess } | Response> {
  const person = databaseOfPerson(request, settings);
  if (person instanceof Response) return person;
  if (!isUuid(id)) return problem(404, "There is no such connection.");
  const checked = await checkTrackerManager(person, id);
  if (!checked.ok) return databaseProblem(checked.error);
  const service = serviceDatabase(settings);
  const found = await findTracker(service, id);
  if (!found.ok) return databaseProblem(found.error);
  const { kind } = checked.value;
  if (found.value === null || !isTrackerKind(kind)) return problem(404, "There is no such connection.");
  const tracker = { ...found.value, site: site ?? found.value.site };
  const opened = await openTracker(service, settings, tracker, AbortSignal.timeout(15_000));
  if (!opened.ok) return problem(409, opened.reason);
  const access = opened.session.heed(await opened.session.tracker.checkAccess(opened.session.connection));
  await opened.session.close(service);
  if (!access.ok) return accessProblem({ kind, baseUrl: tracker.base_url, site: tracker.site }, access);
  return { session: opened.session, access: access.value };
}

const privately = { "cache-control": "private, no-store" };

const nameSite = ({ id, name, url }: TrackerAccess["sites"][number]) => ({ id, name, url });

/** What a person can do about a system that does not let them in. */
function accessProblem({ kind, baseUrl }: TrackerPlace, failure: CallFailure): Response {
  const name = nameOfTracker(kind);
  log("warn", "tracker_not_checked", { kind, code: failure.code, detail: failure.detail });
  switch (failure.code) {
    case "unauthorised":
      return problem(422, `${name} refuses this token. Compare it with the one shown there, or make a new one.`, {
        field: "token",
      });
    case "forbidden":
      return problem(422, `${name} knows this token and does not let it read tickets. Give it that right there.`, {
        field: "token",
      });
    case "rate_limited":
      return problem(503, `${name} has had too many requests. Try again in a moment.`, {
        retryAfterSeconds: failure.retryAfterSeconds ?? 60,
      });
    case "unavailable":
      return problem(502, `${name} does not answer${baseUrl === null ? "" : ` at ${baseUrl}`}. Compare the address.`, {
        field: "base_url",
      });
    case "not_found":
    case "unexpected":
      return problem(
        422,
        `What answers${baseUrl === null ? "" : ` at ${baseUrl}`} is not ${name}. Compare the address.`,
        {
          field: "base_url",
        },
      );
  }
}
