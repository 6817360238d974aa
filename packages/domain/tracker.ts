/** The ticket systems Billhook knows. */

export const trackerKinds = [
  "jira",
  "jira-service-management",
  "jira-data-center",
  "linear",
  "github-issues",
  "gitlab-issues",
  "asana",
  "clickup",
  "zendesk",
  "freshdesk",
  "zoho-desk",
  "help-scout",
] as const;
export type TrackerKind = (typeof trackerKinds)[number];
