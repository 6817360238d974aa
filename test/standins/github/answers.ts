/** What GitHub's answers have in common: messages, pages and repositories. */
import type { StandinRepository } from "../forge/repository.ts";
import { type ForgeStandin } from "../forge/server.ts";
import { readNumber, type StandinContext } from "../service/server.ts";

const documentation = "https://docs.github.com/rest";
export const say = (message: string): Record<string, string> => ({ message, documentation_url: documentation });

export function toRepository(standin: ForgeStandin, repository: StandinRepository): object {
  return {
    id: repository.id,
    name: repository.name,
    full_name: repository.fullName,
    private: true,
    owner: { login: repository.owner, id: 1, type: "Organization" },
    html_url: `${standin.origin}/${repository.fullName}`,
    default_branch: "main",
    permissions: { admin: repository.canManageHooks, push: true, pull: true },
  };
}

export function paged(c: StandinContext, all: readonly unknown[], most: number): Response {
  const size = Math.max(1, readNumber(c, "per_page", 30, most));
  const page = readNumber(c, "page", 1, 1e6);
  const start = (page - 1) * size;
  return answer(c, all.slice(start, start + size), page, start + size < all.length);
}

/** With the `Link` header to the next page. */
export function answer(c: StandinContext, body: unknown, page: number, hasMore: boolean): Response {
  const fault = c.get("fault")?.kind;
  const headers: Record<string, string> = {};
  if (hasMore || fault === "lying-totals") {
    const next = new URL(c.req.url);
    next.searchParams.set("page", String(page + 1));
    headers["link"] = `<${next.href}>; rel="next", <${next.href}>; rel="last"`;
  }
  return c.json(fault === "empty-lists" && Array.isArray(body) ? [] : (body as object), 200, headers);
}
