/** GitHub's webhooks: listed, made, changed and removed, each greeted with a ping. */
import type { StandinHook } from "../forge/repository.ts";
import type { ForgeStandin, RepositoryHandler } from "../forge/server.ts";
import { paged, say, toRepository } from "./answers.ts";
import { pushHeaders } from "./push.ts";

export function addHookRoutes(
  on: (method: string, path: string, handler: RepositoryHandler) => void,
  standin: ForgeStandin,
): void {
  const guarded =
    (handler: RepositoryHandler): RepositoryHandler =>
    (c, repository) =>
      repository.canManageHooks ? handler(c, repository) : c.json(say("Not Found"), 404);
  on(
    "GET",
    "/hooks",
    guarded((c, repository) => paged(c, repository.hooks.map(toHook), 100)),
  );
  on(
    "POST",
    "/hooks",
    guarded(async (c, repository) => {
      const body = await c.req.json<HookBody>();
      if (repository.hooks.some(({ url }) => url === body.config?.url)) {
        return c.json(
          { ...say("Validation Failed"), errors: [{ message: "Hook already exists on this repository" }] },
          422,
        );
      }
      const hook: StandinHook = {
        id: String(standin.nextId()),
        url: body.config?.url ?? "",
        secret: body.config?.secret ?? "",
        events: body.events ?? ["push"],
        active: body.active ?? true,
        createdAt: new Date().toISOString(),
        // The form is what hooks send where nobody says otherwise.
        settings: { content_type: body.config?.content_type ?? "form" },
      };
      repository.hooks.push(hook);
      const ping = JSON.stringify({
        zen: "Keep it logically awesome.",
        hook_id: Number(hook.id),
        hook: toHook(hook),
        repository: toRepository(standin, repository),
      });
      void standin.deliver(hook, pushHeaders("ping", hook, ping), ping);
      return c.json(toHook(hook), 201);
    }),
  );
  on(
    "PATCH",
    "/hooks/:hook",
    guarded(async (c, repository) => {
      const hook = repository.hooks.find(({ id }) => id === c.req.param("hook"));
      if (hook === undefined) return c.json(say("Not Found"), 404);
      const body = await c.req.json<HookBody>();
      hook.url = body.config?.url ?? hook.url;
      hook.secret = body.config?.secret ?? hook.secret;
      hook.events = body.events ?? hook.events;
      hook.active = body.active ?? hook.active;
      hook.settings["content_type"] = body.config?.content_type ?? hook.settings["content_type"];
      return c.json(toHook(hook));
    }),
  );
  on(
    "DELETE",
    "/hooks/:hook",
    guarded((c, repository) => {
      const at = repository.hooks.findIndex(({ id }) => id === c.req.param("hook"));
      if (at < 0) return c.json(say("Not Found"), 404);
      repository.hooks.splice(at, 1);
      return c.body(null, 204);
    }),
  );
}

interface HookBody {
  active?: boolean;
  events?: string[];
  config?: { url?: string; secret?: string; content_type?: string };
}

const toHook = (hook: StandinHook): object => ({
  type: "Repository",
  id: Number(hook.id),
  name: "web",
  active: hook.active,
  events: hook.events,
  config: { ...hook.settings, insecure_ssl: "0", url: hook.url, secret: "********" },
  created_at: hook.createdAt,
});
