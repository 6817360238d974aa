/** Small helpers for the tests of this folder. */
import type { PushedCommit, PushEvent } from "@billhook/domain/push";
import type { Normalised } from "./forge.ts";

/** A made-up hash: one hex digit forty times. */
export const hash = (digit: string): string => digit.repeat(40);

export const bytes = (body: unknown): Uint8Array =>
  new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));

/** As `openssl dgst -sha256 -hmac` prints it. WebCrypto refuses an empty key, and one NUL is the same HMAC key. */
export async function hexHmac(secret: string, body: Uint8Array): Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret || "\0"), algorithm, false, [
    "sign",
  ]);
  const digest = await crypto.subtle.sign("HMAC", key, new Uint8Array(body));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function pushOf(read: Normalised): PushEvent {
  if (read.kind !== "push") throw new Error(`expected a push, got ${JSON.stringify(read)}`);
  return read.event;
}

export const commitsOf = (event: PushEvent): PushedCommit[] => event.changes.flatMap((change) => change.commits);
