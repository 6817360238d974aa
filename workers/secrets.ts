/**
 * Secrets at rest: AES-256-GCM under a versioned key, as `version.nonce.ciphertext` in base64url. The context (the
 * purpose and whose it is) is authenticated with it, so that a ciphertext moved to another row does not decrypt.
 */
import type { EncryptionKeys } from "./env.ts";

const toBase64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));

/** Isolate cache of imported keys, one per key object, gone with it. */
const imported = new WeakMap<Uint8Array, Promise<CryptoKey>>();

function importKey(key: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  let promise = imported.get(key);
  if (promise === undefined) {
    promise = crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]);
    imported.set(key, promise);
  }
  return promise;
}

/** A webhook secret of 256 random bits, safe in headers, forms and shells. */
export const generateSecret = (): string => toBase64Url(crypto.getRandomValues(new Uint8Array(32)));

export async function encryptSecret(keys: EncryptionKeys, context: string, secret: string): Promise<string> {
  const current = keys[0];
  if (current === undefined) throw new Error("no encryption key");
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const ciphertext = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonce, additionalData: new TextEncoder().encode(context) },
    await importKey(current.key),
    new TextEncoder().encode(secret),
  );
  return `${current.version}.${toBase64Url(nonce)}.${toBase64Url(new Uint8Array(ciphertext))}`;
}

/** Throws where the key version is gone or the text was tampered with: an outage, not an expected failure. */
export async function decryptSecret(keys: EncryptionKeys, context: string, encrypted: string): Promise<string> {
  const [version, nonce, ciphertext] = encrypted.split(".");
  const entry = keys.find((candidate) => candidate.version === version);
  if (entry === undefined || nonce === undefined || ciphertext === undefined) {
    throw new Error(`secret is encrypted under the unknown key version ${version ?? "?"}`);
  }
  const plain = await crypto.subtle.decrypt(
    { name: "AES-GCM", iv: fromBase64Url(nonce), additionalData: new TextEncoder().encode(context) },
    await importKey(entry.key),
    fromBase64Url(ciphertext),
  );
  return new TextDecoder().decode(plain);
}
