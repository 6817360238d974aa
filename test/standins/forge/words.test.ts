import { apiFor } from "@billhook/forges/api-registry";
import { forgeFor } from "@billhook/forges/registry";
import type { Provider, PushEvent } from "@billhook/domain/push";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startAzureStandin } from "../azure/server.ts";
import { startBitbucketServerStandin } from "../bitbucket-server/server.ts";
import { startBitbucketStandin } from "../bitbucket/server.ts";
import { startGiteaStandin } from "../gitea/server.ts";
import { startGithubStandin } from "../github/server.ts";
import { startGitlabStandin } from "../gitlab/server.ts";
import { makeLongHistory } from "./histories.ts";
import { valueOf } from "./reading.ts";
import type { ForgeStandin } from "./server.ts";
import type { Delivery } from "../service/server.ts";

// `listed` is how many of 60 commits the host puts into a delivery.
const cases = [
  { provider: "github" as Provider, start: startGithubStandin, listed: 60, truncated: false },
  { provider: "gitlab" as Provider, start: startGitlabStandin, listed: 20, truncated: true },
  { provider: "bitbucket" as Provider, start: startBitbucketStandin, listed: 5, truncated: true },
  { provider: "gitea" as Provider, start: startGiteaStandin, listed: 15, truncated: true },
  { provider: "bitbucket-server" as Provider, start: startBitbucketServerStandin, listed: 5, truncated: true },
  { provider: "azure" as Provider, start: startAzureStandin, listed: 60, truncated: false },
];

const secret = "a secret of its own";

describe.each(cases)("the stand-in for $provider", ({ provider, start, listed, truncated }) => {
  const forge = forgeFor(provider);
  let long: ReturnType<typeof makeLongHistory>;
  let standin: ForgeStandin;
  let receiver: Server;
  const received: { headers: Headers; body: Uint8Array }[] = [];

  beforeAll(async () => {
    long = makeLongHistory(80);
    receiver = createServer((request, response) => {
      const chunks: Uint8Array[] = [];
      request.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      request.on("end", () => {
        const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
        received.push({ headers, body: Buffer.concat(chunks) });
        response.writeHead(202).end();
      });
    });
    await new Promise<void>((resolve) => {
      receiver.listen(0, "127.0.0.1", resolve);
    });
    standin = await start({
      tokens: ["token"],
      repositories: [{ owner: "studio", name: "shop", path: long.clone.path }],
    });
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    const token = { kind: "bearer" as const, value: "token" };
    const connection = { baseUrl: standin.url, repository: "studio/shop", token };
    valueOf(await apiFor(provider).createHook(connection, { url, secret }));
    // GitHub greets a new hook.
    if (provider === "github") await vi.waitFor(() => expect(received).toHaveLength(1));
  });

  afterAll(async () => {
    await standin.close();
    receiver.close();
    long.clone.close();
  });

  async function read({ headers, body }: { headers: Headers; body: Uint8Array }): Promise<PushEvent> {
    expect(await forge.verify(headers, body, [secret])).toEqual({ ok: true });
    expect(await forge.verify(headers, body, ["another"])).toMatchObject({ ok: false });
    const said = forge.normalise(headers, body);
    if (said.kind !== "push") throw new Error(`expected a push, got ${JSON.stringify(said)}`);
    return said.event;
  }

  async function push(before: number, after: number): Promise<Delivery[]> {
    received.splice(0);
    return standin.push({
      repository: "studio/shop",
      changes: [{ ref: "refs/heads/main", before: long.hashes[before] ?? null, after: long.hashes[after] ?? null }],
    });
  }

  it("greets with a ping where the host does", () => {
    if (provider !== "github") return;
    const [ping] = received;
    expect(ping && forge.normalise(ping.headers, ping.body)).toMatchObject({ kind: "ping" });
  });

  it("signs a push, and lists no more of it than the host", async () => {
    const sent = await push(19, 79);
    expect(sent).toMatchObject([{ status: 202 }]);
    const event = await read(received[0] ?? { headers: new Headers(), body: new Uint8Array() });
    expect(event.repository.name).toBe("studio/shop");
    const [change] = event.changes;
    expect(change).toMatchObject({ branch: "main", before: long.hashes[19], after: long.hashes[79], truncated });
    expect(change?.commits.map(({ hash }) => hash)).toEqual(long.hashes.slice(80 - listed));
  });

  it("sends a small push whole, a rewind empty, and the same delivery again", async () => {
    const [small] = await push(76, 79);
    const whole = await read(received[0] ?? { headers: new Headers(), body: new Uint8Array() });
    expect(whole.changes[0]?.commits.map(({ hash }) => hash)).toEqual(long.hashes.slice(77));
    const rewound = await push(79, 70);
    expect(rewound).toHaveLength(1);
    const empty = await read(received[0] ?? { headers: new Headers(), body: new Uint8Array() });
    expect(empty.changes[0]).toMatchObject({ after: long.hashes[70], commits: [] });
    if (small === undefined) throw new Error("nothing was sent");
    received.splice(0);
    await standin.redeliver(small);
    const again = received[0] ?? { headers: new Headers(), body: new Uint8Array() };
    expect((await read(again)).changes[0]?.commits).toHaveLength(3);
    const id = await forge.deliveryId(new Headers(small.headers), new TextEncoder().encode(small.body));
    expect(await forge.deliveryId(again.headers, again.body)).toBe(id);
    if (provider === "gitlab") expect(new TextDecoder().decode(again.body)).toContain("[REDACTED]");
  });
});
