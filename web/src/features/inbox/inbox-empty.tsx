import { Link } from "@tanstack/react-router";
import { CircleCheck, Inbox } from "lucide-react";
import { useProjects, useRepositories } from "../../data/workspace.tsx";
import { Button, buttonClass } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/states.tsx";
import type { InboxTab } from "./inbox-row.ts";

/** Nothing in view: why, and what to do next. */
export function InboxEmpty(props: {
  tab: InboxTab;
  filtered: boolean;
  approved: number;
  onShowAll: () => void;
  onShowApproved: () => void;
  onShowOpen: () => void;
}) {
  const projects = useProjects();
  const repositories = useRepositories();
  if (props.filtered) {
    return (
      <EmptyState title="Nothing matches the filter" action={<Button onClick={props.onShowAll}>Show all</Button>} />
    );
  }
  const toOpen = <Button onClick={props.onShowOpen}>Show the open lines</Button>;
  switch (props.tab) {
    case "deferred":
      return (
        <EmptyState title="Nothing is deferred" action={toOpen}>
          Put a line off with d. It comes back on its day.
        </EmptyState>
      );
    case "approved":
      return (
        <EmptyState title="Nothing waits for an invoice" action={toOpen}>
          Approve lines with a; they gather here until you bill them.
        </EmptyState>
      );
    case "ignored":
      return (
        <EmptyState title="Nothing is ignored" action={toOpen}>
          What you or a project&apos;s rules leave out is kept here, and can be brought back.
        </EmptyState>
      );
    case "open":
      break;
  }
  if (projects.data?.length === 0 || repositories.data?.length === 0) {
    return (
      <EmptyState
        icon={<Inbox size={26} aria-hidden />}
        title="No commits yet"
        action={
          <Link to="/start" className={buttonClass("primary")}>
            Go on with the first steps
          </Link>
        }
      >
        Say whom you work for and connect a repository: then each push becomes lines to bill.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<CircleCheck size={26} aria-hidden />}
      title="The inbox is empty"
      action={
        props.approved > 0 && (
          <Button variant="primary" onClick={props.onShowApproved}>
            {props.approved === 1 ? "Show the approved line" : `Show ${props.approved} approved lines`}
          </Button>
        )
      }
    >
      New commits appear here within two seconds of a push.
    </EmptyState>
  );
}
