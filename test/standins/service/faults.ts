/** What a service can do wrong, switched on for some requests and off again. */

export type Fault =
  /** The connection breaks without an answer. */
  | { kind: "unreachable" }
  /** An error page in HTML, as proxies write them. */
  | { kind: "error"; status: number }
  /** The right answer, late. */
  | { kind: "slow"; delayMs: number }
  /** The budget is used up, said in the service's own way. */
  | { kind: "rate-limited"; retryAfterSeconds: number | null }
  /** GitHub: 403 with a sentence. Elsewhere the same as `rate-limited`. */
  | { kind: "secondary-limit"; retryAfterSeconds: number | null }
  /** The grant was revoked. */
  | { kind: "revoked" }
  /** The token is valid and may not do this. */
  | { kind: "forbidden" }
  /** Well-formed JSON that makes no sense. */
  | { kind: "nonsense"; body?: unknown }
  /** A sign-in or maintenance page with status 200. */
  | { kind: "web-page" }
  /** Half of the answer. */
  | { kind: "cut-short" }
  /** An answer without end. */
  | { kind: "endless" }
  /** Totals of another list, and a next page where there is none. */
  | { kind: "lying-totals" }
  /** Lists without anything in them. */
  | { kind: "empty-lists" };

export interface FaultScope {
  /** How many requests it strikes; all of them where it is not said. */
  times?: number;
  /** Which requests it strikes, by their path with the query. */
  path?: RegExp;
}

export class Faults {
  #active: { fault: Fault; scope: FaultScope; left: number }[] = [];

  add(fault: Fault, scope: FaultScope = {}): void {
    this.#active.push({ fault, scope, left: scope.times ?? Number.POSITIVE_INFINITY });
  }

  clear(): void {
    this.#active = [];
  }

  /** The fault that strikes this request; counts it. */
  strike(path: string): Fault | null {
    const found = this.#active.find(({ scope, left }) => left > 0 && (scope.path?.test(path) ?? true));
    if (found === undefined) return null;
    found.left -= 1;
    return found.fault;
  }
}

export const errorPage = (status: number): string =>
  `<!DOCTYPE html>\n<html><head><title>${status}</title></head><body><h1>Something went wrong</h1></body></html>\n`;
