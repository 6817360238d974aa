import type { InboxAction } from "./inbox-actions.ts";

/** What an action is called while it is done, once it is done, and once it is taken back. */

const linesOf = (count: number): string => (count === 1 ? "1 line" : `${count} lines`);

/** "Approved 3 lines". */
export function describeAction(action: InboxAction, count: number, day: (day: string) => string): string {
  const lines = linesOf(count);
  switch (action.type) {
    case "approve":
      return `Approved ${lines}`;
    case "invoice":
      return `Approved ${lines} onto ${action.invoiceId === null ? "a new" : "the"} invoice draft`;
    case "unapprove":
    case "restore":
      return `Brought ${lines} back`;
    case "ignore":
      return `Ignored ${lines}`;
    case "defer":
      if (action.forTicket === true)
        return `Deferred ${lines} until ${count === 1 ? "its ticket is" : "their tickets are"} done`;
      return action.until === null ? `Brought ${lines} back` : `Deferred ${lines} until ${day(action.until)}`;
    case "edit":
      return `Saved ${lines}`;
    case "accept":
      return `Accepted the flag of ${lines}`;
    case "split": {
      const billed = action.parts.filter((part) => part.invoice !== undefined).length;
      return `Split the line into ${action.parts.length}${billed === 0 ? "" : `, ${billed} of them on invoice drafts`}`;
    }
    case "merge":
      return `Merged ${lines} into one`;
    case "join":
      return "Put the lines back as they were";
  }
}

/** What was done, as the audit names it, once it has been taken back. */
export function describeUndo(act: string, count: number): string {
  const lines = linesOf(count);
  switch (act) {
    case "unapprove":
      return `Approved ${lines} again`;
    case "restore":
      return `Ignored ${lines} again`;
    case "edit":
    case "accept":
      return `Took the change to ${lines} back`;
    case "split":
      return "Joined the parts again";
    case "merge":
      return "Took the merged line apart again";
    case "join":
      return "Split the line again";
    case "unmerge":
      return "Merged the lines again";
    default:
      return `Brought ${lines} back`;
  }
}

/** "Approving 5,000 lines", while it takes. */
export function describeProgress(action: InboxAction, count: number): string {
  const lines = count === 1 ? "1 line" : `${count.toLocaleString("en")} lines`;
  const doing: Record<InboxAction["type"], string> = {
    approve: "Approving",
    invoice: "Approving",
    unapprove: "Bringing back",
    restore: "Bringing back",
    ignore: "Ignoring",
    defer: "Deferring",
    edit: "Saving",
    accept: "Accepting the flags of",
    split: "Splitting",
    merge: "Merging",
    join: "Putting back",
  };
  return `${doing[action.type]} ${lines}`;
}
