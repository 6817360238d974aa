import { join } from "node:path";
import { Answerer, type AnswererSettings } from "./answer.ts";
import { StripeFault } from "./fault.ts";
import type { KeyPermissions } from "./permissions.ts";
import { Store } from "./store.ts";
import { type OperatorEndpoint, WebhookSender } from "./webhooks.ts";

/** One mode of an account: test data and live data of an account know nothing of each other (API reference, "Authentication"). */
export interface Account {
  /** `acct_…`, the same in both modes. */
  id: string;
  livemode: boolean;
  store: Store;
  answerer: Answerer;
  sender: WebhookSender;
}

export interface AccountsSettings {
  /** The accounts' names; a key names its own: `rk_test_harbour`, `sk_live_harbour_2`. The first has the operator's endpoint. */
  names: readonly string[];
  dataDir: string;
  operator: OperatorEndpoint;
  log: (line: string) => void;
  answerer: Omit<AnswererSettings, "accountId" | "deliver" | "livemode" | "operatorEndpoint" | "store">;
}

/** Which account and mode a key opens, and what it may do there. */
export class Accounts {
  readonly #settings: AccountsSettings;
  readonly #open = new Map<string, Account>();
  readonly #revoked = new Set<string>();
  readonly #restricted = new Map<string, KeyPermissions>();

  constructor(settings: AccountsSettings) {
    this.#settings = settings;
    // Opened at once, so that what is to be delivered from before a restart is.
    for (const name of settings.names) for (const livemode of [false, true]) this.#openMode(name, livemode);
  }

  /** Throws the fault that Stripe answers where the key is none of an account's. */
  find(authorization: string): { account: Account; permissions: KeyPermissions | null; key: string } {
    const key = authorization.startsWith("Bearer ")
      ? authorization.slice(7)
      : atob(authorization.replace(/^Basic /, "")).replace(/:.*$/, "");
    if (key === "") {
      throw new StripeFault(
        401,
        "invalid_request_error",
        "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth.",
      );
    }
    const [, kind, mode, name = ""] = /^(sk|rk)_(test|live)_([a-z]+)(?:_\w+)?$/.exec(key) ?? [];
    const account = this.#open.get(`${name} ${mode ?? ""}`);
    if (account === undefined || this.#revoked.has(key)) {
      const shown = key.replaceAll(/(?<=^.{8}).(?=.{4})/g, "*");
      throw new StripeFault(401, "invalid_request_error", `Invalid API Key provided: ${shown}`);
    }
    return { account, permissions: kind === "sk" ? null : (this.#restricted.get(key) ?? null), key };
  }

  all(): Account[] {
    return [...this.#open.values()];
  }

  revoke(key: string): void {
    this.#revoked.add(key);
  }

  /** What a restricted key may do from now on; null: everything. */
  restrict(key: string, permissions: KeyPermissions | null): void {
    if (permissions === null) this.#restricted.delete(key);
    else this.#restricted.set(key, permissions);
  }

  async close(): Promise<void> {
    for (const { sender, store } of this.#open.values()) {
      await sender.close();
      store.close();
    }
  }

  #openMode(name: string, livemode: boolean): void {
    const { dataDir, names, operator, log, answerer } = this.#settings;
    const mode = livemode ? "live" : "test";
    const isOperators = name === names[0] && !livemode;
    const store = new Store(isOperators ? dataDir : join(dataDir, `${name}-${mode}`));
    const operatorEndpoint = isOperators ? operator : null;
    const sender = new WebhookSender(store, { operatorEndpoint, log });
    const account: Account = {
      id: `acct_${name}`,
      livemode,
      store,
      sender,
      answerer: new Answerer({
        ...answerer,
        accountId: `acct_${name}`,
        livemode,
        operatorEndpoint,
        store,
        deliver: (delivery) => sender.schedule(delivery),
      }),
    };
    this.#open.set(`${name} ${mode}`, account);
    sender.resume();
  }
}
