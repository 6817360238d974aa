import type { InboxRow } from "./inbox-row.ts";

/** What a person just did and the server has not answered yet. */
interface PendingPatch {
  token: number;
  patch: Partial<InboxRow>;
}

/**
 * The drafts of a workspace: what the server last told (`server`), what is under way (`pending`), and what people see
 * (`rows`: the one over the other). Taking a patch back is all it needs to roll back.
 */
export interface InboxState {
  server: ReadonlyMap<string, InboxRow>;
  pending: ReadonlyMap<string, readonly PendingPatch[]>;
  rows: ReadonlyMap<string, InboxRow>;
}

export const emptyInbox: InboxState = { server: new Map(), pending: new Map(), rows: new Map() };

function rebuild(
  state: InboxState,
  server: ReadonlyMap<string, InboxRow>,
  pending: ReadonlyMap<string, readonly PendingPatch[]>,
  ids: Iterable<string>,
): InboxState {
  const rows = new Map(state.rows);
  for (const id of ids) {
    const base = server.get(id);
    if (base === undefined) rows.delete(id);
    else rows.set(id, Object.assign({}, base, ...(pending.get(id) ?? []).map(({ patch }) => patch)) as InboxRow);
  }
  return { server, pending, rows };
}

/** Takes in rows from the server: only what is new or newer. Answers the same state where there is nothing new. */
export function mergeRows(state: InboxState, incoming: readonly InboxRow[]): InboxState {
  const news = incoming.filter((row) => row.version > (state.server.get(row.id)?.version ?? 0));
  if (news.length === 0) return state;
  const server = new Map(state.server);
  for (const row of news) server.set(row.id, row);
  return rebuild(
    state,
    server,
    state.pending,
    news.map((row) => row.id),
  );
}

/** Shows changes before the server has answered. `token` names them. */
export function applyPatches(
  state: InboxState,
  token: number,
  patches: ReadonlyMap<string, Partial<InboxRow>>,
): InboxState {
  const pending = new Map(state.pending);
  for (const [id, patch] of patches) pending.set(id, [...(pending.get(id) ?? []), { token, patch }]);
  return rebuild(state, state.server, pending, patches.keys());
}

/** The server has answered: the patches go, and its rows take their place. What it skipped is as it was. */
export function settlePatches(
  state: InboxState,
  token: number,
  ids: readonly string[],
  changed: readonly InboxRow[],
): InboxState {
  const pending = new Map(state.pending);
  for (const id of ids) {
    const rest = (pending.get(id) ?? []).filter((entry) => entry.token !== token);
    if (rest.length === 0) pending.delete(id);
    else pending.set(id, rest);
  }
  return mergeRows(rebuild(state, state.server, pending, ids), changed);
}

/** Leaves out drafts that no longer exist. */
export function forgetRows(state: InboxState, ids: readonly string[]): InboxState {
  if (ids.length === 0) return state;
  const server = new Map(state.server);
  for (const id of ids) server.delete(id);
  return rebuild(state, server, state.pending, ids);
}
