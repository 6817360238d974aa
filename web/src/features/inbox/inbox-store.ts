import type { BillhookClient } from "@billhook/database/client";
import type { DraftOutcome, LastAct } from "@billhook/database/drafts";
import { type DatabaseError, type DatabaseResult, isOffline } from "@billhook/database/errors";
import { messageOf } from "../../data/query.ts";
import { type InboxAction, patchBack, patchFor } from "./inbox-actions.ts";
import { countScope, findChanges, loadChanges, loadScope, loadWatermark } from "./inbox-loading.ts";
import { type Held, Outbox } from "./inbox-outbox.ts";
import type { InboxRow } from "./inbox-row.ts";
import type * as requestsModule from "./send-action.ts";
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
  /** What is taking longer than a second (null: taking back), to how many lines; null where nothing does. */
  progress: { action: InboxAction | null; count: number } | null;
  /** How many actions wait for the connection. */
  held: number;
}

/** What became of an action: told to the page, which tells the person. */
export type ActionReport =
  | { type: "done"; action: InboxAction; outcome: DraftOutcome; actId: string | null }
  /** `act` is what the audit calls it. */
  | { type: "undone"; act: string; outcome: DraftOutcome }
  | { type: "held"; action: InboxAction; ids: string[] }
  | { type: "failed"; action: InboxAction | null; ids: string[]; error: DatabaseError };

/** Something done in this tab that can be taken back. */
interface UndoEntry {
  action: InboxAction;
  before: InboxRow[];
  /** Null until the server has answered. */
  actId: string | null;
  count: number;
  /** Lines that a split, merge or join had put in the place of those before. */
  made: string[];
}

const DEEPEST_UNDO = 100;
/** Milliseconds after which the page says that something is still being done. */
const LONG = 1000;
/** Milliseconds between two attempts to send what waits for the connection. */
const RETRY = 2000;

/** Without a connection the code of a first request does not arrive either. */
const unreached: DatabaseResult<never> = {
  ok: false,
  error: { code: "unavailable", message: "The server cannot be reached.", field: null, cause: "0 no code to ask with" },
};

async function ask<T>(
  request: (requests: typeof requestsModule) => Promise<DatabaseResult<T>>,
): Promise<DatabaseResult<T>> {
  const requests = await import("./send-action.ts").catch(() => null);
  return requests === null ? unreached : request(requests);
}

const actOf = (action: InboxAction): string => (action.type === "invoice" ? "approve" : action.type);

/** The drafts of one workspace in this tab. Actions show at once, are sent one after the other, and can be undone. */
export class InboxStore {
  readonly #db: BillhookClient;
  readonly workspaceId: string;
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
    progress: null,
    held: 0,
  };
  #watermark: string | null = null;
  /** On this page's clock: when the newest change was heard of, and when changes were last asked for. */
  #heard = 0;
  #asked = 0;
  #started = false;
  #queue: Promise<unknown> = Promise.resolve();
  #token = 0;
  /** Versions that this tab's own actions have made: they are not somebody else's change. */
  readonly #ownVersions = new Map<string, number>();
  readonly #undo: UndoEntry[] = [];
  /** What the person did before this page was opened, and can take back. */
  #lastAct: LastAct | null = null;
  readonly #outbox: Outbox;

  constructor(db: BillhookClient, workspaceId: string) {
    this.#db = db;
    this.workspaceId = workspaceId;
    this.#outbox = new Outbox(workspaceId);
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
    const undoable = this.#undo.length > 0 || this.#lastAct !== null;
    this.#snapshot = { ...this.#snapshot, ...change, rows: state.rows, undoable };
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
      // Asked for at the same time, it is as early as the rows: changes are looked for from well before it.
      await Promise.all([
        loadWatermark(this.#db, this.workspaceId).then((newest) => this.#hear(newest)),
        loadScope(this.#db, this.workspaceId, "draft", (rows, expected) =>
          this.#emit(mergeRows(this.#state, rows), { phase: "partial", expected }),
        ),
        loadScope(this.#db, this.workspaceId, "approved", (rows) => this.#emit(mergeRows(this.#state, rows))),
        this.#countIgnored(),
      ]);
      this.#emit(this.#state, { phase: "ready" });
      for (const { action, ids, versions } of this.#outbox.read()) {
        this.#outbox.remove({ action, ids, versions });
        void this.act(action, ids, new Map(Object.entries(versions)), true);
      }
      void this.#readLastAct();
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
    const count = await countScope(this.#db, this.workspaceId, "rejected");
    if (count !== null) this.#emit(this.#state, { ignored: { ...this.#snapshot.ignored, count } });
  }

  /** Loads what is ignored, when it is first looked at. */
  async loadIgnored(): Promise<void> {
    const { phase, count } = this.#snapshot.ignored;
    if (phase === "loading" || phase === "ready") return;
    this.#emit(this.#state, { ignored: { phase: "loading", count } });
    try {
      await loadScope(this.#db, this.workspaceId, "rejected", (rows) => this.#emit(mergeRows(this.#state, rows)));
      this.#emit(this.#state, { ignored: { phase: "ready", count } });
    } catch (error) {
      this.#emit(this.#state, { ignored: { phase: "failed", count }, problem: messageOf(error) });
    }
  }

  /** Takes in what has changed since the last time. Answers whether the database could be reached. */
  async poll(): Promise<boolean> {
    if (this.#watermark === null || this.#snapshot.phase !== "ready") return true;
    const asked = performance.now();
    const found = await findChanges(this.#db, this.workspaceId, this.#watermark, this.#asked - this.#heard);
    const reached = ({ error: { code } }: { error: DatabaseError }): boolean =>
      code !== "unavailable" && code !== "unexpected";
    if (!found.ok) return reached(found);
    const stale = found.value.filter((mark) => mark.version > (this.#state.server.get(mark.id)?.version ?? 0));
    if (stale.length > 0) {
      const loaded = await loadChanges(this.#db, this.workspaceId, stale, (rows) =>
        this.#emit(mergeRows(this.#state, rows)),
      );
      if (!loaded.ok) return reached(loaded);
      await this.#countIgnored();
    }
    this.#asked = asked;
    this.#hear(found.value.at(-1)?.updated_at ?? this.#watermark);
    return true;
  }

  #hear(newest: string): void {
    if (newest === this.#watermark) return;
    this.#watermark = newest;
    this.#heard = performance.now();
    this.#asked = this.#heard;
  }

  /**
   * Does something to drafts: shows it at once and sends it after what was done before. `seen` gives the version of a
   * draft the person was looking at where it is not the present one (an edit that began earlier); `again`, that it may
   * have been sent before. Answers what came of it, null where it was refused.
   */
  async act(
    action: InboxAction,
    ids: readonly string[],
    seen: ReadonlyMap<string, number> = new Map(),
    again = false,
  ): Promise<DraftOutcome | null> {
    const before = ids.flatMap((id) => this.#state.rows.get(id) ?? []);
    if (before.length === 0) return null;
    const undo: UndoEntry = { action, before, actId: null, count: before.length, made: [] };
    this.#undo.push(undo);
    if (this.#undo.length > DEEPEST_UNDO) this.#undo.shift();
    const versions = new Map(
      before.map(({ id }) => [id, seen.get(id) ?? this.#state.server.get(id)?.version ?? 0] as const),
    );
    const patches = new Map(before.map((row) => [row.id, patchFor(action, row)] as const));
    const held: Held = { action, ids: [...patches.keys()], versions: Object.fromEntries(versions) };
    let kept = false;
    const keep = (): void => {
      if (kept) return;
      kept = true;
      this.#outbox.add(held);
      this.#emit(this.#state, { held: this.#snapshot.held + 1 });
      this.#report({ type: "held", action, ids: held.ids });
    };
    // What waits behind something that waits is kept as well.
    if (this.#snapshot.held > 0) keep();
    let sentBefore = again;
    const result = await this.#inTurn(patches, { action, count: before.length }, async () => {
      const newest = Object.fromEntries(held.ids.map((id) => [id, this.#newest(id, versions)]));
      for (;;) {
        const answer = await ask(({ send }) => send(this.#db, action, held.ids, newest));
        if (answer.ok || !isOffline(answer.error)) return answer;
        keep();
        sentBefore = true;
        await new Promise((resolve) => setTimeout(resolve, RETRY));
      }
    });
    if (kept) {
      this.#outbox.remove(held);
      this.#emit(this.#state, { held: this.#snapshot.held - 1 });
    }
    if (!result.ok) {
      this.#dropUndo(undo);
      this.#report({ type: "failed", action, ids: [...patches.keys()], error: result.error });
      return null;
    }
    // What had arrived although no answer came back is the person's own doing, not somebody else's.
    const skipped = sentBefore
      ? result.value.skipped.filter((skip) => skip.by !== null || skip.action !== actOf(action))
      : result.value.skipped;
    const outcome = { ...result.value, skipped };
    undo.actId = outcome.act_id ?? null;
    undo.count = before.length - skipped.length;
    if (action.type === "split" || action.type === "merge" || action.type === "join") {
      undo.made = outcome.changed.filter((row) => row.replaced_by === null).map((row) => row.id);
    }
    if (undo.actId === null) this.#dropUndo(undo);
    this.#report({ type: "done", action, outcome, actId: undo.actId });
    if (action.type === "ignore" || action.type === "restore") void this.#countIgnored();
    return outcome;
  }

  /** Takes the last action back, or the one named; before any in this tab, the person's last one of the last days. */
  async undo(actId?: string): Promise<void> {
    const at = actId === undefined ? -1 : this.#undo.findIndex((each) => each.actId === actId);
    // What is named and not there has been taken back already.
    if (actId !== undefined && at < 0) return;
    const [entry] = this.#undo.splice(at, 1);
    // Pressed before it was known what was done before the page was opened.
    if (entry === undefined && this.#lastAct === null) await this.#readLastAct();
    if (entry !== undefined) {
      const patches = new Map(entry.before.map((row) => [row.id, patchBack(entry.action, row)] as const));
      const { action } = entry;
      if (action.type === "split" || action.type === "merge" || action.type === "join") {
        for (const made of entry.made) patches.set(made, { status: "rejected", replaced_by: action.id });
      }
      // A merge had made one line, a split several.
      const act = action.type === "join" && entry.before.length === 1 ? "unmerge" : actOf(action);
      await this.#takeBack(() => entry.actId, act, patches);
    } else if (this.#lastAct !== null) {
      const act = this.#lastAct;
      this.#lastAct = null;
      this.#emit(this.#state);
      await this.#takeBack(() => act.act_id, act.action, new Map());
    }
    if (this.#undo.length === 0) await this.#readLastAct();
  }

  async #takeBack(
    actId: () => string | null,
    act: string,
    patches: ReadonlyMap<string, Partial<InboxRow>>,
  ): Promise<void> {
    const nothing: DatabaseResult<DraftOutcome> = { ok: true, value: { changed: [], skipped: [] } };
    const result = await this.#inTurn(patches, { action: null, count: patches.size }, async () => {
      const id = actId();
      // What the server had refused has not been done, so there is nothing to take back.
      return id === null ? nothing : ask(({ takeBack }) => takeBack(this.#db, id));
    });
    if (result.ok) {
      const left = new Set(result.value.skipped.map((skip) => skip.id));
      const changed = result.value.changed.filter((row) => row.replaced_by === null && !left.has(row.id));
      this.#report({ type: "undone", act, outcome: { ...result.value, changed } });
    } else this.#report({ type: "failed", action: null, ids: [], error: result.error });
    void this.#countIgnored();
  }

  async #readLastAct(): Promise<void> {
    const last = await ask(({ findLastAct }) => findLastAct(this.#db, this.workspaceId));
    if (!last.ok || this.#undo.length > 0) return;
    this.#lastAct = last.value;
    this.#emit(this.#state);
  }

  /** Shows the patches, sends after what was sent before, and lets the answer take their place. */
  #inTurn(
    patches: ReadonlyMap<string, Partial<InboxRow>>,
    progress: NonNullable<InboxSnapshot["progress"]>,
    ask: () => Promise<DatabaseResult<DraftOutcome>>,
  ): Promise<DatabaseResult<DraftOutcome>> {
    const token = ++this.#token;
    const ids = [...patches.keys()];
    this.#emit(applyPatches(this.#state, token, patches));
    const turn = this.#queue.then(async () => {
      const slow = setTimeout(() => this.#emit(this.#state, { progress }), LONG);
      const result = await ask();
      clearTimeout(slow);
      const changed = result.ok ? result.value.changed : [];
      for (const row of changed) this.#ownVersions.set(row.id, row.version);
      const settled = settlePatches(this.#state, token, ids, changed);
      const gone = result.ok ? result.value.skipped.filter((skip) => skip.code === "not_found") : [];
      this.#emit(
        forgetRows(
          settled,
          gone.map((skip) => skip.id),
        ),
        { progress: null },
      );
      return result;
    });
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  #newest(id: string, versions: ReadonlyMap<string, number>): number {
    return Math.max(versions.get(id) ?? 0, this.#ownVersions.get(id) ?? 0);
  }

  #dropUndo(entry: UndoEntry): void {
    const at = this.#undo.indexOf(entry);
    if (at < 0) return;
    this.#undo.splice(at, 1);
    this.#emit(this.#state);
  }

  #report(report: ActionReport): void {
    for (const reporter of this.#reporters) reporter(report);
  }
}
