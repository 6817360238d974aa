import { type BillhookClient, settle, settleVoid } from "./client.ts";
import type { DatabaseResult } from "./errors.ts";
import type { PersonKind } from "./person-days.ts";

/** An author with the keys (packages/domain/people.ts) they commit under. */
export interface ListedPerson {
  id: string;
  display_name: string;
  kind: PersonKind;
  member_id: string | null;
  identities: string[];
  commits: number;
  /** `YYYY-MM-DD` of the latest commit. */
  last_day: string | null;
}

/** Everybody who committed to a repository of the workspace, the busiest first. */
export async function listPeople(db: BillhookClient, workspaceId: string): Promise<DatabaseResult<ListedPerson[]>> {
  const result = await settle(
    db
      .from("people_list")
      .select("id, display_name, kind, member_id, identities, commits, last_day")
      .eq("workspace_id", workspaceId)
      .order("commits", { ascending: false })
      .limit(1000),
  );
  return result.ok ? { ok: true, value: result.value as unknown as ListedPerson[] } : result;
}

/** Two authors are one person: everything of `from` becomes that of `into`, now and for what comes. */
export const joinPeople = (db: BillhookClient, from: string, into: string) =>
  settleVoid(db.rpc("join_people", { p_from: from, p_into: into }));

/** Takes one address out of a person again, with its commits and drafts; answers the id of the new person. */
export const separatePerson = (db: BillhookClient, workspaceId: string, authorKey: string) =>
  settle(db.rpc("separate_person", { p_workspace_id: workspaceId, p_author_key: authorKey }));

export const changePerson = (
  db: BillhookClient,
  id: string,
  changes: { display_name?: string; kind?: PersonKind; member_id?: string | null },
) => settleVoid(db.rpc("change_person", { p_person_id: id, p_changes: changes }));
