import { refuseRequest } from "./fault.ts";

type Given = Record<string, string | number | null> | "" | null | undefined;

/** Stripe's metadata: at most 50 keys of 40 characters with values of 500; an empty value removes its key. */
export function mergeMetadata(current: Record<string, string>, given: Given): Record<string, string> {
  if (given === undefined) return current;
  const merged: Record<string, string> = given === "" || given === null ? {} : { ...current };
  for (const [key, value] of Object.entries(given === "" || given === null ? {} : given)) {
    const param = `metadata[${key}]`;
    if (key.length > 40) throw refuseRequest(`Metadata keys can have up to 40 characters: ${key}`, { param });
    if (String(value).length > 500) throw refuseRequest("Metadata values can have up to 500 characters", { param });
    if (value === "" || value === null) delete merged[key];
    else merged[key] = String(value);
  }
  if (Object.keys(merged).length > 50) throw refuseRequest("Metadata can have up to 50 keys", { param: "metadata" });
  return merged;
}
