/**
 * What is taken out of a text before it leaves: secrets, e-mail addresses, private addresses and a workspace's code names.
 * The same text always becomes the same text.
 */
import { createCodeNames } from "./code-names.ts";
import { findPrivateAddresses } from "./private-address.ts";
import { findSecrets } from "./secret-rules.ts";

export type RedactedKind = "secret" | "email" | "address" | "code_name";

export interface Redacted {
  text: string;
  /** How many of each were taken out. */
  found: Partial<Record<RedactedKind, number>>;
}

export interface Redactor {
  redact: (text: string) => Promise<Redacted>;
  /** Code names are put back into an answer; nothing else is. */
  restore: (text: string) => string;
}

/** UTF-16 units: more of a text is not read, as nobody could be sure of what is beyond. */
const MAX_REDACTED_LENGTH = 200_000;

/** RFC 5321, as it occurs: the last part is letters, so that `package@1.2.3` is a version. */
const emailAddress =
  /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,8}\p{L}{2,24}(?![\p{L}\p{N}-])/gu;

interface Part {
  start: number;
  end: number;
  kept: string;
  kind: RedactedKind;
}

/** Parts that overlap become one, named after the gravest: a secret in an address is a secret. */
function join(parts: Part[]): Part[] {
  const joined: Part[] = [];
  for (const part of parts.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = joined.at(-1);
    if (last === undefined || part.start >= last.end) {
      joined.push({ ...part });
      continue;
    }
    if (part.kind === "secret" && last.kind !== "secret") Object.assign(last, { kind: part.kind, kept: part.kept });
    last.end = Math.max(last.end, part.end);
  }
  return joined;
}

async function findParts(text: string): Promise<Part[]> {
  const secrets = await findSecrets(text);
  return [
    ...secrets.map(([start, end]): Part => ({ start, end, kept: "[secret]", kind: "secret" })),
    ...findPrivateAddresses(text).map(({ span: [start, end], kept }): Part => ({ start, end, kept, kind: "address" })),
    ...[...text.matchAll(emailAddress)].map(({ 0: found, index }): Part => ({
      start: index,
      end: index + found.length,
      kept: "[email]",
      kind: "email",
    })),
  ];
}

function replaceParts(text: string, parts: readonly Part[]): string {
  let replaced = "";
  let end = 0;
  for (const part of parts) {
    replaced += text.slice(end, part.start) + part.kept;
    end = part.end;
  }
  return replaced + text.slice(end);
}

/** Never throws. */
export function createRedactor(codeNames: readonly string[]): Redactor {
  const names = createCodeNames(codeNames);
  return {
    async redact(given) {
      const found: Redacted["found"] = {};
      let text = given.toWellFormed().slice(0, MAX_REDACTED_LENGTH);
      // Again, where something was found: what ran into it, without a boundary between, has one now.
      for (let pass = 0; pass < 3; pass += 1) {
        const parts = join(await findParts(text));
        if (parts.length === 0) break;
        for (const { kind } of parts) found[kind] = (found[kind] ?? 0) + 1;
        text = replaceParts(text, parts);
      }
      const hidden = names.hide(text);
      if (hidden.found > 0) found.code_name = hidden.found;
      return { text: hidden.text, found };
    },
    restore: names.show,
  };
}
