import type { Matter } from "@billhook/database/notifications";

/** What a matter says, and where it is seen to. */
export interface MatterWords {
  title: string;
  body: string;
  /** A path of the app, with its search parameters. */
  to: string;
}

const linkTo = (path: string, search: Record<string, string | null>): string => {
  const given = Object.entries(search).filter((each): each is [string, string] => each[1] !== null);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
};

export function describeMatter(matter: Matter): MatterWords {
  const { kind, subject_id: subject, name, body, count, fresh } = matter;
  const repository = linkTo("/repositories", { repository: subject });
  const invoice = subject === null ? "/invoices" : `/invoices/${subject}`;
  switch (kind) {
    case "drafts_waiting":
      return {
        title: `${count === 1 ? "1 draft waits" : `${count} drafts wait`}${name === null ? "" : ` from ${name}`}`,
        body: fresh === null || fresh === 0 || fresh === count ? "" : `${fresh} came since you looked.`,
        to: linkTo("/inbox", { repository: subject }),
      };
    case "delivery_failed":
      return {
        title: `${count === 1 ? "A delivery" : `${count} deliveries`}${name === null ? "" : ` of ${name}`} failed`,
        body,
        to: linkTo("/deliveries", { status: "failed", repository: subject }),
      };
    case "budget_used":
      return { title: body, body: "", to: `/projects/${subject ?? ""}` };
    case "words_budget":
      return { title: "The month’s budget for words is used up", body, to: "/settings/words" };
    case "invoice_paid":
      return { title: name === null ? "An invoice was paid" : `Invoice ${name} was paid`, body: "", to: invoice };
    case "invoice_failed":
      return {
        title: name === null ? "A payment failed" : `A payment of invoice ${name} failed`,
        body: body === name ? "" : body,
        to: invoice,
      };
    case "grant_revoked":
      return {
        title: name === null ? "A git host no longer lets Billhook in" : `No access to ${name} at its host`,
        body,
        // A grant serves many repositories.
        to: name === null ? "/repositories" : repository,
      };
    case "tracker_refused":
      return {
        title: `${name ?? "A ticket system"} no longer lets Billhook in`,
        body,
        to: linkTo("/settings/tickets", { tracker: subject }),
      };
    case "stripe_refused":
      return { title: "Stripe refused the key", body, to: "/settings/payments" };
    case "stripe_differs":
      return { title: "An invoice is not the same at Stripe", body, to: "/settings/payments" };
    case "worklog_failed":
      return {
        title: "Time could not be written to a ticket",
        body: name ?? body,
        to: linkTo("/inbox", { tab: "approved", q: name === null ? null : name.slice(0, 80) }),
      };
    case "import_done":
      return {
        title: name === null ? "An import is done" : `The history of ${name} is imported`,
        body,
        to: repository,
      };
    case "import_failed":
      return { title: name === null ? "An import failed" : `The import of ${name} failed`, body, to: repository };
    default:
      return { title: "Something happened", body, to: "/inbox" };
  }
}
