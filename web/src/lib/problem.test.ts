import { expect, test } from "vitest";
import { askWorker, readProblem } from "./problem.ts";

const answer = (body: string, status: number, type: string): Response =>
  new Response(body, { status, headers: { "content-type": type } });

test("a problem's detail and field reach the person", async () => {
  const body = JSON.stringify({
    title: "Invalid input",
    status: 422,
    detail: "url: must be an address.",
    field: "url",
  });
  expect(await readProblem(answer(body, 422, "application/problem+json"))).toEqual({
    status: 422,
    message: "url: must be an address.",
    field: "url",
  });
});

test("an answer that is no problem document is described without its text", async () => {
  const read = await readProblem(answer("<h1>secret stack trace</h1>", 502, "text/html"));
  expect(read.message).not.toContain("stack trace");
  expect(read.message).toContain("502");
});

test("a server that cannot be reached is said to be so", async () => {
  const asked = await askWorker(() => Promise.reject(new TypeError("fetch failed")));
  expect(asked).toMatchObject({ ok: false, problem: { status: 0 } });
});
