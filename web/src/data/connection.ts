/** Whether the last request reached the database. Polling reports here; the shell shows a small mark. */
export class ConnectionStore {
  #reachable = true;
  readonly #listeners = new Set<() => void>();

  readonly isReachable = (): boolean => this.#reachable;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  report(reachable: boolean): void {
    if (reachable === this.#reachable) return;
    this.#reachable = reachable;
    for (const listener of this.#listeners) listener();
  }
}
