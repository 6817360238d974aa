import type { TrackerKind } from "@billhook/domain/tracker";

export interface TrackerSystem {
  name: string;
  /** Null where there is one public address. */
  address: { label: string; placeholder: string; isRequired: boolean } | null;
  username: { label: string; placeholder: string } | null;
  token: { label: string; hint: string } | null;
  /** The workspace or repository, where the address does not say which. */
  site: { label: string; placeholder: string; hint: string } | null;
  /** How its tickets are named in commits. */
  named: string;
  writesTime: boolean;
}

const jiraToken = "Made under id.atlassian.com, Security, API tokens. It sees what you see.";

/** What each system needs to be let in, in its own words. */
export const trackerSystems: Readonly<Record<TrackerKind, TrackerSystem>> = {
  jira: {
    name: "Jira",
    address: { label: "Address of the site", placeholder: "https://team.atlassian.net", isRequired: true },
    username: { label: "E-mail address", placeholder: "you@example.com" },
    token: { label: "API token", hint: jiraToken },
    site: null,
    named: "ABC-123",
    writesTime: true,
  },
  "jira-service-management": {
    name: "Jira Service Management",
    address: { label: "Address of the site", placeholder: "https://team.atlassian.net", isRequired: true },
    username: { label: "E-mail address", placeholder: "you@example.com" },
    token: { label: "API token", hint: jiraToken },
    site: null,
    named: "ABC-123",
    writesTime: true,
  },
  "jira-data-center": {
    name: "Jira Data Center",
    address: { label: "Address", placeholder: "https://jira.example.com", isRequired: true },
    username: null,
    token: { label: "Personal access token", hint: "Made in your profile there, under Personal access tokens." },
    site: null,
    named: "ABC-123",
    writesTime: true,
  },
  linear: {
    name: "Linear",
    address: null,
    username: null,
    token: { label: "API key", hint: "Made in Linear under Settings, Security & access." },
    site: null,
    named: "ABC-123",
    writesTime: false,
  },
  "github-issues": {
    name: "GitHub issues",
    address: { label: "Address of the API", placeholder: "https://ghe.example/api/v3", isRequired: false },
    username: null,
    token: { label: "Access token", hint: "A fine-grained token with read access to Issues." },
    site: { label: "Repository", placeholder: "owner/name", hint: "Whose tickets #123 names." },
    named: "#123",
    writesTime: false,
  },
  "gitlab-issues": {
    name: "GitLab issues",
    address: { label: "Address of the API", placeholder: "https://gitlab.example/api/v4", isRequired: false },
    username: null,
    token: { label: "Access token", hint: "With the scope read_api; api, to write time." },
    site: { label: "Project", placeholder: "group/project", hint: "Whose tickets #123 names." },
    named: "#123",
    writesTime: true,
  },
  asana: {
    name: "Asana",
    address: null,
    username: null,
    token: { label: "Personal access token", hint: "Made under app.asana.com/0/my-apps." },
    site: null,
    named: "a task’s address",
    writesTime: true,
  },
  clickup: {
    name: "ClickUp",
    address: null,
    username: null,
    token: { label: "Personal token", hint: "Made in ClickUp under Settings, Apps. It begins with pk_." },
    site: null,
    named: "CU-86b1c2d",
    writesTime: true,
  },
  zendesk: {
    name: "Zendesk",
    address: { label: "Address", placeholder: "https://team.zendesk.com", isRequired: true },
    username: { label: "E-mail address", placeholder: "you@example.com" },
    token: { label: "API token", hint: "Made in the Admin Center, under Apps and integrations." },
    site: null,
    named: "ZD-123",
    writesTime: false,
  },
  freshdesk: {
    name: "Freshdesk",
    address: { label: "Address", placeholder: "https://team.freshdesk.com", isRequired: true },
    username: null,
    token: { label: "API key", hint: "Shown in your profile settings there." },
    site: null,
    named: "FD-123",
    writesTime: true,
  },
  "zoho-desk": {
    name: "Zoho Desk",
    address: { label: "Address of your data centre", placeholder: "https://desk.zoho.eu", isRequired: true },
    username: null,
    token: {
      label: "OAuth access token",
      hint: "It ends after an hour: connect in Zoho’s own pages to stay connected.",
    },
    site: null,
    named: "ZOHO-123",
    writesTime: true,
  },
  "help-scout": {
    name: "Help Scout",
    address: null,
    username: { label: "App ID", placeholder: "" },
    token: { label: "App Secret", hint: "Of an application of your own, made in your profile under My apps." },
    site: null,
    named: "HS-123",
    writesTime: false,
  },
};

export const systemName = (kind: string): string =>
  Object.entries(trackerSystems).find(([name]) => name === kind)?.[1].name ?? kind;

/** Why a system that was to be connected in its own pages was not. */
export function refusalWords(kind: string, reason: string): string {
  const name = systemName(kind);
  switch (reason) {
    case "denied":
      return `${name} was not connected: access was not allowed there.`;
    case "expired":
      return `${name} was not connected: it took longer than ten minutes, or was begun in another browser. Begin again.`;
    case "unavailable":
      return `${name} did not answer. Try again in a moment.`;
    case "not_allowed":
      return `${name} was not connected: your role in this workspace does not allow it. Ask an owner or admin.`;
    default:
      return `${name} refused the connection. Whoever runs Billhook should compare the application’s id, secret and callback address with those there.`;
  }
}
