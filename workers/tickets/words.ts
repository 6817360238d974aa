/** What people read about a ticket system that could not be asked, or a ticket it does not show. */
import type { TrackerKind } from "@billhook/domain/tracker";
import type { CallFailureCode } from "@billhook/http/result";
import { trackerFor } from "@billhook/trackers/registry";

export const nameOfTracker = (kind: TrackerKind): string => trackerFor(kind).name;

/** What happened to a question, and what to do about it where something can be done. */
export function describeTrackerFailure(kind: TrackerKind, code: CallFailureCode): string {
  const name = nameOfTracker(kind);
  switch (code) {
    case "unauthorised":
      return `${name} no longer lets Billhook in: the access was taken back there, or has ended. Connect it again under Settings, Ticket systems.`;
    case "forbidden":
      return `The access to ${name} does not allow this. Give it leave to read tickets there, or connect it again under Settings, Ticket systems.`;
    case "not_found":
      return `${name} is not found at its address. Compare it under Settings, Ticket systems.`;
    case "rate_limited":
      return `The requests that ${name} allows are used up for now.`;
    case "unavailable":
      return `${name} does not answer.`;
    case "unexpected":
      return `${name} answered in a way that makes no sense.`;
  }
}

export const describeGone = (kind: TrackerKind, key: string): string =>
  `${nameOfTracker(kind)} shows no ${key}: it was deleted, or moved to where Billhook may not look.`;

/** Of one ticket, where the others were answered. */
export const describeFailedTicket = (kind: TrackerKind, key: string, code: CallFailureCode): string =>
  code === "forbidden"
    ? `${nameOfTracker(kind)} does not let Billhook read ${key}.`
    : `${nameOfTracker(kind)} did not answer for ${key}.`;
