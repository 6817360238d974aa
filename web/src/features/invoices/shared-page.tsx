import { changeInvoiceLink, type InvoiceLinkChanges, revokeInvoiceLink } from "@billhook/database/invoice-links";
import { useQueryClient } from "@tanstack/react-query";
import { ExternalLink } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { keys } from "../../data/query.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { DialogActions } from "../../ui/dialog.tsx";
import { Checkbox, Field, TextInput } from "../../ui/field.tsx";
import { Skeleton } from "../../ui/states.tsx";
import { notify } from "../../ui/toast.tsx";
import { CopyField } from "../repositories/copy-field.tsx";
import type { InvoiceRow } from "./invoice-state.ts";
import { type InvoiceLink, useLinkAddress } from "./share-data.ts";

/** An address the client may have: to copy and open, what it shows and until when, who looked, and its end. */
export function SharedPage({ invoice, link }: { invoice: InvoiceRow; link: InvoiceLink }) {
  const db = useDb();
  const queryClient = useQueryClient();
  const format = useFormat();
  const address = useLinkAddress(invoice.id, link.id);
  const [until, setUntil] = useState(link.expires_on ?? "");
  const [changes, setChanges] = useState<InvoiceLinkChanges>({});
  const [problem, setProblem] = useState<string | null>(null);
  const [revoking, setRevoking] = useState(false);
  const [busy, setBusy] = useState(false);
  const shown = { ...link, ...changes };
  const ended = shown.expires_on !== null && shown.expires_on < format.today();

  const refresh = (): Promise<void> =>
    queryClient.invalidateQueries({ queryKey: keys.invoice(invoice.workspace_id, invoice.id) });
  const change = async (next: InvoiceLinkChanges): Promise<void> => {
    setProblem(null);
    setChanges((before) => ({ ...before, ...next }));
    const done = await changeInvoiceLink(db, link.id, next);
    await refresh();
    // What the database has now is shown, changed or not.
    setChanges((before) => {
      const rest = Object.entries(before).filter(([key]) => !(key in next));
      return Object.fromEntries(rest);
    });
    if (!done.ok) setProblem(done.error.message);
  };
  const revoke = async (): Promise<void> => {
    setBusy(true);
    const done = await revokeInvoiceLink(db, link.id);
    await refresh();
    setBusy(false);
    if (done.ok) void notify("The address is revoked", undefined, "Whoever has it sees nothing any more.");
    else setProblem(done.error.message);
  };

  return (
    <div className="flex flex-col gap-4">
      {address.isPending ? (
        <Skeleton className="h-13 w-full" />
      ) : address.isError ? (
        <p role="alert" className="flex flex-wrap items-center gap-2 text-danger">
          The address could not be read.
          <Button size="sm" onClick={() => void address.refetch()}>
            Try again
          </Button>
        </p>
      ) : (
        <div>
          <CopyField label="Address" value={address.data} hint="Send it to the client, and to nobody else." />
          <a
            href={address.data}
            target="_blank"
            rel="noreferrer"
            className={buttonClass("secondary", "sm") + " mt-2 max-md:h-9"}
          >
            Open it <ExternalLink size={13} aria-hidden />
          </a>
        </div>
      )}
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1.5 text-sm font-medium">It shows</legend>
        <Choice
          checked={shown.show_evidence}
          onChange={(checked) => void change({ show_evidence: checked })}
          note="Entries with dates and hours, tickets, and commits with the first line of their message, folded under each line."
        >
          The work behind each line
        </Choice>
        <Choice
          checked={shown.show_evidence && shown.link_sources}
          disabled={!shown.show_evidence}
          onChange={(checked) => void change({ link_sources: checked })}
          note="For clients who may see the repository and the tickets."
        >
          Links to commits and tickets
        </Choice>
      </fieldset>
      <Field
        label="Open until"
        hint={shown.expires_on === null ? "Without a date, until you revoke it." : "The last day, where the client is."}
        error={ended ? "That day has passed: whoever has the address sees nothing." : undefined}
        className="max-w-60"
      >
        <TextInput
          type="date"
          value={until}
          onChange={({ target }) => {
            setUntil(target.value);
            // A year that is still being typed is one of the first centuries.
            if (target.value === "") void change({ expires_on: null });
            else if (target.value >= "2000") void change({ expires_on: target.value });
          }}
        />
      </Field>
      <p className="text-muted">
        {link.first_opened_at === null || link.last_opened_at === null
          ? "Nobody has opened it yet."
          : link.opened_count === 1
            ? `Opened once, on ${format.instant(link.first_opened_at)}.`
            : `Opened ${link.opened_count} times, first on ${format.instant(link.first_opened_at)}, last on ${format.instant(link.last_opened_at)}.`}
        <span className="block text-sm text-faint">
          Previews in mail and chat do not count, nor does opening it from here.
        </span>
      </p>
      {problem !== null && (
        <p role="alert" className="text-danger">
          {problem}
        </p>
      )}
      {revoking ? (
        <div role="group" aria-label="Revoke the address" className="rounded-md bg-danger-soft px-3 py-2.5">
          <p>
            Whoever has the address will see nothing from now on. It cannot be brought back: a new address is another
            one, and has to be sent again.
          </p>
          <DialogActions>
            <Button autoFocus disabled={busy} onClick={() => setRevoking(false)}>
              Keep it
            </Button>
            <Button variant="danger" busy={busy} onClick={() => void revoke()}>
              Revoke the address
            </Button>
          </DialogActions>
        </div>
      ) : (
        <div>
          <Button variant="danger" onClick={() => setRevoking(true)}>
            Revoke…
          </Button>
        </div>
      )}
    </div>
  );
}

function Choice(props: {
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
  note: string;
  children: ReactNode;
}) {
  return (
    <label className="flex items-start gap-2.5">
      <Checkbox
        className="mt-0.5"
        checked={props.checked}
        disabled={props.disabled}
        onChange={({ target }) => props.onChange(target.checked)}
      />
      <span className="min-w-0">
        {props.children}
        <span className="block text-sm text-faint">{props.note}</span>
      </span>
    </label>
  );
}
