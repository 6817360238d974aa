/** A webhook's body as JSON, or null where it is none; what is in it is for the caller to parse. */
export function readJsonBody(rawBody: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(rawBody));
  } catch {
    return null;
  }
}
