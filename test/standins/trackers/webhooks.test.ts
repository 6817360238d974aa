import { trackerFor } from "@billhook/trackers/registry";
import type { TicketChanges } from "@billhook/trackers/tracker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { valueOf } from "../forge/reading.ts";
import type { Delivery } from "../service/server.ts";
import { cases, connect, secret } from "./cases.ts";
import type { TrackerStandin } from "./server.ts";

const tellers = cases.filter(({ kind }) => trackerFor(kind).webhook !== undefined);

describe.each(tellers)("the webhooks of $kind", (of) => {
  const { webhook } = trackerFor(of.kind);
  if (webhook === undefined) throw new Error("it should have them");
  let standin: TrackerStandin;
  let edited: Delivery;

  beforeAll(async () => {
    standin = await of.start({ tokens: [secret], tickets: [{ key: of.key(1), title: "One" }] });
    standin.hooks.push({ id: "1", url: "http://127.0.0.1:1/", secret: "s3cret" });
    const [delivery] = await standin.edit(of.key(1), { status: of.doneStatus, isDone: true });
    if (delivery === undefined) throw new Error("nothing was told");
    edited = delivery;
  });

  afterAll(() => standin.close());

  const verify = async ({ headers, body }: Pick<Delivery, "headers" | "body">, secrets: string[]): Promise<boolean> =>
    (await webhook.verify(new Headers(headers), bytesOf(body), secrets)).ok;
  const changesOf = ({ headers, body }: Delivery): TicketChanges =>
    webhook.readChanges(new Headers(headers), bytesOf(body));

  it("are believed under one of the secrets, and under nothing else", async () => {
    expect(await verify(edited, ["an older one", "s3cret"])).toBe(true);
    expect(await verify(edited, ["another"])).toBe(false);
    expect(await verify(edited, [])).toBe(false);
    expect(await verify(edited, [""])).toBe(false);
    expect(await verify({ ...edited, headers: {} }, ["s3cret"])).toBe(false);
    // GitLab sends the secret itself, and signs nothing.
    if (of.kind !== "gitlab-issues")
      expect(await verify({ ...edited, body: `${edited.body} ` }, ["s3cret"])).toBe(false);
  });

  it("name the ticket that changed, by its key or its id", () => {
    const { event, keys, ids } = changesOf(edited);
    expect(event).toBe("changed");
    expect(keys.includes(of.key(1)) || ids.includes(standin.ticket(of.key(1)).id)).toBe(true);
  });

  it("tell of a ticket that was moved under a key or an id that it is known by", async () => {
    if (of.movedKey === null) return;
    const known = standin.add({ key: of.key(2), title: "Two" });
    const [delivery] = await standin.move(of.key(2), of.movedKey);
    if (delivery === undefined) return;
    const { keys, ids } = changesOf(delivery);
    expect(keys.includes(of.key(2)) || ids.includes(known.id)).toBe(true);
  });

  it("tell of a ticket that was deleted, where they do", async () => {
    standin.add({ key: of.key(3), title: "Three" });
    const [delivery] = await standin.remove(of.key(3));
    if (delivery !== undefined) expect(changesOf(delivery).event).toBe("deleted");
  });

  it("say nothing where they make no sense", () => {
    const bodies = [
      "",
      "null",
      "[]",
      "{",
      "7",
      '{"webhookEvent":7,"type":{},"data":[],"object_kind":null,"events":{}}',
    ];
    for (const body of bodies) {
      expect(webhook.readChanges(new Headers(edited.headers), bytesOf(body))).toMatchObject({ keys: [], ids: [] });
    }
  });

  it("are made and taken away where the system lets them be", async () => {
    if (webhook.create === undefined || webhook.delete === undefined) return;
    const connection = connect(of, standin);
    const settings = { url: "https://billhook.example/api/tickets/1", secret: "made" };
    const first = valueOf(await webhook.create(connection, settings));
    const second = valueOf(await webhook.create(connection, settings));
    expect(standin.hooks.filter(({ url }) => url === settings.url).map(({ id }) => id)).toEqual([second.id]);
    expect(first.id).not.toBe("");
    for (let times = 0; times < 2; times += 1) valueOf(await webhook.delete(connection, second.id));
    expect(standin.hooks.filter(({ url }) => url === settings.url)).toEqual([]);
  });
});

it("is too late for a delivery of Linear's that was sent long ago", async () => {
  const { webhook } = trackerFor("linear");
  const of = cases.find(({ kind }) => kind === "linear");
  if (webhook === undefined || of === undefined) throw new Error("it should be there");
  const standin = await of.start({ tokens: [secret], tickets: [{ key: of.key(1), title: "One" }] });
  try {
    standin.hooks.push({ id: "1", url: "http://127.0.0.1:1/", secret: "s3cret" });
    const [delivery] = await standin.edit(of.key(1), {});
    const verify = (now: number) =>
      webhook.verify(new Headers(delivery?.headers), bytesOf(delivery?.body ?? ""), ["s3cret"], now);
    expect(await verify(Date.now() + 60_000)).toEqual({ ok: true });
    expect(await verify(Date.now() + 3_600_000)).toEqual({ ok: false, reason: "the signature is too old or too new" });
  } finally {
    await standin.close();
  }
});

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
