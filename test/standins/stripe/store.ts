import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type {
  WireCreditNote,
  WireCustomer,
  WireEvent,
  WireInvoice,
  WireInvoiceItem,
  WireInvoicePayment,
  WirePaymentIntent,
  WirePaymentMethod,
  WirePaymentRecord,
  WireRefund,
  WireTaxRate,
  WireWebhookEndpoint,
} from "./wire.ts";

/** The answer once given under an idempotency key, so that it can be given again. */
export interface StoredAnswer {
  id: string;
  created: number;
  method: string;
  path: string;
  params: string;
  status: number;
  body: unknown;
  requestId: string;
}

/** How far an event's delivery to one endpoint has come. */
export interface Delivery {
  id: string;
  eventId: string;
  endpointId: string;
  attempts: number;
  /** Milliseconds since 1970; null once delivered or given up. */
  nextAttemptAt: number | null;
}

interface Collections {
  customers: WireCustomer;
  invoices: WireInvoice;
  invoiceitems: WireInvoiceItem;
  taxrates: WireTaxRate;
  paymentmethods: WirePaymentMethod;
  paymentintents: WirePaymentIntent;
  paymentrecords: WirePaymentRecord;
  invoicepayments: WireInvoicePayment;
  creditnotes: WireCreditNote;
  refunds: WireRefund;
  events: WireEvent;
  deliveries: Delivery;
  webhook_endpoints: WireWebhookEndpoint;
  answers: StoredAnswer;
}
type Name = keyof Collections;
type Change = [name: Name, id: string, value: Collections[Name] | null];

const NAMES = [
  "customers",
  "invoices",
  "invoiceitems",
  "taxrates",
  "paymentmethods",
  "paymentintents",
  "paymentrecords",
  "invoicepayments",
  "creditnotes",
  "refunds",
  "events",
  "deliveries",
  "webhook_endpoints",
  "answers",
] as const;
const DAY_SECONDS = 24 * 60 * 60;

/** What one request reads and changes: kept apart until it is committed, so that a refused request changes nothing. */
export interface Transaction {
  get: <N extends Name>(name: N, id: string) => Collections[N] | undefined;
  /** Oldest first, to be read only: `get` what is to be changed. */
  list: <N extends Name>(name: N) => Collections[N][];
  put: <N extends Name>(name: N, value: Collections[N]) => void;
  remove: (name: Name, id: string) => void;
  commit: () => void;
}

/**
 * Everything the stand-in keeps: in memory, and as one JSON line a commit in `journal.ndjson`, written before the answer
 * goes out, so that it survives the process. The journal is rewritten without its history at each start.
 */
export class Store {
  readonly #journal: number;
  readonly #rows: { [N in Name]: Map<string, Collections[N]> } = {
    customers: new Map(),
    invoices: new Map(),
    invoiceitems: new Map(),
    taxrates: new Map(),
    paymentmethods: new Map(),
    paymentintents: new Map(),
    paymentrecords: new Map(),
    invoicepayments: new Map(),
    creditnotes: new Map(),
    refunds: new Map(),
    events: new Map(),
    deliveries: new Map(),
    webhook_endpoints: new Map(),
    answers: new Map(),
  };

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, "journal.ndjson");
    if (existsSync(path)) this.#replay(readFileSync(path, "utf8"));
    // Stripe forgets a key after 24 hours at the earliest (API reference, "Idempotent requests").
    for (const answer of this.#rows.answers.values()) {
      if (answer.created < Date.now() / 1000 - DAY_SECONDS) this.#rows.answers.delete(answer.id);
    }
    const current = NAMES.flatMap((name) => [...this.#rows[name]].map(([id, value]): Change => [name, id, value]));
    writeFileSync(`${path}.new`, current.map((change) => `${JSON.stringify([change])}\n`).join(""));
    renameSync(`${path}.new`, path);
    this.#journal = openSync(path, "a");
  }

  begin(): Transaction {
    const changes = new Map<string, Change>();
    return {
      get: (name, id) => {
        const change = changes.get(`${name} ${id}`);
        if (change !== undefined) return (change[2] ?? undefined) as Collections[typeof name] | undefined;
        // A copy, so that what a handler does to it counts only when it is put back and committed.
        return structuredClone(this.#rows[name].get(id));
      },
      list: (name) => {
        const rows = new Map<string, Collections[typeof name]>(this.#rows[name]);
        for (const [changed, id, value] of changes.values()) {
          if (changed !== name) continue;
          if (value === null) rows.delete(id);
          else rows.set(id, value as Collections[typeof name]);
        }
        return [...rows.values()];
      },
      put: (name, value) => changes.set(`${name} ${value.id}`, [name, value.id, value]),
      remove: (name, id) => changes.set(`${name} ${id}`, [name, id, null]),
      commit: () => {
        if (changes.size === 0) return;
        appendFileSync(this.#journal, `${JSON.stringify([...changes.values()])}\n`);
        for (const change of changes.values()) this.#apply(change);
        changes.clear();
      },
    };
  }

  close(): void {
    closeSync(this.#journal);
  }

  #replay(text: string): void {
    // What follows the last line feed was cut short by the end of the process and was never answered.
    for (const line of text.slice(0, text.lastIndexOf("\n") + 1).split("\n")) {
      if (line !== "") for (const change of JSON.parse(line) as Change[]) this.#apply(change);
    }
  }

  #apply([name, id, value]: Change): void {
    const rows = this.#rows[name] as Map<string, Collections[Name]>;
    if (value === null) rows.delete(id);
    else rows.set(id, value);
  }
}
