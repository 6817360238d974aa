/**
 * Hosted Supabase lets any origin ask, with any header; the keys and row level security decide. A preflight is answered
 * with the headers it names (a `*` does not cover Authorization: Fetch standard, CORS protocol) and kept for an hour.
 */
export async function answerWithCors(
  request: Request,
  answer: (request: Request) => Response | Promise<Response>,
): Promise<Response> {
  if (request.method === "OPTIONS" && request.headers.has("access-control-request-method")) {
    return new Response(null, {
      status: 204,
      headers: {
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
        "access-control-allow-headers": request.headers.get("access-control-request-headers") ?? "",
        "access-control-max-age": "3600",
      },
    });
  }
  const given = await answer(request);
  const headers = new Headers(given.headers);
  headers.delete("access-control-allow-credentials");
  headers.set("access-control-allow-origin", "*");
  headers.set(
    "access-control-expose-headers",
    "Content-Location, Content-Range, Location, Preference-Applied, Range-Unit",
  );
  return new Response(given.body, { status: given.status, statusText: given.statusText, headers });
}
