/** What a request had in it, as the Worker stored it; read leniently, as its form may change with the years. */

export interface SentLine {
  messages: string[];
  project: string;
  ticket: string | null;
  files: number;
  diffLines: number | null;
  diffFiles: number;
  /** "taken out: 1 secret, 2 e-mail addresses"; empty where nothing was. */
  takenOut: string;
}

export interface Sent {
  lines: SentLine[];
  examples: { final: string }[];
}

const names: Record<string, [one: string, more: string]> = {
  secret: ["secret", "secrets"],
  email: ["e-mail address", "e-mail addresses"],
  address: ["private address", "private addresses"],
  code_name: ["code name", "code names"],
};

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");

function describeTakenOut(found: unknown): string {
  const parts = Object.entries(record(found)).flatMap(([kind, count]) => {
    const name = names[kind];
    return name === undefined || typeof count !== "number" ? [] : [`${count} ${name[count === 1 ? 0 : 1]}`];
  });
  return parts.length === 0 ? "" : `taken out: ${parts.join(", ")}`;
}

/** Null where nothing is kept. */
export function readSent(stored: unknown): Sent | null {
  if (typeof stored !== "object" || stored === null) return null;
  const { lines, examples } = record(stored);
  return {
    lines: list(lines).map((value): SentLine => {
      const line = record(value);
      const diff = record(line["diff"]);
      return {
        messages: list(line["messages"]).map(text),
        project: text(line["project"]),
        ticket: line["ticket"] == null ? null : text(record(line["ticket"])["title"]),
        files: list(line["files"]).length,
        diffLines: typeof diff["lines"] === "number" ? diff["lines"] : null,
        diffFiles: list(diff["files"]).length,
        takenOut: describeTakenOut(line["taken_out"]),
      };
    }),
    examples: list(examples).map((value) => ({ final: text(record(value)["final"]) })),
  };
}
