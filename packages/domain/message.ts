/** The parts of a commit message. */

export interface Trailer {
  key: string;
  value: string;
}

export interface CommitMessage {
  /** The first line that is not blank; empty for an empty message. */
  subject: string;
  /** What follows, without the trailers and without surrounding blank lines; lines end with `\n`. */
  body: string;
  trailers: Trailer[];
}

export interface ConventionalHeader {
  /** Lower case: `feat`, `fix`, … */
  type: string;
  scope: string | null;
  breaking: boolean;
  description: string;
}

const trailerLine = /^(?<key>[A-Za-z0-9][A-Za-z0-9-]{0,60})[ \t]{0,4}:[ \t]{0,8}(?<value>\S.*)?$/u;
const cherryPick = /^\(cherry picked from commit [0-9a-f]{7,64}\)$/u;
/** Trailers that git itself and the hosts write; with one of them, a quarter of the lines is enough. */
const knownTrailer =
  /^(?:signed-off-by|co-authored-by|reviewed-by|acked-by|tested-by|reported-by|change-id|time-spent)[ \t]{0,4}:/iu;

/**
 * Reads the last paragraph as trailers by git's rule (git-interpret-trailers): all of its lines are trailers, or one is
 * well known and at least a quarter are. A line that begins with a space continues the one above.
 */
function readTrailers(lines: readonly string[]): Trailer[] | null {
  const trailers: Trailer[] = [];
  let matching = 0;
  let known = false;
  for (const line of lines) {
    const last = trailers.at(-1);
    if (/^[ \t]/u.test(line) && last !== undefined) {
      last.value = `${last.value} ${line.trim()}`;
      matching += 1;
    } else if (cherryPick.test(line.trim())) {
      matching += 1;
      known = true;
    } else {
      const groups = trailerLine.exec(line)?.groups;
      if (groups === undefined) continue;
      matching += 1;
      known ||= knownTrailer.test(line);
      trailers.push({ key: groups["key"] ?? "", value: (groups["value"] ?? "").trim() });
    }
  }
  const accepted = matching > 0 && (matching === lines.length || (known && matching * 4 >= lines.length));
  return accepted ? trailers : null;
}

/** Splits a message of any length, with any line ends, into subject, body and trailers. Never throws. */
export function parseMessage(message: string): CommitMessage {
  const lines = message
    .replace(/^\uFEFF/u, "")
    .split(/\r\n|\r|\n/u)
    .map((line) => line.trimEnd());
  const first = lines.findIndex((line) => line !== "");
  if (first < 0) return { subject: "", body: "", trailers: [] };
  const subject = (lines[first] ?? "").trim();
  const rest = lines.slice(first + 1);
  while (rest.length > 0 && rest.at(-1) === "") rest.pop();
  let trailers: Trailer[] = [];
  const paragraph = rest.lastIndexOf("") + 1;
  // Without a blank line above them they belong to the subject's paragraph and are no trailers.
  if (paragraph > 0) {
    const read = readTrailers(rest.slice(paragraph));
    if (read !== null) {
      trailers = read;
      rest.length = paragraph;
    }
  }
  while (rest.length > 0 && /^-*$/u.test(rest.at(-1) ?? "")) rest.pop();
  const start = rest.findIndex((line) => line !== "");
  return { subject, body: start < 0 ? "" : rest.slice(start).join("\n"), trailers };
}

/** Reads `type(scope)!: description` (Conventional Commits 1.0.0); null where the subject has another form. */
export function parseConventional(subject: string): ConventionalHeader | null {
  const match =
    /^(?<type>[A-Za-z]{1,20})(?:\((?<scope>[^()\n]{1,60})\))?(?<breaking>!)?:[ \t]{1,8}(?<description>\S.*)$/u.exec(
      subject,
    );
  if (match?.groups === undefined) return null;
  const { type = "", scope, breaking, description = "" } = match.groups;
  return {
    type: type.toLowerCase(),
    scope: scope?.trim() ?? null,
    breaking: breaking !== undefined,
    description: description.trim(),
  };
}
