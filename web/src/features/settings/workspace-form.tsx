import { settle } from "@billhook/database/client";
import { zodResolver } from "@hookform/resolvers/zod";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useForm } from "react-hook-form";
import { useDb, useSession } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { keys } from "../../data/query.ts";
import { taxLabel, useTaxRates } from "../../data/tax-rates.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { changedColumns } from "../../lib/changed-columns.ts";
import { listCurrencies, listLocales, listTimeZones } from "../../lib/choices.ts";
import { showServerError } from "../../lib/form-errors.ts";
import { type NumberSeries, useNextCount } from "../../data/invoice-counters.ts";
import { formatInvoiceNumber } from "../../lib/invoice-number.ts";
import { useSavedForm } from "../../lib/use-saved-form.ts";
import { Checkbox, Field, Select, TextArea, TextInput } from "../../ui/field.tsx";
import { FormActions } from "../../ui/form-actions.tsx";
import { Section } from "../../ui/page.tsx";
import { notify } from "../../ui/toast.tsx";
import {
  type WorkspaceValues,
  workspaceColumns,
  workspaceFields,
  workspaceSchema,
  workspaceValues,
} from "./workspace-columns.ts";

/** Who bills, in what money and time, and how invoices are numbered. */
export function WorkspaceForm() {
  const db = useDb();
  const session = useSession();
  const queryClient = useQueryClient();
  const format = useFormat();
  const { workspace, canManage } = useWorkspace();
  const [problem, setProblem] = useState<string | null>(null);
  const locale = format.localeOf(null);
  const values = useMemo(() => workspaceValues(workspace, locale), [workspace, locale]);
  const form = useForm<WorkspaceValues>({
    resolver: zodResolver(workspaceSchema(locale)),
    defaultValues: values,
    disabled: !canManage,
  });
  useSavedForm(form, values);
  const { errors, isDirty, isSubmitting } = form.formState;
  const rates = useTaxRates();
  const pattern = form.watch("invoice_number_pattern") ?? workspace.invoice_number_pattern;
  const creditPattern = form.watch("credit_note_number_pattern") ?? workspace.credit_note_number_pattern;

  const save = async (changed: WorkspaceValues): Promise<void> => {
    setProblem(null);
    const saved = await settle(
      db
        .from("workspaces")
        .update(
          changedColumns(
            workspaceColumns(form.formState.defaultValues as WorkspaceValues, locale),
            workspaceColumns(changed, locale),
          ),
        )
        .eq("id", workspace.id)
        .select("*")
        .single(),
    );
    if (!saved.ok) {
      setProblem(showServerError(form, saved.error, workspaceFields));
      return;
    }
    form.reset(workspaceValues(saved.value, locale));
    await queryClient.invalidateQueries({ queryKey: keys.workspaces(session?.user.id ?? "") });
    void notify("Workspace saved");
  };
  const submit = form.handleSubmit(save);

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <Section title="Who bills" description="As your invoices show it. Finalised invoices keep what they were given.">
        <div className="grid gap-x-4 gap-y-3 md:grid-cols-2">
          <Field label="Workspace name" hint="Shown in the app." error={errors.name?.message}>
            <TextInput {...form.register("name")} />
          </Field>
          <Field label="Legal name" hint="Shown on invoices." error={errors.legal_name?.message}>
            <TextInput autoComplete="organization" placeholder={workspace.name} {...form.register("legal_name")} />
          </Field>
          <Field label="Address" error={errors.address?.message}>
            <TextArea rows={3} autoComplete="street-address" {...form.register("address")} />
          </Field>
          <Field label="Email" error={errors.email?.message}>
            <TextInput type="email" autoComplete="email" {...form.register("email")} />
          </Field>
          <Field label="Tax number" error={errors.tax_id?.message}>
            <TextInput {...form.register("tax_id")} />
          </Field>
        </div>
      </Section>
      <Section title="Money and time">
        <div className="grid gap-x-4 gap-y-3 md:grid-cols-2">
          <Field label="Currency" hint="Each client can have another." error={errors.currency?.message}>
            <Select {...form.register("currency")}>
              {listCurrencies().map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
          <Field
            label="Hourly rate"
            hint="Where neither project nor client has one. What is recorded keeps its rate."
            error={errors.rate?.message}
          >
            <TextInput inputMode="decimal" placeholder="none" {...form.register("rate")} />
          </Field>
          <Field
            label="Time zone"
            hint="Decides which day a commit belongs to. All times are shown in it."
            error={errors.timezone?.message}
          >
            <Select {...form.register("timezone")}>
              {listTimeZones(workspace.timezone).map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
          <Field
            label="Language and number format"
            hint="For amounts and dates in the app. Each client has its own."
            error={errors.locale?.message}
          >
            <Select {...form.register("locale")}>
              {listLocales(workspace.locale).map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Hours as" error={errors.time_display?.message}>
            <Select {...form.register("time_display")}>
              <option value="hm">2 h 15 m</option>
              <option value="decimal">2.25 h</option>
            </Select>
          </Field>
        </div>
      </Section>
      <Section title="Invoices">
        <div className="grid gap-x-4 gap-y-3 md:grid-cols-2">
          <Field
            label="Number pattern"
            hint={
              <>
                The next one is <NextNumber series="invoice" pattern={pattern} />.{" "}
                {pattern.includes("{year}")
                  ? "With {year} the count begins anew each year."
                  : "The count never begins anew."}
              </>
            }
            error={errors.invoice_number_pattern?.message}
          >
            <TextInput spellCheck={false} className="font-mono" {...form.register("invoice_number_pattern")} />
          </Field>
          <Field
            label="Number pattern of credit notes"
            hint={
              <>
                <NextNumber series="credit_note" pattern={creditPattern} />, counted apart.{" "}
                {"{year}, {month} and {client}"} can stand in both.
              </>
            }
            error={errors.credit_note_number_pattern?.message}
          >
            <TextInput spellCheck={false} className="font-mono" {...form.register("credit_note_number_pattern")} />
          </Field>
          <Field
            label="Payment terms"
            hint="Days until an invoice is due. Each client can have its own."
            error={errors.payment_terms_days?.message}
          >
            <TextInput inputMode="numeric" {...form.register("payment_terms_days")} />
          </Field>
          <Field label="Tax" hint="For new lines. Each client can have another." error={errors.tax_rate_id?.message}>
            {/* The field is made anew once the choices are there: a list without its value shows another one. */}
            <Select key={String(rates.isSuccess)} {...form.register("tax_rate_id")}>
              <option value="">None</option>
              {(rates.data ?? [])
                .filter(({ id, archived_at }) => archived_at === null || id === workspace.tax_rate_id)
                .map((rate) => (
                  <option key={rate.id} value={rate.id}>
                    {taxLabel(rate)}
                  </option>
                ))}
            </Select>
          </Field>
          <Field label="Prices" error={errors.prices_include_tax?.message}>
            <Select {...form.register("prices_include_tax")}>
              <option value="no">Without tax, which is added</option>
              <option value="yes">Include the tax</option>
            </Select>
          </Field>
          <Field
            label="Tax is rounded"
            hint="Once per rate is what electronic invoices expect."
            error={errors.tax_rounding?.message}
          >
            <Select {...form.register("tax_rounding")}>
              <option value="total">once per rate</option>
              <option value="line">on each line</option>
            </Select>
          </Field>
          <label className="flex items-center gap-2 md:mt-5">
            <Checkbox {...form.register("test_mode")} />
            New invoices are tests, with numbers of their own
          </label>
        </div>
      </Section>
      {canManage ? (
        <FormActions
          label="Save the workspace"
          dirty={isDirty}
          busy={isSubmitting}
          problem={problem}
          onSave={() => void submit()}
          onReset={() => {
            setProblem(null);
            form.reset(values);
          }}
        />
      ) : (
        <p className="mb-6 text-muted">Only owners and admins change the workspace.</p>
      )}
    </form>
  );
}

/** The number that the pattern gives next, of today and a client whose code is CLIENT. */
function NextNumber({ series, pattern }: { series: NumberSeries; pattern: string }) {
  const today = useFormat().today();
  const count = useNextCount(series, pattern, today);
  return <span className="font-medium text-ink">{formatInvoiceNumber(pattern, today, count ?? 1)}</span>;
}
