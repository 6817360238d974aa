/** What an address of a client's page holds: 256 random bits in base64url, as `generateSecret` makes them. */

/** What a token is encrypted for; see secrets.ts. */
export const linkTokenContext = (linkId: string): string => `invoice-link:${linkId}`;

/** Whether a text can be a token: anything else is answered without asking the database. */
export const isLinkToken = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text);

/**
 * SHA-256 in hexadecimal, to find a link by. How long the look-up takes tells of the hash alone, which nobody can steer; 256
 * random bits need no slower function.
 */
export async function hashLinkToken(token: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
