/**
 * Where secrets stand in a text: by the forms that providers give their keys (secretlint's recommended rules, which are
 * kept up with the providers), and by forms of our own that those leave out.
 */
import { rules } from "@secretlint/secretlint-rule-preset-recommend";

/** From and until, in UTF-16 units. */
export type Span = readonly [start: number, end: number];

/** A rule as far as it is used here; the preset's own declarations lean on a package that does not come with it. */
interface SecretRule {
  meta: { id: string };
  create: (
    context: {
      sharedOptions: Record<string, never>;
      createTranslator: (messages: unknown) => (messageId: string) => { message: string };
      report: (found: { range: Span }) => void;
      ignore: (ignored: unknown) => void;
    },
    options: Record<string, never>,
  ) => {
    file: (source: { content: string; filePath: string; ext: string; contentType: "text" }) => void | Promise<void>;
  };
}

/** A text may not say of itself that it is not to be looked at: that rule obeys `secretlint-disable` in a comment. */
const looking = (rules as unknown as readonly SecretRule[]).filter(({ meta }) => !meta.id.endsWith("-filter-comments"));

/**
 * Run here and not by @secretlint/core, which marks each rule in the runtime's performance timeline and keeps the marks:
 * in a Worker that lives for days they would pile up.
 */
async function runRule(rule: SecretRule, content: string, spans: Span[]): Promise<void> {
  const found = rule.create(
    {
      sharedOptions: {},
      createTranslator: () => (message) => ({ message }),
      report: ({ range }) => spans.push([range[0], range[1]]),
      ignore: () => undefined,
    },
    {},
  );
  await found.file({ content, filePath: "text.txt", ext: ".txt", contentType: "text" });
}

const own: readonly RegExp[] = [
  // RFC 7468 and OpenPGP armour; without its end where the text was cut, and with a diff's signs before each line.
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----END )[^])*(?:-----END [A-Z0-9 ]{0,40}-----)?/gu,
  // RFC 7519: a JSON object in base64url begins with "eyJ".
  /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/gu,
  // RFC 7617, RFC 6750: credentials in a header.
  /(?<=\b(?:Basic|Bearer|Token)\s{1,4})[A-Za-z0-9+/._~-]{12,}={0,2}/gu,
  // Prefixes that providers chose so that keys can be found ("GitHub's token formats"), whatever the key runs into.
  /(?:gh[pousr]_|github_pat_|glpat-|sk-ant-|xox[abeoprs]-|[rs]k_live_|npm_|SG\.)[A-Za-z0-9_.-]{20,}/gu,
  // AWS, "Understanding unique ID prefixes": access keys, lasting and temporary.
  /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/gu,
  // Google Cloud, "Manage API keys".
  /\bAIza[\w-]{35}(?![\w-])/gu,
  // A literal that is given to a name of a secret: password = "…", "api_key": '…'.
  /(?<=(?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)["']?\]?\s{0,4}(?::|=|=>|:=)\s{0,4})(?:"[^"\s]{6,200}"|'[^'\s]{6,200}'|`[^`\s$]{6,200}`)/giu,
  // The same in an environment or a query, where it is not quoted: DB_PASSWORD=…, ?token=….
  /(?<=(?:PASS(?:WORD|WD|PHRASE)?|SECRET|TOKEN|KEY|CREDENTIALS?)=)[^\s"'`<>&;,()[\]{}$]{8,}/gu,
  /(?<=[?&;](?:[a-z_-]{0,30}(?:password|secret|token|key|signature|sig|auth|code))=)[^\s"'<>&#]{6,}/giu,
];

/** Letters and digits without an order: a key of a form that nobody knows. */
const opaque = /(?<![\w+/=-])(?!sha(?:1|256|384|512)-)[A-Za-z0-9_-]{32,512}(?![\w+/-])/gu;
const hexadecimal = /^(?:0x)?[0-9a-f]+$|^(?:0X)?[0-9A-F]+$/u;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

/** Bits a character of a text would need if it were coded by itself (Shannon). */
function measureEntropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** Hashes and UUIDs name things and open nothing; names are words, with few digits among them. */
function looksSecret(text: string): boolean {
  if (hexadecimal.test(text) || uuid.test(text)) return false;
  const digits = text.replace(/[^0-9]/gu, "").length;
  return digits >= 3 && /[a-z]/u.test(text) && /[A-Z]/u.test(text) && measureEntropy(text) > 3.8;
}

/** Time grows with the text's length. Spans may overlap, in no order. */
export async function findSecrets(text: string): Promise<Span[]> {
  const spans: Span[] = [];
  for (const rule of looking) await runRule(rule, text, spans);
  for (const pattern of own) {
    for (const match of text.matchAll(pattern)) spans.push([match.index, match.index + match[0].length]);
  }
  for (const match of text.matchAll(opaque)) {
    if (looksSecret(match[0])) spans.push([match.index, match.index + match[0].length]);
  }
  return spans;
}
