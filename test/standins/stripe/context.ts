import { randomBytes } from "node:crypto";
import { missingResource, notSimulated } from "./fault.ts";
import type { Transaction } from "./store.ts";
import type { EventObject, EventType, WireCustomer, WireInvoice } from "./wire.ts";

/** What a handler works with: one transaction, committed by the server when the handler returns. */
export interface Context {
  data: Transaction;
  /** Seconds since 1970. */
  now: number;
  /** The newest creation time, in seconds, that a search finds. */
  searchableUntil: number;
  accountId: string;
  livemode: boolean;
  /** The stand-in's own address, for the hosted pages. */
  baseUrl: string;
  /** Records an event with its object as that is at this point, to be delivered after the commit. */
  emit: (type: EventType, object: EventObject) => void;
}

/** Ids look like Stripe's: a prefix and 24 letters and digits. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(18).toString("base64url").replaceAll(/[-_]/g, "0")}`;
}

export function findCustomer(context: Context, id: string, param = "id"): WireCustomer {
  const customer = context.data.get("customers", id);
  if (customer === undefined) throw missingResource("customer", id, param);
  return customer;
}

export function findInvoice(context: Context, id: string, param = "id"): WireInvoice {
  const invoice = context.data.get("invoices", id);
  if (invoice === undefined) throw missingResource("invoice", id, param);
  return invoice;
}

/** Refuses parameters that Stripe takes but the stand-in would silently leave without effect. */
export function onlySimulated(params: object, simulated: string[]): void {
  for (const name of Object.keys(params)) {
    if (!simulated.includes(name) && name !== "expand") throw notSimulated(`the parameter ${name} here`);
  }
}
