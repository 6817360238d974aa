/** Whose work a commit is: its author's, that of the person an assistant wrote it for, or that of several members. */
import type { KnownPerson } from "@billhook/database/person-days";
import type { AgentRule } from "@billhook/domain/git-config";
import { isCodingAgent } from "@billhook/domain/people";
import type { PreparedCommit } from "./prepare.ts";

export interface Work {
  /** In whose day the commit counts; null where the database does not know its author. */
  person: KnownPerson | null;
  /** The others who get a share of it by the project's rule. */
  others: KnownPerson[];
  /** A coding assistant that made it, or helped to, and what the project does with that. */
  agent: { name: string; rule: AgentRule } | null;
}

export const personKey = (workspaceId: string, authorKey: string): string => `${workspaceId} ${authorKey}`;

/** `people` holds everybody who is known of those the batch names, by `personKey`. */
export function assignWork(prepared: PreparedCommit, people: ReadonlyMap<string, KnownPerson>): Work {
  const { commit, config, delivery } = prepared;
  const find = (key: string): KnownPerson | null => people.get(personKey(delivery.workspace.id, key)) ?? null;
  const author = find(prepared.authorKey);
  const named = prepared.coAuthors.map(({ key, person }) => {
    const known = find(key);
    return { known, name: person.name, kind: known?.kind ?? (isCodingAgent(person) ? "agent" : "human") };
  });
  const humans = unique(named.flatMap(({ known, kind }) => (known !== null && kind === "human" ? [known] : [])));
  const byAgent = author?.kind === "agent";
  const agent = byAgent
    ? (commit.author.name ?? author.display_name)
    : (named.find(({ kind }) => kind === "agent")?.name ??
      (named.some(({ kind }) => kind === "agent") ? "an assistant" : null));
  const forPerson = byAgent && config.agent_rule === "as_person" ? (humans[0] ?? null) : null;
  const person = forPerson ?? author;
  const shared = config.pair_rule !== "author_only" && (!byAgent || forPerson !== null);
  return {
    person,
    others: shared ? humans.filter((other) => other.member_id !== null && other.person_id !== person?.person_id) : [],
    agent: agent === null ? null : { name: agent, rule: config.agent_rule },
  };
}

const unique = (people: KnownPerson[]): KnownPerson[] => [
  ...new Map(people.map((person) => [person.person_id, person])).values(),
];

/** Who an admin called a bot is left out, as those are that are bots by their name. */
export function leaveOutBots(prepared: PreparedCommit, people: ReadonlyMap<string, KnownPerson>): PreparedCommit {
  const author = people.get(personKey(prepared.delivery.workspace.id, prepared.authorKey));
  if (author?.kind !== "bot" || prepared.ignored !== null || !prepared.config.ignore_bots) return prepared;
  return { ...prepared, ignored: { rule: "bot", reason: `The author, ${author.display_name}, is a program.` } };
}
