/** Picking repositories under a grant: what it sees, and connecting one with its webhook made at the host. */
import type { BillhookClient } from "@billhook/database/client";
import { revokeHostGrant } from "@billhook/database/hosts";
import { changeGrantOf, checkGrantManager, connectGrantedRepository, findGrantHost } from "@billhook/database/oauth";
import { findRepository } from "@billhook/database/repositories";
import type { Provider } from "@billhook/domain/push";
import type { ForgeFailure } from "@billhook/forges/api";
import { isProvider } from "@billhook/forges/registry";
import * as z from "zod";
import { serviceDatabase, type Settings } from "../env.ts";
import { type HostSession, openSession } from "../hosts/session.ts";
import { describeFailure, nameOfHost } from "../hosts/words.ts";
import { readJson } from "../http/json.ts";
import { databaseOfPerson } from "../http/person.ts";
import { databaseProblem, problem } from "../http/problem.ts";
import { isUuid } from "../http/uuid.ts";
import { log } from "../log.ts";
import { tellQueue } from "../pipeline/queue.ts";
import { encryptSecret, generateSecret } from "../secrets.ts";
import { webhookSecretContext } from "../webhooks/receive.ts";

/** Requests of one question: a page of repositories, or access and webhook. */
const requests = 20;
const seconds = 20;

interface OpenedGrant {
  service: BillhookClient;
  provider: Provider;
  session: HostSession;
}

/** The grant, for a person who may use it; otherwise the problem to answer. */
async function openGrant(person: BillhookClient, settings: Settings, grantId: string): Promise<OpenedGrant | Response> {
  if (!isUuid(grantId)) return problem(404, "There is no such connection to a git host.");
  const checked = await checkGrantManager(person, grantId);
  if (!checked.ok) return databaseProblem(checked.error);
  const { provider } = checked.value;
  if (!isProvider(provider)) return problem(404, "There is no such git host here.");
  const service = serviceDatabase(settings);
  const host = await findGrantHost(service, grantId);
  if (!host.ok) return databaseProblem(host.error);
  const opened = await openSession(service, settings, provider, host.value, { wanted: requests, seconds });
  if (!opened.ok) return problem(503, opened.reason, { retryAfterSeconds: 15 });
  return { service, provider, session: opened.session };
}

/** GET /api/grants/{id}/repositories?search=&cursor=: what the grant sees, page by page. */
export async function listGrantRepositories(request: Request, settings: Settings, grantId: string): Promise<Response> {
  const person = databaseOfPerson(request, settings);
  if (person instanceof Response) return person;
  const grant = await openGrant(person, settings, grantId);
  if (grant instanceof Response) return grant;
  const { searchParams } = new URL(request.url);
  const search = (searchParams.get("search") ?? "").trim().slice(0, 200);
  const { session } = grant;
  const listed = session.heed(
    await session.api.listRepositories(session.connection(""), {
      ...(search === "" ? {} : { search }),
      cursor: searchParams.get("cursor"),
    }),
  );
  await session.close(grant.service);
  if (!listed.ok) return hostProblem(grant, grantId, listed, null);
  const repositories = listed.value.items.map((item) => ({
    name: item.name,
    url: item.url,
    default_branch: item.defaultBranch,
  }));
  return Response.json(
    { repositories, cursor: listed.value.cursor },
    { headers: { "cache-control": "private, no-store" } },
  );
}

const connectSchema = z.object({ project_id: z.uuid(), name: z.string().trim().min(3).max(300) });

/**
 * POST /api/grants/{id}/repositories {project_id, name}: checks access with the host, connects the repository and makes
 * its webhook. Where only the webhook cannot be made, the connection stands, and its address and secret are answered
 * for pasting: `hook_error` says why.
 */
export async function connectFromGrant(
  request: Request,
  env: Env,
  settings: Settings,
  grantId: string,
): Promise<Response> {
  const person = databaseOfPerson(request, settings);
  if (person instanceof Response) return person;
  const body = await readJson(request, connectSchema);
  if (body instanceof Response) return body;
  const grant = await openGrant(person, settings, grantId);
  if (grant instanceof Response) return grant;
  const { session, provider } = grant;
  const access = session.heed(await session.api.checkAccess(session.connection(body.name)));
  if (!access.ok || !access.value.canReadCommits) {
    await session.close(grant.service);
    return access.ok
      ? problem(403, `Your account at ${nameOfHost(provider)} may not read the commits of ${body.name}.`, {
          field: "name",
        })
      : hostProblem(grant, grantId, access, body.name);
  }
  const { repository, canManageHooks } = access.value;
  const id = crypto.randomUUID();
  const secret = generateSecret();
  const connected = await connectGrantedRepository(person, {
    id,
    projectId: body.project_id,
    grantId,
    webhookSecret: await encryptSecret(settings.encryptionKeys, webhookSecretContext(id), secret),
    name: repository.name,
    url: repository.url,
    defaultBranch: repository.defaultBranch,
  });
  if (!connected.ok) {
    await session.close(grant.service);
    return databaseProblem(connected.error);
  }
  const webhookUrl = `${settings.appUrl}/api/webhooks/${provider}/${id}`;
  const hookError = canManageHooks
    ? await makeHook(session, repository.name, { url: webhookUrl, secret })
    : `Your account may not manage webhooks of ${repository.name}.`;
  await session.close(grant.service);
  // Where the branches are now is what a push that never arrives is missed by.
  await tellQueue(env, [{ repositoryId: id }]);
  return Response.json(
    {
      id,
      name: repository.name,
      webhook_url: webhookUrl,
      hook_error: hookError,
      // Shown where it must be pasted, and otherwise known to the host alone.
      webhook_secret: hookError === null ? null : secret,
    },
    { status: 201, headers: { "cache-control": "no-store" } },
  );
}

const changeSchema = z.object({ grant_id: z.uuid() });

/**
 * POST /api/repositories/{id}/grant {grant_id}: the repository is asked for under a connected account from now on, in place
 * of its token or of another account. Access is checked with the host first, and that it is the same repository there.
 */
export async function changeGrant(
  request: Request,
  env: Env,
  settings: Settings,
  repositoryId: string,
): Promise<Response> {
  const person = databaseOfPerson(request, settings);
  if (person instanceof Response) return person;
  const body = await readJson(request, changeSchema);
  if (body instanceof Response) return body;
  const found = isUuid(repositoryId) ? await findRepository(person, repositoryId) : null;
  if (found === null) return problem(404, "There is no such connection.");
  if (!found.ok) return databaseProblem(found.error);
  const { provider, name, external_id: externalId } = found.value;
  if (name === null) return problem(409, "The repository is not known before its first delivery.");
  const grant = await openGrant(person, settings, body.grant_id);
  if (grant instanceof Response) return grant;
  const { session } = grant;
  const access =
    provider === grant.provider ? session.heed(await session.api.checkAccess(session.connection(name))) : null;
  await session.close(grant.service);
  if (access === null)
    return problem(409, "This account is at another host than the repository.", { field: "grant_id" });
  if (!access.ok) return hostProblem(grant, body.grant_id, access, name);
  if (!access.value.canReadCommits)
    return problem(403, `The account may not read the commits of ${name}.`, { field: "grant_id" });
  if (externalId !== null && access.value.repository.externalId !== externalId)
    return problem(409, `What the account sees as ${name} is another repository.`, { field: "grant_id" });
  const changed = await changeGrantOf(person, repositoryId, body.grant_id);
  if (!changed.ok) return databaseProblem(changed.error);
  await tellQueue(env, [{ repositoryId }]);
  return Response.json({ grant_id: body.grant_id });
}

/** Null, or why the webhook could not be made. */
async function makeHook(
  session: HostSession,
  repository: string,
  hook: { url: string; secret: string },
): Promise<string | null> {
  const made = session.heed(await session.api.createHook(session.connection(repository), hook));
  if (made.ok) return null;
  log("warn", "hook_not_made", { provider: session.provider, code: made.code, detail: made.detail });
  const host = nameOfHost(session.provider);
  return made.code === "unexpected"
    ? `${host} does not accept the address of this server. It has to be reachable from there.`
    : `${host} did not make the webhook.`;
}

async function hostProblem(
  grant: OpenedGrant,
  grantId: string,
  failed: ForgeFailure,
  repository: string | null,
): Promise<Response> {
  const { provider } = grant;
  log("warn", "host_not_asked", { provider, code: failed.code, detail: failed.detail });
  if (failed.code === "unauthorised") {
    const words = describeFailure(provider, failed.code, repository);
    const revoked = await revokeHostGrant(grant.service, grantId, words);
    if (!revoked.ok) log("error", "grant_not_revoked", { grant: grantId, cause: revoked.error.cause });
    return problem(409, words, { field: "grant_id" });
  }
  const words = describeFailure(provider, failed.code, repository);
  switch (failed.code) {
    case "forbidden":
    case "not_found":
      return problem(failed.code === "forbidden" ? 403 : 404, words, { field: "name" });
    case "rate_limited":
      return problem(503, words, { retryAfterSeconds: failed.retryAfterSeconds ?? 60 });
    default:
      return problem(502, words);
  }
}
