/**
 * The JSON inside a delivery.
 *
 * GitHub's hooks post a form by default (`payload=` and the JSON, URL-encoded); the signature covers the form as sent,
 * so reading happens here, after verification, on the same raw bytes.
 */

/** What the body claims to be; null for a type no host sends. A missing type is taken for JSON. */
function bodyForm(headers: Headers): "json" | "form" | null {
  const type = (headers.get("content-type") ?? "application/json").split(";")[0]?.trim().toLowerCase() ?? "";
  if (type === "application/x-www-form-urlencoded") return "form";
  return /^application\/(?:[\w.-]+\+)?json$/.test(type) || type === "text/json" ? "json" : null;
}

export type Body = { ok: true; value: Record<string, unknown> } | { ok: false; reason: string };

/**
 * Parses the body; never throws.
 *
 * A byte-order mark is dropped. Bytes that are not UTF-8 become U+FFFD instead of failing the delivery: hashes are
 * ASCII, so at worst a message shows a replacement character, while a refusal would lose a push that GitHub never
 * sends again.
 */
export function readBody(headers: Headers, rawBody: Uint8Array): Body {
  const form = bodyForm(headers);
  if (form === null) return { ok: false, reason: "The body is neither JSON nor a form." };
  let json = new TextDecoder().decode(rawBody);
  if (form === "form") {
    const payload = new URLSearchParams(json).get("payload");
    if (payload === null) return { ok: false, reason: "The form has no field named payload." };
    json = payload.replace(/^\uFEFF/, "");
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { ok: false, reason: "The body is not valid JSON." };
  }
  return isRecord(value) ? { ok: true, value } : { ok: false, reason: "The body is not a JSON object." };
}

/** `{"test": true}`: what Bitbucket Data Center's "Test connection" and hand-made checks send. */
export function isTestBody(body: Record<string, unknown>): boolean {
  return body["test"] === true && !["ref", "push", "changes", "commits", "resource"].some((key) => key in body);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
