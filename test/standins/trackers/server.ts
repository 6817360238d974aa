/**
 * The common part of the stand-ins for ticket systems: tickets that can be edited, moved and deleted, worklogs, and
 * webhooks that tell of it. What a system's API looks like is in its own file.
 */
import { type Delivery, ServiceStandin, type ServiceRules, type ServiceStandinOptions } from "../service/server.ts";
import { type NewTicket, projectOf, type StandinTicket } from "./ticket.ts";

export interface TrackerStandinOptions extends ServiceStandinOptions {
  tickets?: NewTicket[];
}

export interface TrackerHook {
  id: string;
  url: string;
  secret: string;
}

export type TicketEvent = "changed" | "deleted";

/** How a system says what every system says. */
export interface TrackerRules extends ServiceRules {
  /** The deliveries an event leads to; none where the system has no webhooks. */
  deliveries?: (
    event: TicketEvent,
    ticket: StandinTicket,
    hook: TrackerHook,
    standin: TrackerStandin,
  ) => Pick<Delivery, "headers" | "body">[];
}

export class TrackerStandin extends ServiceStandin {
  readonly tickets: StandinTicket[] = [];
  readonly hooks: TrackerHook[] = [];
  readonly #rules: TrackerRules;

  constructor(rules: TrackerRules, options: TrackerStandinOptions) {
    super(rules, options);
    this.#rules = rules;
    for (const ticket of options.tickets ?? []) this.add(ticket);
  }

  add(ticket: NewTicket): StandinTicket {
    const project = projectOf(ticket.key);
    const added: StandinTicket = {
      id: String(10_000 + this.nextId()),
      formerKeys: [],
      type: "Task",
      status: "To Do",
      isDone: false,
      labels: [],
      epic: null,
      parent: null,
      project: { key: project, title: project },
      estimateMinutes: null,
      loggedMinutes: 0,
      assignee: null,
      updatedAt: "2026-03-02T09:00:00.000Z",
      worklogs: [],
      ...ticket,
    };
    this.tickets.push(added);
    return added;
  }

  /** By its key, an earlier key, or its id; whatever the case. */
  find(keyOrId: string): StandinTicket | undefined {
    const wanted = keyOrId.toLowerCase();
    return this.tickets.find(({ key, id, formerKeys }) =>
      [key, id, ...formerKeys].some((known) => known.toLowerCase() === wanted),
    );
  }

  ticket(key: string): StandinTicket {
    const found = this.find(key);
    if (found === undefined) throw new Error(`the stand-in has no ticket ${key}`);
    return found;
  }

  /** Changes a ticket and tells the webhooks. */
  async edit(key: string, changes: Partial<StandinTicket>): Promise<Delivery[]> {
    const ticket = this.ticket(key);
    this.touch(ticket, changes);
    return this.tell("changed", ticket);
  }

  /** Changes a ticket without telling anybody. */
  touch(ticket: StandinTicket, changes: Partial<StandinTicket>): void {
    Object.assign(ticket, { updatedAt: new Date().toISOString(), ...changes });
  }

  /** Gives a ticket another key, in another project. */
  async move(key: string, newKey: string): Promise<Delivery[]> {
    const ticket = this.ticket(key);
    const project = projectOf(newKey);
    const formerKeys = [...ticket.formerKeys, ticket.key];
    return this.edit(key, { key: newKey, formerKeys, project: { key: project, title: project } });
  }

  async remove(key: string): Promise<Delivery[]> {
    const ticket = this.ticket(key);
    this.tickets.splice(this.tickets.indexOf(ticket), 1);
    return this.tell("deleted", ticket);
  }

  /** Tells each webhook, as the system would, and waits for the answers. */
  async tell(event: TicketEvent, ticket: StandinTicket): Promise<Delivery[]> {
    const sent: Delivery[] = [];
    for (const hook of this.hooks) {
      for (const { headers, body } of this.#rules.deliveries?.(event, ticket, hook, this) ?? []) {
        sent.push(await this.deliver(hook, headers, body));
      }
    }
    return sent;
  }
}
