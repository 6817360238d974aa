/** Delivers a push as GitHub would: signed, and again where the answer says that it was not stored. */
import { createHmac } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { CommandFailure } from "./failure.ts";
import type { Push } from "./push-body.ts";
import { isNetworkFailure, parseJson, readProblem } from "./stack.ts";

export interface Target {
  webhookUrl: string;
  webhookSecret: string;
}

export interface Patience {
  attempts: number;
  /** Before the second attempt, in milliseconds; doubled before each further one. */
  firstWait: number;
  /** The most that is waited, whatever `Retry-After` says. */
  longestWait: number;
}

/** About two minutes, with the half-minute that a stack without its database asks for. */
export const patience: Patience = { attempts: 7, firstWait: 500, longestWait: 30_000 };

/** Passing trouble: too many requests, and a server or its database away. */
const passing = new Set([408, 425, 429, 500, 502, 503, 504]);

const stored = z.object({ id: z.string() });

/** Delivers the push; answers the stored delivery's id, or null where it was taken and needs no recording. */
export async function deliver(target: Target, push: Push, limits: Patience = patience): Promise<string | null> {
  const signature = createHmac("sha256", target.webhookSecret).update(push.body).digest("hex");
  const headers = {
    "content-type": "application/json",
    "user-agent": "billhook",
    "x-github-event": "push",
    "x-github-delivery": push.deliveryId,
    "x-hub-signature-256": `sha256=${signature}`,
  };
  for (let attempt = 1; ; attempt += 1) {
    const answer = await post(target.webhookUrl, headers, push.body);
    if (answer !== null && !passing.has(answer.status)) return readAnswer(answer);
    if (attempt >= limits.attempts) {
      const origin = new URL(target.webhookUrl).origin;
      throw new CommandFailure(
        "unreachable",
        answer === null
          ? `Billhook does not answer at ${origin}.`
          : `Billhook cannot store pushes now. ${await readProblem(answer)}`,
        "Send again later: what has arrived is not recorded twice.",
      );
    }
    const asked = answer === null ? null : readRetryAfter(answer.headers.get("retry-after"));
    await answer?.body?.cancel();
    await wait(Math.min(limits.longestWait, asked ?? limits.firstWait * 2 ** (attempt - 1)));
  }
}

async function post(address: string, headers: Record<string, string>, body: Buffer): Promise<Response | null> {
  try {
    return await fetch(address, {
      method: "POST",
      headers,
      body: new Uint8Array(body),
      redirect: "manual",
      signal: AbortSignal.timeout(60_000),
    });
  } catch (error) {
    if (isNetworkFailure(error)) return null;
    throw error;
  }
}

/** Milliseconds; the header is seconds or a date (RFC 9110, section 10.2.3). */
export function readRetryAfter(value: string | null, now = Date.now()): number | null {
  if (value === null || value.trim() === "") return null;
  if (/^\d+$/u.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

async function readAnswer(answer: Response): Promise<string | null> {
  if (answer.ok) {
    const body = stored.safeParse(parseJson(await answer.text()));
    return answer.status === 202 && body.success ? body.data.id : null;
  }
  const detail = await readProblem(answer);
  switch (answer.status) {
    case 401:
      throw new CommandFailure("refused", `The connection's secret is not accepted. ${detail}`, forgetIt);
    case 404:
      throw new CommandFailure("refused", `Billhook no longer has this connection. ${detail}`, forgetIt);
    case 409:
      throw new CommandFailure("refused", `The connection belongs to another repository. ${detail}`, forgetIt);
    default:
      throw new CommandFailure("refused", `The push was refused. ${detail}`);
  }
}

const forgetIt = "To connect anew: git config --local --remove-section billhook, and send again.";
