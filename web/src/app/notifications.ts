/** What a notification says, and where it leads. */
import { isUnread } from "./unread.ts";

export interface Matter {
  id: string;
  title: string;
  body: string;
  at: string;
  unread: boolean;
  /** A path of the app, with its search parameters. */
  to: string;
}

export interface Notification {
  id: string;
  kind: string;
  subject_id: string | null;
  body: string;
  occurrences: number;
  updated_at: string;
}

export interface Read {
  notification_id: string;
  read_at: string;
}

function describe(
  { kind, subject_id, occurrences }: Notification,
  nameOf: (id: string) => string | null,
): { title: string; to: string } {
  const name = subject_id === null ? null : nameOf(subject_id);
  switch (kind) {
    case "drafts_waiting":
      return {
        title: `${occurrences === 1 ? "1 draft" : `${occurrences} drafts`} came in${name === null ? "" : ` from ${name}`}`,
        to: "/inbox",
      };
    case "delivery_failed":
      return {
        title: `${occurrences === 1 ? "A delivery" : `${occurrences} deliveries`}${name === null ? "" : ` of ${name}`} failed`,
        to: "/deliveries?status=failed",
      };
    case "budget_used":
      return { title: "A project's budget", to: `/projects/${subject_id ?? ""}` };
    case "invoice_paid":
      return {
        title: "An invoice was paid",
        to: subject_id === null ? "/invoices" : `/invoices/${subject_id}`,
      };
    case "invoice_failed":
      return {
        title: "A payment failed",
        to: subject_id === null ? "/invoices" : `/invoices/${subject_id}`,
      };
    case "grant_revoked":
      return {
        title: name === null ? "A git host no longer lets Billhook in" : `No access to ${name} at its host`,
        to: toRepository(name === null ? null : subject_id),
      };
    case "tracker_refused":
      return {
        title: "A ticket system no longer lets Billhook in",
        to: subject_id === null ? "/settings/tickets" : `/settings/tickets?tracker=${subject_id}`,
      };
    case "worklog_failed":
      return { title: "Time could not be written to a ticket", to: "/inbox?tab=approved" };
    case "import_done":
      return {
        title: name === null ? "An import is done" : `The history of ${name} is imported`,
        to: toRepository(subject_id),
      };
    case "import_failed":
      return {
        title: name === null ? "An import failed" : `The import of ${name} failed`,
        to: toRepository(subject_id),
      };
    default:
      return { title: "Something happened", to: "/inbox" };
  }
}

const toRepository = (id: string | null): string => (id === null ? "/repositories" : `/repositories?repository=${id}`);

/** `nameOf` names a repository. */
export function readMatters(
  notifications: readonly Notification[],
  reads: readonly Read[],
  nameOf: (id: string) => string | null = () => null,
): Matter[] {
  return notifications.map((notification) => ({
    id: notification.id,
    ...describe(notification, nameOf),
    body: notification.body,
    at: notification.updated_at,
    unread: isUnread(notification, reads),
  }));
}
