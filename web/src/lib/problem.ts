/** What the Worker says went wrong (RFC 9457), for people. */
export interface Problem {
  status: number;
  message: string;
  /** The field of the request that it is about. */
  field: string | null;
}

/** Asks, and answers either the response or what went wrong; a server that cannot be reached is status 0. */
export async function askWorker(
  ask: () => Promise<Response>,
): Promise<{ ok: true; response: Response } | { ok: false; problem: Problem }> {
  let response: Response;
  try {
    response = await ask();
  } catch {
    return {
      ok: false,
      problem: {
        status: 0,
        message: "The server cannot be reached. Check your connection and try again.",
        field: null,
      },
    };
  }
  return response.ok ? { ok: true, response } : { ok: false, problem: await readProblem(response) };
}

export async function readProblem(response: Response): Promise<Problem> {
  const { status } = response;
  const fallback = {
    status,
    message: `The server answered with an error (${status}). Try again in a moment.`,
    field: null,
  };
  if (response.headers.get("content-type")?.startsWith("application/problem+json") !== true) return fallback;
  const body: unknown = await response.json().catch(() => null);
  if (typeof body !== "object" || body === null) return fallback;
  const { detail, field } = body as Record<string, unknown>;
  return {
    status,
    message: typeof detail === "string" && detail !== "" ? detail : fallback.message,
    field: typeof field === "string" ? field : null,
  };
}
