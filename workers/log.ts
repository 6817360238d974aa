/** One JSON object per line: what happened, and the ids to find it again. Never a secret, a token or a message body. */
export function log(
  level: "info" | "warn" | "error",
  event: string,
  fields: Record<string, string | number | boolean | null> = {},
): void {
  console[level](JSON.stringify({ level, event, ...fields }));
}
