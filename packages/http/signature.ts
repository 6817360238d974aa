/**
 * Signatures and tokens, checked over the raw bytes with WebCrypto and in constant time.
 *
 * One verifier for everybody, because the libraries differ in what they let through: `@octokit/webhooks` accepts a
 * signature without its prefix and throws on one that is not hex. Here a signature has exactly the expected form or is
 * malformed, and `crypto.subtle.verify` compares.
 */

/** Why a delivery was refused; for the log. The sender only learns that it was. */
export type VerificationFailure =
  | "no secret is set"
  | "the signature is missing"
  | "the signature is malformed"
  | "the signature does not match"
  | "the signature is too old or too new";

export type Verification = { ok: true } | { ok: false; reason: VerificationFailure };

const encoder = new TextEncoder();
const hmac = { name: "HMAC", hash: "SHA-256" };

export function refused(reason: VerificationFailure): Verification {
  return { ok: false, reason };
}

/**
 * Checks an HMAC-SHA256 in hex over the body. `form` must match the whole header and capture the 64 digits.
 * Every secret is tried, so that the time taken does not tell which of them matched.
 */
export async function verifyHexSignature(
  signature: string | null,
  form: RegExp,
  rawBody: Uint8Array,
  secrets: readonly string[],
): Promise<Verification> {
  const usable = secrets.filter((secret) => secret !== "");
  if (usable.length === 0) return refused("no secret is set");
  if (signature === null || signature === "") return refused("the signature is missing");
  const hex = form.exec(signature)?.[1];
  if (hex === undefined) return refused("the signature is malformed");
  const bytes = fromHex(hex);
  return anyMatch(usable.map((secret) => verifyHmac(encoder.encode(secret), bytes, rawBody)));
}

/** `sha256=` and the digits: GitHub, and both of Bitbucket. */
export const prefixedHex = /^sha256=([0-9a-f]{64})$/;
/** The digits alone: Gitea, Forgejo, Gogs. */
export const bareHex = /^([0-9a-f]{64})$/;

/** Compares a token sent in plain text (GitLab's header, a basic-auth password) with each secret. */
export async function verifyToken(
  token: Uint8Array | string | null,
  secrets: readonly string[],
): Promise<Verification> {
  const usable = secrets.filter((secret) => secret !== "");
  if (usable.length === 0) return refused("no secret is set");
  if (token === null || token.length === 0) return refused("the signature is missing");
  const sent = typeof token === "string" ? encoder.encode(token) : token;
  return anyMatch(usable.map((secret) => equalInConstantTime(sent, encoder.encode(secret))));
}

/** Accepts when any check held, after all of them have finished. */
export async function anyMatch(checks: readonly Promise<boolean>[]): Promise<Verification> {
  const results = await Promise.all(checks);
  return results.includes(true) ? { ok: true } : refused("the signature does not match");
}

export async function verifyHmac(key: Uint8Array, signature: Uint8Array, message: Uint8Array): Promise<boolean> {
  const imported = await crypto.subtle.importKey("raw", owned(key), hmac, false, ["verify"]);
  return crypto.subtle.verify("HMAC", imported, owned(signature), owned(message));
}

/** Equality that takes the same time wherever the inputs differ: both go through an HMAC under a key nobody knows. */
async function equalInConstantTime(a: Uint8Array, b: Uint8Array): Promise<boolean> {
  const random = crypto.getRandomValues(new Uint8Array(32));
  const key = await crypto.subtle.importKey("raw", random, hmac, false, ["sign", "verify"]);
  return crypto.subtle.verify("HMAC", key, await crypto.subtle.sign("HMAC", key, owned(a)), owned(b));
}

/** A name for a body without one: the SHA-256 of its bytes. */
export async function digestOf(rawBody: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", owned(rawBody)));
  return `sha256:${Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** The first header of these that holds a usable delivery id, else a digest of the body. */
export async function deliveryIdFrom(headers: Headers, names: readonly string[], rawBody: Uint8Array): Promise<string> {
  for (const name of names) {
    const id = headers.get(name)?.trim() ?? "";
    if (/^[\x21-\x7e]{1,200}$/.test(id)) return id;
  }
  return digestOf(rawBody);
}

/** Strict base64 to bytes; null for anything else. */
export function fromBase64(text: string): Uint8Array | null {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return null;
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

/** WebCrypto's types want bytes that no other thread can change; only copies where they may be shared. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  return buffer instanceof ArrayBuffer ? new Uint8Array(buffer, byteOffset, byteLength) : new Uint8Array(bytes);
}
