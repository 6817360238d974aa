/**
 * A stand-in for Anthropic's Messages API as far as words for lines go: one question, one answer in the form of a schema,
 * with what it cost. A request with a parameter that the model of today refuses is refused here too.
 *
 * platform.claude.com/docs, "Messages", "Structured outputs", "Errors", and the migration guide of Claude Haiku 5.5.
 */
import type { AddressInfo } from "node:net";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import * as z from "zod";
import { type AskedLine, wordPlainly } from "./words.ts";

export type AnthropicFault =
  /** An answer of Anthropic's own for an error. */
  | { kind: "status"; status: 400 | 401 | 403 | 429 | 500 | 529; retryAfterSeconds?: number }
  /** Breaks the connection. */
  | { kind: "unreachable" }
  | { kind: "slow"; delayMs: number }
  /** Text instead of the schema's JSON. */
  | { kind: "text"; text: string }
  | { kind: "refusal" }
  | { kind: "cut" }
  /** A page of HTML with status 200. */
  | { kind: "page"; bytes: number }
  | { kind: "redirect"; to: string };

export interface AskedQuestion {
  model: string;
  system: string;
  /** The user's message, parsed. */
  data: {
    lines?: AskedLine[];
    done?: string[];
    about?: string;
    earlier_wordings?: { proposed: string; final: string }[];
  };
  /** As it came, with all headers but the key's. */
  body: string;
  key: string;
  usage: { input_tokens: number; output_tokens: number };
}

export interface AnthropicStandin {
  url: string;
  /** Everything that was asked and answered, oldest first. */
  questions: AskedQuestion[];
  fail: (fault: AnthropicFault) => void;
  heal: () => void;
  /** Words for a line instead of the stand-in's own; for several lines in one it is called with the first. */
  word: (words: (line: AskedLine, question: AskedQuestion) => string) => void;
  /** How long each answer takes. */
  delay: (milliseconds: number) => void;
  close: () => Promise<void>;
}

const models = ["claude-haiku-5-5", "claude-haiku-4-5", "claude-sonnet-5-5"] as const;

/** Nothing but what is listed: sampling parameters and prefilled answers are errors since Claude Haiku 5.5. */
const requestSchema = z.strictObject({
  model: z.enum(models),
  max_tokens: z.int().min(1).max(64_000),
  thinking: z.strictObject({ type: z.literal("disabled") }).optional(),
  system: z.string(),
  messages: z.tuple([z.strictObject({ role: z.literal("user"), content: z.string().min(1) })]),
  output_config: z.strictObject({
    format: z.strictObject({
      type: z.literal("json_schema"),
      schema: z.looseObject({ type: z.literal("object"), additionalProperties: z.literal(false) }),
    }),
  }),
});

/** Roughly a token for every three bytes: English and code under the tokenizer of Claude 4.7 and later. */
const countTokens = (text: string): number => Math.ceil(new TextEncoder().encode(text).length / 3);

const problem = (status: number, type: string, headers: Record<string, string> = {}): Response =>
  Response.json(
    { type: "error", error: { type, message: "The stand-in was told to say so." } },
    { status, headers: { "request-id": "req_standin", ...headers } },
  );

const errorTypes: Record<number, string> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  429: "rate_limit_error",
  500: "api_error",
  529: "overloaded_error",
};

/** Listens on 127.0.0.1 only; `keys` are those it takes. */
export async function startAnthropicStandin(options: { keys: string[]; port?: number }): Promise<AnthropicStandin> {
  const questions: AskedQuestion[] = [];
  let fault: AnthropicFault | null = null;
  let word: (line: AskedLine, question: AskedQuestion) => string = wordPlainly;
  let delayMs = 0;
  const app = new Hono<{ Bindings: HttpBindings }>();
  const server = createAdaptorServer({ fetch: app.fetch });
  const wait = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      setTimeout(resolve, milliseconds);
    });

  app.post("/v1/messages", async ({ req, env }) => {
    const key = /^Bearer (.+)$/.exec(req.header("authorization") ?? "")?.[1] ?? req.header("x-api-key") ?? "";
    if (!/^20\d\d-\d\d-\d\d$/.test(req.header("anthropic-version") ?? "")) return problem(400, "invalid_request_error");
    if (!options.keys.includes(key)) return problem(401, "authentication_error");
    const body = await req.text();
    const parsed = requestSchema.safeParse(JSON.parse(body));
    if (!parsed.success) return problem(400, "invalid_request_error");
    const { model, system, messages, max_tokens: maximum } = parsed.data;
    const question: AskedQuestion = {
      model,
      system,
      data: JSON.parse(messages[0].content) as AskedQuestion["data"],
      body,
      key,
      usage: { input_tokens: countTokens(system + messages[0].content), output_tokens: 0 },
    };
    questions.push(question);
    if (delayMs > 0) await wait(delayMs);
    if (fault?.kind === "slow") await wait(fault.delayMs);
    if (fault?.kind === "unreachable") env.outgoing.destroy();
    const failed = fault === null ? null : answerFault(fault, question);
    if (failed !== null) return failed;

    const { lines, done } = question.data;
    const answer =
      lines === undefined
        ? { words: word({ line: 1, project: "", commit_messages: done ?? [] }, question) }
        : { lines: lines.map((line) => ({ line: line.line, words: word(line, question) })) };
    return answerText(question, JSON.stringify(answer), maximum);
  });
  app.notFound(() => problem(404, "not_found_error"));

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    questions,
    fail: (wanted) => {
      fault = wanted;
    },
    heal: () => {
      fault = null;
    },
    word: (wanted) => {
      word = wanted;
    },
    delay: (milliseconds) => {
      delayMs = milliseconds;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}

function answerText(question: AskedQuestion, text: string, maximum: number, stop = "end_turn"): Response {
  const tokens = countTokens(text);
  question.usage.output_tokens = Math.min(tokens, maximum);
  return Response.json(
    {
      id: "msg_standin",
      type: "message",
      role: "assistant",
      model: question.model,
      content: [{ type: "text", text }],
      stop_reason: tokens > maximum ? "max_tokens" : stop,
      stop_sequence: null,
      usage: question.usage,
    },
    { headers: { "request-id": "req_standin" } },
  );
}

function answerFault(fault: AnthropicFault, question: AskedQuestion): Response | null {
  switch (fault.kind) {
    case "status":
      return problem(
        fault.status,
        errorTypes[fault.status] ?? "api_error",
        fault.retryAfterSeconds === undefined ? {} : { "retry-after": String(fault.retryAfterSeconds) },
      );
    case "unreachable":
      return new Response(null);
    case "text":
      return answerText(question, fault.text, 1_000_000_000);
    case "refusal":
      return answerText(question, "", 1000, "refusal");
    case "cut":
      return answerText(question, '{"lines":[{"line":1,"wor', 1000, "max_tokens");
    case "page":
      return new Response("<html>".padEnd(fault.bytes, "x"), { headers: { "content-type": "text/html" } });
    case "redirect":
      return new Response(null, { status: 307, headers: { location: fault.to } });
    case "slow":
      return null;
  }
}
