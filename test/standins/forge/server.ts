/**
 * The common part of the stand-ins for git hosts: repositories and what is pushed to them. What a host's API looks like
 * is in its own folder.
 */
import {
  type Delivery,
  ServiceStandin,
  type ServiceRules,
  type ServiceStandinOptions,
  type StandinContext,
} from "../service/server.ts";
import { type StandinHook, StandinRepository, type StandinRepositoryOptions } from "./repository.ts";

export interface ForgeStandinOptions extends ServiceStandinOptions {
  repositories: StandinRepositoryOptions[];
}

/** A push as it happened, before the host puts it into words. */
export interface PushInput {
  /** `owner/name`. */
  repository: string;
  changes: {
    /** Full name: `refs/heads/main`. */
    ref: string;
    /** Null where the ref was made. */
    before: string | null;
    /** Null where it was deleted. */
    after: string | null;
  }[];
  pusher?: { name: string; email: string; username: string };
}

/** How a host says what every host says. */
export interface HostRules extends ServiceRules {
  /** The deliveries a push leads to: one a ref, on most hosts. */
  deliveries: (
    repository: StandinRepository,
    push: Required<PushInput>,
    hook: StandinHook,
  ) => Promise<Pick<Delivery, "headers" | "body">[]>;
  /** What changes in a delivery that is sent again. */
  resend?: (delivery: Delivery, hook: StandinHook | null) => Pick<Delivery, "headers" | "body">;
}

const defaultPusher = { name: "A Developer", email: "developer@example.com", username: "developer" };

export class ForgeStandin extends ServiceStandin {
  readonly repositories: StandinRepository[];
  readonly #rules: HostRules;

  constructor(rules: HostRules, options: ForgeStandinOptions) {
    super(rules, options);
    this.#rules = rules;
    this.repositories = options.repositories.map((of, index) => new StandinRepository(of, index));
  }

  repository(fullName: string): StandinRepository {
    const found = this.repositories.find((repository) => repository.fullName === fullName);
    if (found === undefined) throw new Error(`the stand-in has no repository ${fullName}`);
    return found;
  }

  /** Tells each active webhook of a push, as the host would, and waits for the answers. */
  async push(input: PushInput): Promise<Delivery[]> {
    const repository = this.repository(input.repository);
    const sent: Delivery[] = [];
    for (const hook of repository.hooks.filter(({ active }) => active)) {
      for (const { headers, body } of await this.#rules.deliveries(repository, withPusher(input), hook)) {
        sent.push(await this.deliver(hook, headers, body));
      }
    }
    return sent;
  }

  /** The deliveries of a push, without sending them. */
  async wordsOf(input: PushInput, secret: string): Promise<Pick<Delivery, "headers" | "body">[]> {
    const repository = this.repository(input.repository);
    const hook = { id: "0", url: "", secret, events: ["push"], active: true, createdAt: "", settings: {} };
    return this.#rules.deliveries(repository, withPusher(input), hook);
  }

  async redeliver(delivery: Delivery): Promise<Delivery> {
    const hooks = this.repositories.flatMap((repository) => repository.hooks);
    const hook = hooks.find(({ id }) => id === delivery.hookId) ?? null;
    const { headers, body } = this.#rules.resend?.(delivery, hook) ?? delivery;
    return this.deliver({ id: delivery.hookId, url: delivery.url }, headers, body);
  }
}

/** The repository of a route, or the host's 404. */
export function withRepository(
  standin: ForgeStandin,
  find: (c: StandinContext) => StandinRepository | undefined,
  notFound: unknown,
): (method: string, path: string, handler: RepositoryHandler) => void {
  return (method, path, handler) => {
    standin.route(method, path, (c) => {
      const repository = find(c);
      return repository === undefined ? Response.json(notFound, { status: 404 }) : handler(c, repository);
    });
  };
}

export type RepositoryHandler = (c: StandinContext, repository: StandinRepository) => Response | Promise<Response>;

const withPusher = (input: PushInput): Required<PushInput> => ({ pusher: defaultPusher, ...input });
