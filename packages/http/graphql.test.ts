import { expect, it } from "vitest";
import * as z from "zod";
import { authorise, type Host } from "./call.ts";
import { askGraphql } from "./graphql.ts";
import type { CallResult } from "./result.ts";

const host: Host = {
  root: "https://api.example",
  headers: {},
  authorise,
  explain: (status, said) => (status === 400 && said.includes("RATELIMITED") ? "rate_limited" : null),
};
const schema = z.object({ one: z.object({ name: z.string() }).nullable() });

/** Asks a service that answers so, and counts how often it was asked. */
async function ask(
  answers: { status?: number; body: unknown; headers?: Record<string, string> },
  document = "query One { one { name } }",
): Promise<CallResult<unknown> & { asked: number }> {
  let asked = 0;
  const respond: typeof fetch = () => {
    asked += 1;
    const { status = 200, headers = {} } = answers;
    return Promise.resolve(Response.json(answers.body, { status, headers }));
  };
  const limits = { attempts: 3, longestWaitMs: 1 };
  const token = { kind: "bearer", value: "never-to-be-seen" } as const;
  const connection = { baseUrl: null, token, fetch: respond, limits };
  return { ...(await askGraphql(host, connection, schema, { path: "/graphql", document })), asked };
}

it("gives the data, and beside it what was wrong with the rest, by its code alone", async () => {
  const errors = [{ message: "never-to-be-said", type: "NOT_FOUND", path: ["one"] }];
  expect(await ask({ body: { data: { one: null }, errors } })).toMatchObject({
    ok: true,
    value: { data: { one: null }, errors: [{ code: "NOT_FOUND", path: ["one"] }] },
  });
  expect(await ask({ body: { data: { one: { name: "x" } }, errors: [7, {}, null] } })).toMatchObject({
    value: { data: { one: { name: "x" } } },
  });
});

it.each([
  ["RATE_LIMITED", "rate_limited"],
  ["AUTHENTICATION_ERROR", "unauthorised"],
  ["FORBIDDEN", "forbidden"],
  ["NOT_FOUND", "not_found"],
  ["undefinedField", "unexpected"],
  ["never to be said", "unexpected"],
])("is a failure where there is no data, by the first error's code: %s", async (code, expected) => {
  const failed = await ask({ body: { data: null, errors: [{ message: "never-to-be-said", extensions: { code } }] } });
  expect(failed).toMatchObject({ ok: false, code: expected });
  expect(JSON.stringify(failed)).not.toMatch(/never.to.be/);
});

it("takes nonsense for none of its answers", async () => {
  for (const body of [{}, { data: null }, { data: 7 }, { data: { one: 7 } }, { errors: "no" }, []]) {
    expect(await ask({ body })).toMatchObject({ ok: false, code: "unexpected" });
  }
});

it("asks the host what an error's body means where its status does not tell", async () => {
  const limited = { errors: [{ extensions: { code: "RATELIMITED" } }] };
  expect(await ask({ status: 400, body: limited, headers: { "retry-after": "30" } })).toMatchObject({
    code: "rate_limited",
    retryAfterSeconds: 30,
  });
  expect(await ask({ status: 400, body: {} })).toMatchObject({ code: "unexpected", asked: 1 });
});

it("repeats a query after a passing fault, and sends a mutation once", async () => {
  const down = { status: 503, body: {} };
  expect(await ask(down)).toMatchObject({ code: "unavailable", asked: 3 });
  expect(await ask(down, "mutation Change { change { ok } }")).toMatchObject({ code: "unavailable", asked: 1 });
});
