/** The one list of the ticket systems; a new one is a file beside this and a line here. */
import type { TrackerKind } from "@billhook/domain/tracker";
import { asana } from "./asana.ts";
import { clickup } from "./clickup.ts";
import { freshdesk } from "./freshdesk.ts";
import { githubIssues } from "./github-issues.ts";
import { gitlabIssues } from "./gitlab-issues.ts";
import { helpScout } from "./help-scout.ts";
import { jiraDataCenter } from "./jira-data-center.ts";
import { jira, jiraServiceManagement } from "./jira.ts";
import { linear } from "./linear.ts";
import type { Tracker } from "./tracker.ts";
import { zendesk } from "./zendesk.ts";
import { zohoDesk } from "./zoho-desk.ts";

const trackers: Record<TrackerKind, Tracker> = {
  asana,
  clickup,
  zendesk,
  freshdesk,
  "zoho-desk": zohoDesk,
  "help-scout": helpScout,
  jira,
  "jira-service-management": jiraServiceManagement,
  "jira-data-center": jiraDataCenter,
  linear,
  "github-issues": githubIssues,
  "gitlab-issues": gitlabIssues,
};

export function trackerFor(kind: TrackerKind): Tracker {
  return trackers[kind];
}
