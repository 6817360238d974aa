import { createHash } from "node:crypto";
import type { OAuthApplication } from "@billhook/http/oauth";
import { trackerFor } from "@billhook/trackers/registry";
import { afterEach, describe, expect, it } from "vitest";
import { valueOf } from "../forge/reading.ts";
import type { ApplicationOptions, ApplicationStandin } from "./application.ts";
import { startAsanaStandin } from "./asana.ts";
import { cases, connect } from "./cases.ts";
import { startClickupStandin } from "./clickup.ts";
import { startHelpScoutStandin } from "./help-scout.ts";
import { startZendeskStandin } from "./zendesk.ts";
import { startZohoDeskStandin } from "./zoho-desk.ts";

const systems: {
  kind: (typeof cases)[number]["kind"];
  start: (of: ApplicationOptions) => Promise<ApplicationStandin>;
}[] = [
  { kind: "asana", start: startAsanaStandin },
  { kind: "clickup", start: startClickupStandin },
  { kind: "zendesk", start: startZendeskStandin },
  { kind: "zoho-desk", start: startZohoDeskStandin },
  { kind: "help-scout", start: startHelpScoutStandin },
];

const client = { clientId: "billhook", clientSecret: "never-to-be-seen-0123456789" };
const redirectUri = "https://billhook.example/api/oauth/callback";

describe.each(systems)("signing in to $kind", ({ kind, start }) => {
  const { oauth } = trackerFor(kind);
  if (oauth === undefined) throw new Error("it should have pages of its own");
  let standin: ApplicationStandin;

  afterEach(() => standin.close());

  async function open(): Promise<OAuthApplication> {
    standin = await start({ tokens: [], application: client });
    return { ...client, baseUrl: standin.url };
  }

  /** A person who presses the button there. */
  async function allow(address: string | null): Promise<string> {
    const page = await (await fetch(address ?? "")).text();
    const back = /id="allow" href="([^"]+)"/.exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "";
    expect(new URL(back).searchParams.get("state")).toBe("a state & more");
    return new URL(back).searchParams.get("code") ?? "";
  }

  it("leads to a token that reads tickets, and to another once it has ended", async () => {
    const application = await open();
    const verifier = oauth.hasPkce ? "v".repeat(64) : null;
    const challenge = verifier === null ? null : createHash("sha256").update(verifier).digest("base64url");
    const request = { redirectUri, state: "a state & more", challenge };
    const code = await allow(oauth.authorisationAddress(application, request));
    const tokens = await oauth.exchangeCode(application, { code, redirectUri, verifier });
    if (!tokens.ok) throw new Error(tokens.detail);

    const of = cases.find((known) => known.kind === kind);
    if (of === undefined) throw new Error("there is no such case");
    const { key } = standin.add({ key: of.key(1), title: "One" });
    const connection = { ...connect(of, standin), token: { kind: "bearer" as const, value: tokens.value.access } };
    const read = () => trackerFor(kind).readTickets(connection, [key]);
    expect(valueOf(await read())).toMatchObject([{ outcome: "found" }]);

    // A code counts once.
    expect(await oauth.exchangeCode(application, { code, redirectUri, verifier })).toMatchObject({ code: "refused" });
    standin.tokens.clear();
    expect(await read()).toMatchObject({ ok: false, code: "unauthorised" });
    if (tokens.value.refresh === null) return;
    expect(tokens.value.expiresIn).toBe(3600);
    const renewed = await oauth.refreshTokens(application, tokens.value.refresh);
    if (!renewed.ok) throw new Error(renewed.detail);
    connection.token.value = renewed.value.access;
    expect(valueOf(await read())).toMatchObject([{ outcome: "found" }]);
  });

  it("tells a refusal from a system that is away, and says no secret", async () => {
    const application = await open();
    const grant = { code: "wrong", redirectUri, verifier: null };
    const refused = await oauth.exchangeCode(application, grant);
    expect(refused).toMatchObject({ ok: false, code: "refused" });
    expect(JSON.stringify(refused)).not.toContain(client.clientSecret);
    if (standin.oauth !== null) standin.oauth.isDown = true;
    expect(await oauth.exchangeCode(application, grant)).toMatchObject({ ok: false, code: "unavailable" });
    expect(await oauth.refreshTokens(application, "r")).toMatchObject({ ok: false, code: "unavailable" });
  });
});

describe("the public addresses", () => {
  const request = { redirectUri, state: "s", challenge: "c" };
  const addressOf = (kind: (typeof cases)[number]["kind"], baseUrl: string | null = null): URL | null => {
    const address = trackerFor(kind).oauth?.authorisationAddress({ ...client, baseUrl }, request) ?? null;
    return address === null ? null : new URL(address);
  };

  it("are the vendors' own", () => {
    expect(addressOf("asana")?.origin).toBe("https://app.asana.com");
    expect(addressOf("clickup")?.origin).toBe("https://app.clickup.com");
    expect(addressOf("help-scout")?.origin).toBe("https://secure.helpscout.net");
    expect(addressOf("zoho-desk")?.origin).toBe("https://accounts.zoho.com");
    // Each account of Zendesk has its own.
    expect(addressOf("zendesk")).toBeNull();
    expect(addressOf("zendesk", "https://team.zendesk.com")?.href).toContain("https://team.zendesk.com/oauth/");
  });

  it("lead to Zoho's accounts in the desk's own data centre, and ask for a token that lasts", () => {
    const address = addressOf("zoho-desk", "https://desk.zoho.eu");
    expect(address?.origin).toBe("https://accounts.zoho.eu");
    expect(address?.searchParams.get("access_type")).toBe("offline");
    expect(address?.searchParams.get("scope")?.split(",")).toContain("Desk.tickets.READ");
  });
});
