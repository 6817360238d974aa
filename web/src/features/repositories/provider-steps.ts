import type { Provider } from "@billhook/domain/push";

export interface ProviderSetup {
  /** Where in the host's pages the webhook is made. */
  place: string;
  /** What to enter there; the host's own words stand between asterisks. */
  steps: readonly string[];
  /** Whether people run this host themselves, so that it has an address of its own. */
  selfHosted: boolean;
}

/**
 * What to paste where. Sources: GitHub "Creating webhooks"; GitLab "Webhooks"; Bitbucket Cloud "Manage webhooks";
 * Gitea and Forgejo "Webhooks"; Bitbucket Data Center "Manage webhooks"; Azure DevOps "Webhooks with Azure DevOps".
 */
export const providerSetups: Readonly<Record<Provider, ProviderSetup>> = {
  github: {
    place: "Settings → Webhooks → Add webhook",
    steps: [
      "Paste the address as *Payload URL*.",
      "Choose *application/json* as *Content type*. The other form is refused.",
      "Paste the secret as *Secret*, and leave SSL verification enabled.",
      "Keep *Just the push event*, then *Add webhook*. GitHub sends a ping at once.",
    ],
    selfHosted: true,
  },
  gitlab: {
    place: "Settings → Webhooks → Add new webhook",
    steps: [
      "Paste the address as *URL*.",
      "Paste the secret as *Secret token*.",
      "Tick *Push events* only, for all branches, and leave SSL verification enabled.",
      "*Add webhook*, then *Test → Push events* sends the first delivery.",
    ],
    selfHosted: true,
  },
  bitbucket: {
    place: "Repository settings → Webhooks → Add webhook",
    steps: [
      "Give it a title, such as Billhook, and paste the address as *URL*.",
      "Paste the secret as *Secret*.",
      "Keep it *Active* with the trigger *Repository push* only, then *Save*.",
      "Bitbucket sends nothing until the next push.",
    ],
    selfHosted: false,
  },
  gitea: {
    place: "Settings → Webhooks → Add webhook → Gitea (or Forgejo)",
    steps: [
      "Paste the address as *Target URL*, with *POST* as *HTTP method*.",
      "Choose *application/json* as *POST content type*.",
      "Paste the secret as *Secret*.",
      "Trigger on *Push events* only, then *Add webhook*. *Test delivery* sends the first one.",
    ],
    selfHosted: true,
  },
  "bitbucket-server": {
    place: "Repository settings → Webhooks → Create webhook",
    steps: [
      "Give it a name, such as Billhook, and paste the address as *URL*.",
      "Paste the secret as *Secret*.",
      "Under *Events* choose *Repository: Push* only, keep it *Active*, then *Save*.",
      "*Test connection* sends a ping.",
    ],
    selfHosted: true,
  },
  azure: {
    place: "Project settings → Service hooks → Create subscription → Web Hooks",
    steps: [
      "Choose the trigger *Code pushed*, and this repository.",
      "Paste the address as *URL*.",
      "Enter *billhook* as *Basic authentication username*, and paste the secret as *Basic authentication password*.",
      "Leave *Resource details to send* at *All*, then *Test* and *Finish*.",
    ],
    selfHosted: true,
  },
};
