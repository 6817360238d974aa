/** Connecting ticket systems in their own pages: through the product's routes, until their tickets are on drafts. */
import type { TrackerKind } from "@billhook/domain/tracker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApplicationOptions, ApplicationStandin } from "../standins/trackers/application.ts";
import { startAsanaStandin } from "../standins/trackers/asana.ts";
import { startClickupStandin } from "../standins/trackers/clickup.ts";
import { startHelpScoutStandin } from "../standins/trackers/help-scout.ts";
import { startJiraStandin } from "../standins/trackers/jira.ts";
import { startLinearStandin } from "../standins/trackers/linear.ts";
import { startZendeskStandin } from "../standins/trackers/zendesk.ts";
import { startZohoDeskStandin } from "../standins/trackers/zoho-desk.ts";
import { callApi, type Harness, signUpWithWorkspace, startHarness } from "./harness.ts";
import { caseOf, connectRepository, pushCommits } from "./tracked.ts";

const application = { clientId: "billhook-client", clientSecret: "client-secret-of-the-test" };

const systems: { kind: TrackerKind; name: string; start: (of: ApplicationOptions) => Promise<ApplicationStandin> }[] = [
  { kind: "jira", name: "JIRA", start: startJiraStandin },
  { kind: "linear", name: "LINEAR", start: startLinearStandin },
  { kind: "asana", name: "ASANA", start: startAsanaStandin },
  { kind: "clickup", name: "CLICKUP", start: startClickupStandin },
  { kind: "zendesk", name: "ZENDESK", start: startZendeskStandin },
  { kind: "zoho-desk", name: "ZOHO_DESK", start: startZohoDeskStandin },
  { kind: "help-scout", name: "HELP_SCOUT", start: startHelpScoutStandin },
];

const standins = new Map<TrackerKind, ApplicationStandin>();
let harness: Harness;

beforeAll(async () => {
  const bindings: Record<string, string> = {};
  for (const { kind, name, start } of systems) {
    const standin = await start({ tokens: [], application });
    for (let number = 1; number < 9; number += 1) {
      standin.add({ key: caseOf(kind).key(number), title: `Expired sessions stay signed in ${number}` });
    }
    standins.set(kind, standin);
    bindings[`${name}_OAUTH_CLIENT_ID`] = application.clientId;
    bindings[`${name}_OAUTH_CLIENT_SECRET`] = application.clientSecret;
    bindings[`${name}_OAUTH_BASE_URL`] = standin.url;
  }
  harness = await startHarness({ bindings });
}, 60_000);

afterAll(async () => {
  await harness.stop();
  for (const standin of standins.values()) await standin.close();
});

describe.each(systems)("$kind", ({ kind }) => {
  const of = caseOf(kind);
  let own: Harness;
  let standin: ApplicationStandin;

  beforeAll(async () => {
    own = { ...harness, owner: await signUpWithWorkspace(harness.stack) };
    const found = standins.get(kind);
    if (found === undefined) throw new Error(`no stand-in for ${kind}`);
    standin = found;
  });

  /** From the button in the settings to the settings again: where the app is opened. */
  async function goThere(button: "allow" | "deny"): Promise<URL> {
    const query = new URLSearchParams({ workspace_id: own.owner.workspaceId });
    const started = await callApi(own.stack, "GET", `/api/oauth/${kind}/start?${query}`, { token: own.owner.token });
    expect(started.status).toBe(200);
    const { authorise_url: address } = (await started.json()) as { authorise_url: string };
    const page = await (await fetch(address)).text();
    const link = new RegExp(`id="${button}" href="([^"]+)"`).exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const cookie = (started.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const back = await fetch(link, { redirect: "manual", headers: { cookie } });
    return new URL(back.headers.get("location") ?? "");
  }

  it("is connected in its own pages, and a push makes a draft with its ticket", async () => {
    const back = await goThere("allow");
    const id = back.searchParams.get("tracker");
    expect([id === null, back.searchParams.get("refusal")]).toEqual([false, null]);
    const repository = await connectRepository(own, own.owner);
    const [draft] = await pushCommits(own, repository, [{ message: `Fix auth bug (${of.key(1)})` }]);
    expect(draft).toMatchObject({ ticket_key: of.key(1), ticket_title: "Expired sessions stay signed in 1" });

    // Two tokens later it is still let in.
    for (const number of [2, 3]) {
      if (standin.oauth?.expiresIn === null) break;
      standin.tokens.clear();
      await own.service
        .from("host_grants")
        .update({ expires_at: new Date().toISOString() })
        .eq("workspace_id", own.owner.workspaceId);
      const [later] = await pushCommits(own, repository, [{ message: `Fix it again (${of.key(number)})` }]);
      expect(later).toMatchObject({ ticket_title: `Expired sessions stay signed in ${number}`, ticket_reason: null });
    }
  });

  it("is not connected where access is denied there", async () => {
    const back = await goThere("deny");
    expect(back.pathname).toBe("/settings/tickets");
    expect([back.searchParams.get("refusal"), back.searchParams.get("kind")]).toEqual(["denied", kind]);
  });
});
