import { Badge } from "../../ui/badge.tsx";
import type { TrackerRow } from "./tracker-data.ts";

export function TrackerBadge({ tracker }: { tracker: TrackerRow }) {
  if (tracker.problem === null) return <Badge tone="ok">Works</Badge>;
  return /no longer lets|does not allow/u.test(tracker.problem) ? (
    <Badge tone="danger">Needs mending</Badge>
  ) : (
    <Badge tone="warn">Waiting</Badge>
  );
}
