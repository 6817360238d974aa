/** The demo is made of steps that all have to succeed; the first that does not ends it. */
import type { DatabaseResult } from "@billhook/database/errors";

export async function must<T>(result: Promise<DatabaseResult<T>>): Promise<T> {
  const settled = await result;
  if (settled.ok) return settled.value;
  throw new Error(`The demo could not be made: ${settled.error.message} (${settled.error.cause})`);
}

export async function mustAnswer<T>(
  query: PromiseLike<{ data: T; error: { message: string } | null }>,
): Promise<NonNullable<T>> {
  const { data, error } = await query;
  if (error === null && data !== null && data !== undefined) return data;
  throw new Error(`The demo could not be made: ${error?.message ?? "there was no answer"}`);
}

export async function mustFetch(address: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(address, { signal: AbortSignal.timeout(30_000), ...init });
  if (answer.ok) return answer;
  throw new Error(
    `The demo could not be made: ${new URL(address).pathname} was answered ${answer.status} ${await answer.text()}`,
  );
}

/** Asks until the answer is not null. */
export async function waitFor<T>(what: string, ask: () => Promise<T | null>, seconds = 30): Promise<T> {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (Date.now() > until) throw new Error(`The demo could not be made: ${what} took more than ${seconds} s.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
