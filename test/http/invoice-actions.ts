/** What people and Stripe do with invoices, for the tests of what comes of it. */
import { randomUUID } from "node:crypto";
import { approveDrafts } from "@billhook/database/drafts";
import { createInvoice, finaliseInvoice } from "@billhook/database/invoices";
import {
  callApi,
  connect,
  deliverGithub,
  githubPush,
  type Harness,
  hmac,
  type PersonOfWorkspace,
  settled,
  signUpWithWorkspace,
} from "./harness.ts";

/** An invoice as the stand-in for Stripe answers it. */
export interface StripeInvoice {
  id: string;
  object: "invoice";
  status: string;
  number: string;
  currency: string;
  total: number;
  metadata: Record<string, string>;
}

export const payAtStripe = (hostedUrl: string) =>
  fetch(hostedUrl, { method: "POST", body: new URLSearchParams({ card: "accepted" }), redirect: "manual" });

/** The header `Stripe-Signature`; `at` is in seconds since the epoch. */
export const signPayload = (payload: string, secret: string, at: number): string =>
  `t=${at},v1=${hmac(secret, `${at}.${payload}`)}`;

/** The acts, on the product that `harness` answers once it is started. */
export function invoiceActions(harness: () => Harness) {
  /** Approved drafts, one for each message, that came through a push. */
  async function approvedDrafts(person: PersonOfWorkspace, messages: string[]): Promise<string[]> {
    const repository = await connect(harness(), "github", {}, person);
    await deliverGithub(repository, JSON.stringify(githubPush(messages.map((message) => ({ message })))));
    await settled(harness().service, repository.id);
    const { data } = await person.database.from("draft_line_items").select("id").eq("repository_id", repository.id);
    const ids = (data ?? []).map(({ id }) => id);
    const approved = await approveDrafts(person.database, ids);
    if (!approved.ok || approved.value.skipped.length > 0) throw new Error(`not approved: ${JSON.stringify(approved)}`);
    return ids;
  }

  async function draftInvoice(
    person: PersonOfWorkspace,
    messages = ["feat: gift wrapping [1h 30m]", "fix: the total [40m]"],
  ) {
    const created = await createInvoice(person.database, person.clientId, await approvedDrafts(person, messages));
    if (!created.ok) throw new Error(created.error.cause);
    return created.value;
  }

  async function openInvoice(person: PersonOfWorkspace, messages?: string[]) {
    const id = await draftInvoice(person, messages);
    const finalised = await finaliseInvoice(person.database, id);
    if (!finalised.ok) throw new Error(finalised.error.cause);
    return { id, number: finalised.value };
  }

  async function invoiceOf(id: string) {
    const { data, error } = await harness().service.from("invoices").select("*").eq("id", id).single();
    if (error !== null) throw new Error(error.message);
    return data;
  }

  const api = (person: PersonOfWorkspace | null, method: string, path: string) =>
    callApi(harness().stack, method, path, person === null ? {} : { token: person.token });

  async function send(person: PersonOfWorkspace, id: string) {
    const answer = await api(person, "POST", `/api/invoices/${id}/send`);
    if (answer.status !== 200) throw new Error(`send answered ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { stripe_invoice_id: string; hosted_url: string; status: string };
  }

  /** What the stand-in answers its own clients. */
  async function askStripe<T>(path: string): Promise<T> {
    const answer = await fetch(`${harness().stack.stripeUrl}/v1${path}`, {
      headers: { authorization: "Bearer sk_test_embedded" },
    });
    return (await answer.json()) as T;
  }

  /** Delivers an event to the Worker as Stripe does. */
  function deliverEvent(
    type: string,
    object: object,
    options: { id?: string; created?: number; secret?: string } = {},
  ) {
    const created = options.created ?? Math.floor(Date.now() / 1000);
    const payload = JSON.stringify({
      id: options.id ?? `evt_${randomUUID()}`,
      object: "event",
      type,
      created,
      data: { object },
    });
    const secret = options.secret ?? harness().stack.keys.stripe_webhook_secret;
    return fetch(`${harness().stack.appUrl}/api/webhooks/stripe`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "stripe-signature": signPayload(payload, secret, Math.floor(Date.now() / 1000)),
      },
      body: payload,
    });
  }

  /** Adds a new person to the owner's workspace. */
  async function addMember(role: "admin" | "member" | "viewer"): Promise<PersonOfWorkspace> {
    const person = await signUpWithWorkspace(harness().stack);
    await harness().stack.query(
      `insert into public.members (workspace_id, user_id, role, display_name)
       select $1, user_id, $2, 'Dev Two' from public.members where workspace_id = $3`,
      [harness().owner.workspaceId, role, person.workspaceId],
    );
    return person;
  }

  return { approvedDrafts, draftInvoice, openInvoice, invoiceOf, api, send, askStripe, deliverEvent, addMember };
}
