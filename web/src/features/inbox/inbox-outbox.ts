import type { InboxAction } from "./inbox-actions.ts";

/** What was done while the database could not be reached: kept in the browser, so that a reload does not lose it. */
export interface Held {
  action: InboxAction;
  ids: string[];
  /** By id: the version that the person saw. */
  versions: Record<string, number>;
}

/** More would not fit into what a browser keeps. */
const MOST = 200;

export class Outbox {
  readonly #key: string;

  constructor(workspaceId: string) {
    this.#key = `billhook.outbox.${workspaceId}`;
  }

  read(): Held[] {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(this.#key) ?? "[]");
      return Array.isArray(kept) ? kept.filter(isHeld) : [];
    } catch {
      return [];
    }
  }

  add(held: Held): void {
    this.#write([...this.read(), held].slice(-MOST));
  }

  remove(held: Held): void {
    const text = JSON.stringify(held);
    const kept = this.read();
    const at = kept.findIndex((each) => JSON.stringify(each) === text);
    if (at >= 0) this.#write(kept.toSpliced(at, 1));
  }

  #write(held: readonly Held[]): void {
    try {
      if (held.length === 0) localStorage.removeItem(this.#key);
      else localStorage.setItem(this.#key, JSON.stringify(held));
    } catch {
      // A browser that keeps nothing still holds it until the page is left.
    }
  }
}

const isHeld = (value: unknown): value is Held =>
  typeof value === "object" &&
  value !== null &&
  "action" in value &&
  "ids" in value &&
  Array.isArray(value.ids) &&
  "versions" in value;
