import { addDays } from "@billhook/domain/timezone";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useFormat } from "../../data/format.ts";
import { Checkbox, Field, TextArea, TextInput } from "../../ui/field.tsx";
import type { InvoiceRow } from "./invoice-state.ts";
import type { InvoiceDraft } from "./use-invoice-draft.ts";

/** Milliseconds without a key after which what was typed is saved. */
const PAUSE = 700;

/** Dates and terms: fields while the invoice is a draft, plain facts after. */
export function InvoiceTerms({ invoice, draft }: { invoice: InvoiceRow; draft: InvoiceDraft | null }) {
  const format = useFormat();
  const [termsError, setTermsError] = useState<string | undefined>();
  if (draft === null) {
    return (
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 px-4 py-4 md:grid-cols-4">
        <Fact name="Issued">{invoice.issue_date === null ? "on finalising" : format.day(invoice.issue_date)}</Fact>
        <Fact name="Payment terms">{termsOf(invoice.payment_terms_days)}</Fact>
        <Fact name="Due">
          {invoice.due_date === null ? (
            "not fixed yet"
          ) : (
            <span className={invoice.overdue ? "text-danger" : ""}>{format.day(invoice.due_date)}</span>
          )}
        </Fact>
        <Fact name="Currency">{invoice.currency}</Fact>
      </dl>
    );
  }
  const issued = invoice.issue_date ?? format.today();
  return (
    <div className="grid items-start gap-x-6 gap-y-3 px-4 py-4 max-md:grid-cols-2 md:grid-cols-[170px_150px_1fr]">
      <Field label="Issue date" hint={invoice.issue_date === null ? "The day you finalise" : undefined}>
        <TextInput
          type="date"
          min="1970-01-01"
          max="2199-12-31"
          defaultValue={invoice.issue_date ?? ""}
          key={invoice.issue_date ?? "none"}
          onChange={(event) => {
            if (event.target.validity.valid) void draft.change({ issue_date: event.target.value || null });
          }}
        />
      </Field>
      <Field label="Payment terms" hint="Days" error={termsError}>
        <TextInput
          type="number"
          inputMode="numeric"
          min={0}
          max={365}
          step={1}
          defaultValue={invoice.payment_terms_days}
          key={invoice.payment_terms_days}
          onBlur={(event) => {
            const days = Number(event.target.value);
            if (event.target.value === "" || !Number.isInteger(days) || days < 0 || days > 365) {
              setTermsError("Enter 0 to 365 days.");
              return;
            }
            setTermsError(undefined);
            if (days !== invoice.payment_terms_days) void draft.change({ payment_terms_days: days });
          }}
        />
      </Field>
      <label className="flex items-center gap-2 md:order-last md:col-span-3 max-md:col-span-2">
        <Checkbox
          defaultChecked={invoice.evidence_appendix}
          key={String(invoice.evidence_appendix)}
          onChange={(event) => void draft.change({ evidence_appendix: event.target.checked })}
        />
        The PDF ends with the entries, tickets and commits behind the lines
      </label>
      <dl className="max-md:col-span-2">
        <Fact name="Due">
          <span className="flex h-8 items-center">{format.day(addDays(issued, invoice.payment_terms_days))}</span>
        </Fact>
      </dl>
    </div>
  );
}

const termsOf = (days: number): string => (days === 0 ? "due at once" : days === 1 ? "1 day" : `${days} days`);

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="mt-0.5">{children}</dd>
    </div>
  );
}

/** Words at the foot of the invoice; saved while typing pauses. */
export function InvoiceNotes({ invoice, draft }: { invoice: InvoiceRow; draft: InvoiceDraft | null }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  /** What is typed and not saved yet. */
  const typed = useRef<string | null>(null);
  const save = useRef<() => void>(() => undefined);
  useEffect(() => {
    save.current = () => {
      clearTimeout(timer.current);
      const text = typed.current?.trim();
      typed.current = null;
      if (text !== undefined && text !== (invoice.notes ?? ""))
        void draft?.change({ notes: text === "" ? null : text });
    };
    // What somebody else wrote appears, unless this person is writing.
    if (field.current !== null && document.activeElement !== field.current) field.current.value = invoice.notes ?? "";
  });
  // Leaving the page within the pause keeps the words.
  useEffect(() => () => save.current(), []);

  if (draft === null) {
    return invoice.notes === null ? null : (
      <div className="px-4 py-4">
        <h3 className="text-sm text-muted">Notes</h3>
        <p className="mt-0.5 whitespace-pre-wrap">{invoice.notes}</p>
      </div>
    );
  }
  return (
    <div className="px-4 py-4">
      <Field label="Notes" hint="Shown under the total.">
        <TextArea
          ref={field}
          maxLength={4000}
          rows={3}
          defaultValue={invoice.notes ?? ""}
          onChange={(event) => {
            typed.current = event.target.value;
            clearTimeout(timer.current);
            timer.current = setTimeout(() => save.current(), PAUSE);
          }}
          onBlur={() => save.current()}
        />
      </Field>
    </div>
  );
}
