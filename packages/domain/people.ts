/**
 * Who is behind a commit. One person commits under several addresses: at home, at work, and under the addresses that
 * hosts give out so that the real one stays private. A key is what two commits of the same address have in common.
 */
import type { Person } from "./push.ts";

/** `12345+login@users.noreply.github.com`: the number survives a renamed account, the login does not. */
const numberedNoreply = /^(\d+)[+-][^@]+@users\.noreply\.(.+)$/;

/**
 * A stable key of an author: the e-mail address in lower case, where it is a numbered noreply address its number and
 * host, else the login, else the name. Commits of nobody share the key `unknown`.
 */
export function authorKey(author: Person): string {
  const email = author.email?.trim().toLowerCase() ?? "";
  if (email !== "" && email.length <= 320) {
    const [, number, host] = numberedNoreply.exec(email) ?? [];
    return number === undefined || host === undefined ? email : `${number}@users.noreply.${host}`;
  }
  const username = author.username?.trim().toLowerCase() ?? "";
  if (username !== "") return `login:${username.slice(0, 300)}`;
  const name = author.name?.trim().toLowerCase().replaceAll(/\s+/g, " ") ?? "";
  return name === "" ? "unknown" : `name:${name.slice(0, 300)}`;
}

/** The addresses and logins under which coding assistants commit, and their names where no person is called so. */
const agentAddresses =
  /(?:^|[@.])(?:anthropic|openai|cursor|devin|aider|ampcode|all-hands|windsurf|codeium|sourcegraph)\.(?:com|sh|ai|chat|dev)$|\+(?:copilot|copilot-swe-agent|claude|codex|devin-ai-integration|google-labs-jules|gemini-code-assist|cursor|cursoragent|openhands|openhands-agent|amp-agent|sweep-ai|windsurf-bot)(?:\[bot\])?@users\.noreply\./i;
const agentNames =
  /^(?:github )?copilot(?: .{1,40})?$|^copilot-swe-agent(?:\[bot\])?$|^claude (?:code|opus|sonnet|haiku|fable|\d).{0,40}$|^claude\[bot\]$|^(?:openai )?codex(?: .{1,40})?$|^cursor(?: ?agent)$|^devin(?: ai|-ai-integration\[bot\])$|^aider(?: \(.{1,60}\))?$|^gemini (?:cli|code assist).{0,20}$|^gemini-code-assist\[bot\]$|^google-labs-jules(?:\[bot\])?$|^openhands(?:-agent)?$|^windsurf$|^sweep ai$/i;

/**
 * Is this a coding assistant? Claude, Devin and Jules are also what people are called: such a name alone says nothing
 * without the address. A hint for a default; a person can say otherwise.
 */
export function isCodingAgent(author: Person): boolean {
  const names = [author.name, author.username].flatMap((name) => (name === null ? [] : [name.trim()]));
  return agentAddresses.test(author.email?.trim() ?? "") || names.some((name) => agentNames.test(name));
}

/** The people named in `Co-authored-by` trailers of a message, each key once, the author left out. */
export function findCoAuthors(message: string, author: Person): Person[] {
  const found = new Map<string, Person>();
  for (const match of message
    .slice(-16_384)
    .matchAll(/^co-authored-by:[ \t]*([^<\n]{0,200})<([^>\s]{1,320})>[ \t]*$/gim)) {
    const person: Person = { name: match[1]?.trim() || null, email: match[2] ?? null, username: null };
    found.set(authorKey(person), person);
  }
  found.delete(authorKey(author));
  return [...found.values()].slice(0, 20);
}
