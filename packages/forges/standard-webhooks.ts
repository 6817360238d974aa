/**
 * The Standard Webhooks signature, which GitLab sends where a hook has a signing token.
 *
 * An HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}`, base64, each prefixed `v1,` and several separated by
 * spaces; the key is `whsec_` and base64 (Standard Webhooks specification, "Signature scheme"). The `standardwebhooks`
 * package reads the body as a string, which changes one with a byte-order mark or invalid UTF-8; this reads its bytes.
 */
import { anyMatch, fromBase64, refused, verifyHmac, type Verification } from "@billhook/http/signature";

/** How far the signed time may be from ours, in seconds, either way ("Verifying webhook timestamps"). */
const tolerance = 5 * 60;

/** A header holds a handful of signatures while keys rotate; more is an attempt to make us compute. */
const mostSignatures = 8;

/** The key's bytes; null where the secret is not of this scheme. */
export function signingKey(secret: string): Uint8Array | null {
  if (!secret.startsWith("whsec_")) return null;
  const key = fromBase64(secret.slice("whsec_".length));
  return key !== null && key.length > 0 ? key : null;
}

export async function verifyStandardWebhook(
  headers: Headers,
  rawBody: Uint8Array,
  keys: readonly Uint8Array[],
  now: number,
): Promise<Verification> {
  const id = headers.get("webhook-id");
  const timestamp = headers.get("webhook-timestamp");
  const signed = headers.get("webhook-signature");
  if (!id || !timestamp || !signed) return refused("the signature is missing");
  if (!/^\d{1,12}$/.test(timestamp)) return refused("the signature is malformed");
  if (Math.abs(now / 1000 - Number(timestamp)) > tolerance) return refused("the signature is too old or too new");

  const signatures = signed
    .split(" ", mostSignatures)
    .map((one) => (one.startsWith("v1,") ? fromBase64(one.slice(3)) : null))
    .filter((bytes) => bytes !== null)
    .filter((bytes) => bytes.length === 32);
  if (signatures.length === 0) return refused("the signature is malformed");

  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const message = new Uint8Array(head.length + rawBody.length);
  message.set(head);
  message.set(rawBody, head.length);
  return anyMatch(keys.flatMap((key) => signatures.map((signature) => verifyHmac(key, signature, message))));
}
