/**
 * GitHub as an App: it is installed for an account, and mints tokens of an hour for that installation with its own key.
 * Sources: GitHub "Generating a JSON Web Token (JWT) for a GitHub App", "Generating an installation access token",
 * "List app installations accessible to the user access token".
 */
import type { OAuthResult } from "@billhook/http/oauth";
import * as z from "zod";

export interface GithubApp {
  id: string;
  /** Its name in addresses. */
  slug: string;
  /** PEM, as GitHub gives it (PKCS #1) or as PKCS #8; line breaks may be written as \n. */
  privateKey: string;
  /** As people open the server in the browser; null: github.com. */
  baseUrl: string | null;
}

const rootOf = ({ baseUrl }: GithubApp): string =>
  (baseUrl ?? "https://github.com").replace(/\/+$/, "").replace(/\/api\/v3$/, "");
const apiOf = (app: GithubApp): string => (app.baseUrl === null ? "https://api.github.com" : `${rootOf(app)}/api/v3`);

/** Where a person chooses the account and the repositories; GitHub leads back to the App's callback address. */
export function installationAddress(app: GithubApp, state: string): string {
  const folder = app.baseUrl === null ? "apps" : "github-apps";
  const url = new URL(`${rootOf(app)}/${folder}/${encodeURIComponent(app.slug)}/installations/new`);
  url.searchParams.set("state", state);
  return url.href;
}

const installationsSchema = z.object({
  installations: z.array(
    z.object({ id: z.number().int(), app_id: z.number().int(), account: z.object({ login: z.string() }).nullish() }),
  ),
});
const mostPages = 10;

/**
 * The account of an installation, where the person whose token it is may see it: the number in the address that led back
 * could be anybody's. Null where they may not.
 */
export async function findInstallation(
  app: GithubApp,
  installation: string,
  userToken: string,
): Promise<OAuthResult<string | null>> {
  for (let page = 1; page <= mostPages; page += 1) {
    const asked = await ask(`${apiOf(app)}/user/installations?per_page=100&page=${page}`, "GET", userToken);
    if (!asked.ok) return asked;
    const parsed = installationsSchema.safeParse(asked.value);
    if (!parsed.success) return { ok: false, code: "unavailable", detail: "installations: another form than expected" };
    const { installations } = parsed.data;
    const found = installations.find(({ id, app_id }) => String(id) === installation && String(app_id) === app.id);
    if (found !== undefined) return { ok: true, value: found.account?.login ?? `installation ${installation}` };
    if (installations.length < 100) break;
  }
  return { ok: true, value: null };
}

const tokenSchema = z.object({ token: z.string().min(1).max(10_000), expires_at: z.iso.datetime({ offset: true }) });

/** A token for what the installation sees; it ends after an hour. */
export async function mintInstallationToken(
  app: GithubApp,
  installation: string,
  now: Date,
): Promise<OAuthResult<{ token: string; expiresAt: string }>> {
  const jwt = await signAppToken(app, now);
  const asked = await ask(
    `${apiOf(app)}/app/installations/${encodeURIComponent(installation)}/access_tokens`,
    "POST",
    jwt,
  );
  if (!asked.ok) return asked;
  const parsed = tokenSchema.safeParse(asked.value);
  if (!parsed.success) return { ok: false, code: "unavailable", detail: "token: another form than expected" };
  return { ok: true, value: { token: parsed.data.token, expiresAt: parsed.data.expires_at } };
}

/** RS256 (RFC 7518, section 3.3). A minute back for clocks that differ; ten minutes at most are allowed. */
async function signAppToken(app: GithubApp, now: Date): Promise<string> {
  const seconds = Math.floor(now.getTime() / 1000);
  const encode = (value: object): string => toBase64Url(new TextEncoder().encode(JSON.stringify(value)));
  const payload = `${encode({ alg: "RS256", typ: "JWT" })}.${encode({ iat: seconds - 60, exp: seconds + 540, iss: app.id })}`;
  const key = await crypto.subtle.importKey(
    "pkcs8",
    readPrivateKey(app.privateKey),
    { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const signature = await crypto.subtle.sign("RSASSA-PKCS1-v1_5", key, new TextEncoder().encode(payload));
  return `${payload}.${toBase64Url(new Uint8Array(signature))}`;
}

/** GitHub gives PKCS #1, WebCrypto takes PKCS #8: the same key in an envelope (RFC 5208, section 5). */
function readPrivateKey(pem: string): Uint8Array<ArrayBuffer> {
  const text = pem.replaceAll("\\n", "\n");
  const encoded = text.replaceAll(/-----[^-]+-----/g, "").replaceAll(/\s/g, "");
  const der = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
  if (!text.includes("BEGIN RSA PRIVATE KEY")) return der;
  // INTEGER 0, then the AlgorithmIdentifier of rsaEncryption (1.2.840.113549.1.1.1) with NULL.
  const head = [
    0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
  ];
  return wrap(0x30, [...head, ...wrap(0x04, der)]);
}

/** One DER element. */
function wrap(tag: number, content: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Uint8Array.from([tag, ...size, ...Array.from(content)]);
}

const toBase64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

async function ask(url: string, method: "GET" | "POST", token: string): Promise<OAuthResult<unknown>> {
  try {
    const response = await fetch(url, {
      method,
      redirect: "manual",
      signal: AbortSignal.timeout(8_000),
      headers: {
        accept: "application/vnd.github+json",
        "user-agent": "Billhook",
        authorization: `Bearer ${token}`,
        "x-github-api-version": "2022-11-28",
      },
    });
    const { status } = response;
    if (status >= 400) {
      await response.body?.cancel();
      // 403 is also a limit; an installation that is gone or suspended is 404 or 401.
      const isRefused = status === 401 || status === 404;
      return { ok: false, code: isRefused ? "refused" : "unavailable", detail: `${method} was answered ${status}` };
    }
    return { ok: true, value: await response.json() };
  } catch {
    // What fetch throws may quote the request; its words stay here.
    return { ok: false, code: "unavailable", detail: "the host did not answer" };
  }
}
