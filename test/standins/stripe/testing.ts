import { mkdtempSync } from "node:fs";
import { type IncomingHttpHeaders, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createStripeClient } from "@billhook/billing/stripe";
import type Stripe from "stripe";
import { type StripeStandin, type StripeStandinOptions, startStripeStandin } from "./server.ts";

export const SECRET_KEY = "sk_test_standin";
export const WEBHOOK_SECRET = "whsec_standin";

export interface Received {
  body: string;
  headers: IncomingHttpHeaders;
  type: string;
}

export interface Bench {
  standin: StripeStandin;
  client: Stripe;
  received: Received[];
  receiverUrl: string;
  /** What the receiver answers, changed by a test. */
  reply: { status: number };
  restart: (options?: Partial<StripeStandinOptions>) => Promise<void>;
  close: () => Promise<void>;
}

/** A stand-in on a free port with a client, and a receiver that keeps the webhooks it is sent. */
export async function openBench(options: Partial<StripeStandinOptions> = {}): Promise<Bench> {
  const received: Received[] = [];
  const reply = { status: 200 };
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      const { type } = JSON.parse(body) as { type: string };
      if (reply.status === 200) received.push({ body, headers: request.headers, type });
      response.writeHead(reply.status).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const start = (more: Partial<StripeStandinOptions> = {}): Promise<StripeStandin> =>
    startStripeStandin({
      port: 0,
      dataDir: mkdtempSync(join(tmpdir(), "stripe-standin-")),
      webhookUrl: receiverUrl,
      webhookSecret: WEBHOOK_SECRET,
      ...options,
      ...more,
    });
  const standin = await start();
  const bench: Bench = {
    standin,
    client: clientOf(standin),
    received,
    receiverUrl,
    reply,
    restart: async (more) => {
      await bench.standin.close();
      bench.standin = await start(more);
      bench.client = clientOf(bench.standin);
    },
    close: async () => {
      await bench.standin.close();
      receiver.closeAllConnections();
      await new Promise((resolve) => receiver.close(resolve));
    },
  };
  return bench;
}

function clientOf(standin: StripeStandin): Stripe {
  return createStripeClient({ secretKey: SECRET_KEY, apiBase: standin.url, maxNetworkRetries: 0 });
}
