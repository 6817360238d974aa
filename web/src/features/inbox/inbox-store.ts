import type { BillhookClient } from "@billhook/database/client";
import type { DraftOutcome } from "@billhook/database/drafts";
import type { DatabaseError, DatabaseResult } from "@billhook/database/errors";
import { messageOf } from "../../data/query.ts";
import { type InboxAction, inverseOf, patchFor, send } from "./inbox-actions.ts";
import { countScope, findChanges, loadRows, loadScope, loadWatermark } from "./inbox-loading.ts";
import type { InboxRow } from "./inbox-row.ts";
import { type InboxState, applyPatches, emptyInbox, forgetRows, mergeRows, settlePatches } from "./inbox-state.ts";

export interface InboxSnapshot {
  rows: InboxState["rows"];
  /** `loading`: nothing to show yet; `partial`: rows are still coming in; `failed`: see `problem`. */
  phase: "loading" | "partial" | "ready" | "failed";
  problem: string;
  /** How many open drafts there are in all, while they are loading. */
  expected: number;
  ignored: { phase: "absent" | "loading" | "ready" | "failed"; count: number | null };
  /** The last thing done that can be taken back. */
  undoable: boolean;
}

/** What became of an action: told to the page, which tells the person. */
export type ActionReport =
  | { type: "done"; action: InboxAction; outcome: DraftOutcome; undo: boolean }
  | { type: "failed"; action: InboxAction; ids: string[]; error: DatabaseError };

/** Something done that can be taken back. */
interface UndoEntry {
  action: InboxAction;
  before: InboxRow[];
  /** Null until the server has answered. */
  changed: ReadonlySet<string> | null;
}

const DEEPEST_UNDO = 100;

/** The drafts of one workspace in this tab. Actions show at once, are sent one after the other, and can be undone. */
export class InboxStore {
  readonly #db: BillhookClient;
  readonly #workspaceId: string;
  readonly #listeners = new Set<() => void>();
  readonly #reporters = new Set<(report: ActionReport) => void>();
  #state = emptyInbox;
  #snapshot: InboxSnapshot = {
    rows: emptyInbox.rows,
    phase: "loading",
    problem: "",
    expected: 0,
    ignored: { phase: "absent", count: null },
    undoable: false,
  };
  #watermark: string | null = null;
  #started = false;
  #queue: Promise<unknown> = Promise.resolve();
  #token = 0;
  /** Versions that this tab's own actions have made: they are not somebody else's change. */
  readonly #ownVersions = new Map<string, number>();
  readonly #undo: UndoEntry[] = [];

  constructor(db: BillhookClient, workspaceId: string) {
    this.#db = db;
    this.#workspaceId = workspaceId;
  }

  readonly snapshot = (): InboxSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  onReport(reporter: (report: ActionReport) => void): () => void {
    this.#reporters.add(reporter);
    return () => this.#reporters.delete(reporter);
  }

  #emit(state: InboxState, change: Partial<InboxSnapshot> = {}): void {
    this.#state = state;
    this.#snapshot = { ...this.#snapshot, ...change, rows: state.rows, undoable: this.#undo.length > 0 };
    for (const listener of this.#listeners) listener();
  }

  /** Loads what is open and approved, once; after that, takes in what has changed meanwhile. */
  async start(): Promise<void> {
    if (this.#started) {
      await this.poll();
      return;
    }
    this.#started = true;
    try {
      this.#watermark = await loadWatermark(this.#db, this.#workspaceId);
      await Promise.all([
        loadScope(this.#db, this.#workspaceId, "draft", (rows, expected) =>
          this.#emit(mergeRows(this.#state, rows), { phase: "partial", expected }),
        ),
        loadScope(this.#db, this.#workspaceId, "approved", (rows) => this.#emit(mergeRows(this.#state, rows))),
        this.#countIgnored(),
      ]);
      this.#emit(this.#state, { phase: "ready" });
    } catch (error) {
      this.#started = false;
      this.#emit(this.#state, { phase: "failed", problem: messageOf(error) });
    }
  }

  async retry(): Promise<void> {
    this.#emit(this.#state, { phase: "loading" });
    await this.start();
  }

  async #countIgnored(): Promise<void> {
    if (this.#snapshot.ignored.phase === "ready") return;
    const count = await countScope(this.#db, this.#workspaceId, "rejected");
    if (count !== null) this.#emit(this.#state, { ignored: { ...this.#snapshot.ignored, count } });
  }

  /** Loads what is ignored, when it is first looked at. */
  async loadIgnored(): Promise<void> {
    const { phase, count } = this.#snapshot.ignored;
    if (phase === "loading" || phase === "ready") return;
    this.#emit(this.#state, { ignored: { phase: "loading", count } });
    try {
      await loadScope(this.#db, this.#workspaceId, "rejected", (rows) => this.#emit(mergeRows(this.#state, rows)));
      this.#emit(this.#state, { ignored: { phase: "ready", count } });
    } catch (error) {
      this.#emit(this.#state, { ignored: { phase: "failed", count }, problem: messageOf(error) });
    }
  }

  /** Takes in what has changed since the last time. Answers whether the database could be reached. */
  async poll(): Promise<boolean> {
    if (this.#watermark === null || this.#snapshot.phase !== "ready") return true;
    const found = await findChanges(this.#db, this.#workspaceId, this.#watermark);
    if (!found.ok) return found.error.code !== "unavailable" && found.error.code !== "unexpected";
    const stale = found.value.filter((mark) => mark.version > (this.#state.server.get(mark.id)?.version ?? 0));
    if (stale.length > 0) {
      const rows = await loadRows(
        this.#db,
        stale.map((mark) => mark.id),
      );
      if (!rows.ok) return rows.error.code !== "unavailable" && rows.error.code !== "unexpected";
      this.#emit(mergeRows(this.#state, rows.value));
      await this.#countIgnored();
    }
    this.#watermark = found.value.at(-1)?.updated_at ?? this.#watermark;
    return true;
  }

  /**
   * Does something to drafts: shows it at once and sends it after what was done before. `seen` gives the version of a
   * draft the person was looking at where it is not the present one (an edit that began earlier).
   */
  act(action: InboxAction, ids: readonly string[], seen: ReadonlyMap<string, number> = new Map()): void {
    const before = ids.flatMap((id) => this.#state.rows.get(id) ?? []);
    if (before.length === 0) return;
    const entry: UndoEntry = { action, before, changed: null };
    this.#undo.push(entry);
    if (this.#undo.length > DEEPEST_UNDO) this.#undo.shift();
    void this.#perform(action, before, seen, entry);
  }

  /** Takes the last action back. */
  undo(): void {
    const entry = this.#undo.pop();
    if (entry === undefined) return;
    for (const step of inverseOf(entry.action, entry.before)) {
      const rows = step.ids.flatMap((id) => this.#state.rows.get(id) ?? []);
      void this.#perform(step.action, rows, new Map(), null, entry);
    }
    this.#emit(this.#state);
  }

  #perform(
    action: InboxAction,
    rows: readonly InboxRow[],
    seen: ReadonlyMap<string, number>,
    entry: UndoEntry | null,
    takesBack: UndoEntry | null = null,
  ): Promise<void> {
    const token = ++this.#token;
    const ids = rows.map((row) => row.id);
    const versions = new Map(ids.map((id) => [id, seen.get(id) ?? this.#state.server.get(id)?.version ?? 0] as const));
    this.#emit(applyPatches(this.#state, token, new Map(ids.map((id) => [id, patchFor(action)]))));
    const turn = this.#queue.then(async () => {
      // What the server had skipped has not been done, so there is nothing to take back.
      const skipped = takesBack?.changed ?? null;
      const sent = skipped === null ? ids : ids.filter((id) => skipped.has(id));
      const nothing: DatabaseResult<DraftOutcome> = { ok: true, value: { changed: [], skipped: [] } };
      const result =
        sent.length === 0
          ? nothing
          : await send(this.#db, action, sent, Object.fromEntries(sent.map((id) => [id, this.#newest(id, versions)])));
      if (!result.ok) {
        if (entry !== null) this.#dropUndo(entry);
        this.#emit(settlePatches(this.#state, token, ids, []));
        this.#report({ type: "failed", action, ids, error: result.error });
        return;
      }
      const outcome = result.value;
      for (const row of outcome.changed) this.#ownVersions.set(row.id, row.version);
      if (entry !== null) {
        entry.changed = new Set(outcome.changed.map((row) => row.id));
        if (entry.changed.size === 0) this.#dropUndo(entry);
      }
      const settled = settlePatches(this.#state, token, ids, outcome.changed);
      const gone = outcome.skipped.filter((skip) => skip.code === "not_found").map((skip) => skip.id);
      this.#emit(gone.length === 0 ? settled : forgetRows(settled, gone));
      this.#report({ type: "done", action, outcome, undo: takesBack !== null });
      if (action.type === "ignore" || action.type === "restore") void this.#countIgnored();
    });
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  #newest(id: string, versions: ReadonlyMap<string, number>): number {
    return Math.max(versions.get(id) ?? 0, this.#ownVersions.get(id) ?? 0);
  }

  #dropUndo(entry: UndoEntry): void {
    const at = this.#undo.indexOf(entry);
    if (at >= 0) this.#undo.splice(at, 1);
  }

  #report(report: ActionReport): void {
    for (const reporter of this.#reporters) reporter(report);
  }
}
