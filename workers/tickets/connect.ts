/** Connecting a ticket system whose token was just given: checked with the system, kept encrypted, told where to tell of changes. */
import type { BillhookClient } from "@billhook/database/client";
import type { DatabaseResult } from "@billhook/database/errors";
import { connectTracker, findTrackerWebhook } from "@billhook/database/trackers";
import type { TrackerKind } from "@billhook/domain/tracker";
import type { CallResult, Token } from "@billhook/http/result";
import { trackerFor } from "@billhook/trackers/registry";
import type { TrackerAccess, TrackerConnection } from "@billhook/trackers/tracker";
import type { Settings } from "../env.ts";
import { log } from "../log.ts";
import { decryptSecret, encryptSecret, generateSecret } from "../secrets.ts";
import { trackerWebhookContext } from "./secret.ts";

/** Somebody is looking at a button. */
const patienceMs = 15_000;
const webhookPatienceMs = 5_000;

export interface TrackerPlace {
  kind: TrackerKind;
  baseUrl: string | null;
  site: string | null;
}

const connectionOf = ({ baseUrl, site }: TrackerPlace, token: Token, milliseconds: number): TrackerConnection => ({
  baseUrl,
  site,
  webUrl: null,
  token,
  signal: AbortSignal.timeout(milliseconds),
  limits: { timeoutMs: 8_000, attempts: 2, longestWaitMs: 1_000 },
});

/** Who the token belongs to and what it sees. */
export const checkTracker = (place: TrackerPlace, token: Token): Promise<CallResult<TrackerAccess>> =>
  trackerFor(place.kind).checkAccess(connectionOf(place, token, patienceMs));

export interface TrackerToKeep {
  /** That of a connection which is connected again, or a new one. */
  id: string;
  workspaceId: string;
  userId: string;
  /** Null: after the system and the place. */
  name: string | null;
  place: TrackerPlace;
  access: TrackerAccess;
  /** Null: all that the token sees. */
  prefixes: string[] | null;
  grant: {
    id: string;
    kind: "token" | "oauth";
    baseUrl: string | null;
    scopes: string[];
    tokens: { access: string; refresh: string | null; expiresAt: string | null };
  };
  /** In the clear, to make the webhook with. */
  token: Token;
}

export interface KeptTracker {
  id: string;
  webhookUrl: string | null;
  /** To paste where the webhook could not be made; null where it was, or where the system sends none. */
  webhookSecret: string | null;
}

export async function keepTracker(
  db: BillhookClient,
  settings: Settings,
  tracker: TrackerToKeep,
): Promise<DatabaseResult<KeptTracker>> {
  const { id, place, access, grant, token } = tracker;
  const { name, webhook, worklog } = trackerFor(place.kind);
  const site = access.sites.find((each) => each.id === place.site) ?? null;
  const url = webhook === undefined ? null : `${settings.appUrl}/api/webhooks/${place.kind}/${id}`;
  const known = url === null ? null : await readKnownSecret(db, settings, id);
  let secret = known ?? generateSecret();
  let isMade = false;
  if (url !== null && webhook?.create !== undefined && known === null) {
    const made = await webhook.create(connectionOf(place, token, webhookPatienceMs), { url, secret });
    if (made.ok) {
      isMade = true;
      secret = made.value.secret ?? secret;
    } else log("info", "tracker_webhook_not_made", { connection: id, code: made.code, detail: made.detail });
  }
  const connected = await connectTracker(
    db,
    tracker.workspaceId,
    tracker.userId,
    {
      id,
      kind: place.kind,
      name: (tracker.name ?? defaultName(name, site?.name ?? null, place.baseUrl)).slice(0, 120),
      baseUrl: place.baseUrl,
      webUrl: site?.url ?? null,
      site: place.site,
      siteName: site?.name ?? null,
      accountName: access.account,
      prefixes: (tracker.prefixes ?? access.prefixes).slice(0, 500),
      takesWorklogs: worklog !== undefined,
    },
    {
      id: grant.id,
      kind: grant.kind,
      baseUrl: grant.baseUrl,
      scopes: grant.scopes,
      tokens: grant.tokens,
      webhookSecret:
        url === null ? null : await encryptSecret(settings.encryptionKeys, trackerWebhookContext(grant.id), secret),
    },
  );
  if (!connected.ok) return connected;
  return {
    ok: true,
    value: {
      id: connected.value,
      webhookUrl: url,
      webhookSecret: url === null || isMade || known !== null ? null : secret,
    },
  };
}

/** A webhook that was made with it goes on telling when the system is connected again. */
async function readKnownSecret(db: BillhookClient, settings: Settings, id: string): Promise<string | null> {
  const target = await findTrackerWebhook(db, id);
  if (!target.ok || target.value === null) return null;
  return decryptSecret(settings.encryptionKeys, trackerWebhookContext(target.value.grant_id), target.value.secret);
}

function defaultName(system: string, site: string | null, baseUrl: string | null): string {
  if (site !== null) return `${system}: ${site}`;
  return baseUrl === null || !URL.canParse(baseUrl) ? system : `${system}: ${new URL(baseUrl).host}`;
}
