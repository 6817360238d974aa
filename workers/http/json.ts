import type * as z from "zod";
import { readBody } from "./body.ts";
import { problem } from "./problem.ts";

/** A small JSON body, parsed and checked, or the problem to answer: 400 not JSON, 413 too large, 422 the wrong shape. */
export async function readJson<T>(request: Request, schema: z.ZodType<T>): Promise<T | Response> {
  const body = await readBody(request, 1024 * 1024);
  if (body === null) return problem(413, "The body is larger than 1 MB.");
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(body));
  } catch {
    return problem(400, "The body is not JSON.");
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join(".") ?? "";
  return problem(
    422,
    `${field === "" ? "The body" : field}: ${issue?.message ?? "wrong"}.`,
    field === "" ? {} : { field },
  );
}
