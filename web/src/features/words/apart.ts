/** Proposals that a person does not want, remembered on this device. */
const storageKey = "billhook.apart";
const mostKept = 200;

/** Names a proposal by its lines: with another line it is another proposal. */
export function nameProposal(ids: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const character of ids.join()) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return `${ids.length}-${hash.toString(36)}-${ids[0]?.slice(0, 8) ?? ""}`;
}

export function readApart(): ReadonlySet<string> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "[]");
    return new Set(Array.isArray(kept) ? kept.filter((name): name is string => typeof name === "string") : []);
  } catch {
    return new Set();
  }
}

/** Answers all of them. */
export function keepApart(name: string): ReadonlySet<string> {
  const kept = new Set([...readApart(), name].slice(-mostKept));
  try {
    localStorage.setItem(storageKey, JSON.stringify([...kept]));
  } catch {
    // A browser that keeps nothing asks again the next time.
  }
  return kept;
}
