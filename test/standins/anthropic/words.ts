/** The stand-in's own wording: what a commit's first line says, without what only developers read. */
import { wordSubject } from "@billhook/describe/wording";

export interface AskedLine {
  line: number;
  project: string;
  commit_messages: string[];
  ticket?: { title: string; type: string | null; labels: string[] };
  files?: string[];
  changes?: string;
}

/** At most sixteen words, no figure among them. */
export function wordPlainly({ commit_messages: messages, ticket }: AskedLine): string {
  const subject = ticket?.title ?? messages.at(-1)?.split("\n", 1)[0] ?? "";
  const { sentence } = wordSubject(subject);
  const words = sentence
    .replace(/[`*_<>[\]{}|#~^=\\"“”]/gu, "")
    .split(/[;:]/u, 1)
    .join("")
    .split(/\s+/u)
    .filter((word) => word !== "" && !/\p{N}|\/|\.\p{L}{2,}/u.test(word));
  return words.length < 2 ? "Development work" : words.slice(0, 16).join(" ");
}
