/** The one list of the ticket systems; a new one is a file beside this and a line here. */
import type { TrackerKind } from "@billhook/domain/tracker";
import type { Tracker } from "./tracker.ts";

const trackers: Partial<Record<TrackerKind, Tracker>> = {};

export function trackerFor(kind: TrackerKind): Tracker {
  const tracker = trackers[kind];
  if (tracker === undefined) throw new Error(`No tracker of the kind ${kind}`);
  return tracker;
}
