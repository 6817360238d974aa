import { settle } from "@billhook/database/client";
import { zodResolver } from "@hookform/resolvers/zod";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useForm } from "react-hook-form";
import { useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { keys } from "../../data/query.ts";
import { taxLabel, useTaxRates } from "../../data/tax-rates.ts";
import { type Client, useWorkspace } from "../../data/workspace.tsx";
import { changedColumns } from "../../lib/changed-columns.ts";
import { listCountries, listCurrencies, listLocales, listTimeZones } from "../../lib/choices.ts";
import { showServerError } from "../../lib/form-errors.ts";
import { clientCode } from "../../lib/invoice-number.ts";
import { moneyText } from "../../lib/money-text.ts";
import { roundingDirectionNames, roundingScopeNames, roundingSteps } from "../../lib/rounding-choices.ts";
import { useSavedForm } from "../../lib/use-saved-form.ts";
import { Checkbox, Field, Select, TextArea, TextInput } from "../../ui/field.tsx";
import { FormActions } from "../../ui/form-actions.tsx";
import { Section } from "../../ui/page.tsx";
import { notify } from "../../ui/toast.tsx";
import { type ClientValues, clientColumns, clientFields, clientSchema, clientValues } from "./client-columns.ts";

/** Everything that invoices say about a client, and how its work is priced. */
export function ClientForm({ client }: { client: Client }) {
  const db = useDb();
  const queryClient = useQueryClient();
  const format = useFormat();
  const { workspace, canManage } = useWorkspace();
  const [problem, setProblem] = useState<string | null>(null);
  const locale = format.localeOf(client.id);
  const values = useMemo(() => clientValues(client, locale), [client, locale]);
  const form = useForm<ClientValues>({
    resolver: zodResolver(clientSchema(locale)),
    defaultValues: values,
    disabled: !canManage,
  });
  useSavedForm(form, values);
  const { errors, isDirty, isSubmitting } = form.formState;
  const currency = form.watch("currency");
  const rates = useTaxRates();
  const own = rates.data?.find(({ id }) => id === workspace.tax_rate_id);

  const save = async (changed: ClientValues): Promise<void> => {
    setProblem(null);
    const saved = await settle(
      db
        .from("clients")
        .update(
          changedColumns(
            clientColumns(form.formState.defaultValues as ClientValues, locale),
            clientColumns(changed, locale),
          ),
        )
        .eq("workspace_id", client.workspace_id)
        .eq("id", client.id)
        .select("*")
        .single(),
    );
    if (!saved.ok) {
      setProblem(showServerError(form, saved.error, clientFields));
      return;
    }
    form.reset(clientValues(saved.value, locale));
    await queryClient.invalidateQueries({ queryKey: keys.clients(client.workspace_id) });
    void notify("Client saved");
  };
  const submit = form.handleSubmit(save);

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <Section title="On invoices">
        <div className="grid gap-x-4 gap-y-3 md:grid-cols-2">
          <Field label="Name" error={errors.name?.message}>
            <TextInput {...form.register("name")} />
          </Field>
          <Field label="Contact" error={errors.contact_name?.message}>
            <TextInput {...form.register("contact_name")} />
          </Field>
          <Field label="Email" hint="Where Stripe sends the invoices." error={errors.email?.message}>
            <TextInput type="email" autoComplete="off" {...form.register("email")} />
          </Field>
          <Field label="Tax number" error={errors.tax_id?.message}>
            <TextInput {...form.register("tax_id")} />
          </Field>
          <Field label="Address" error={errors.address?.message}>
            <TextArea rows={3} {...form.register("address")} />
          </Field>
          <div className="flex flex-col gap-3">
            <Field label="Country" error={errors.country?.message}>
              <Select {...form.register("country")}>
                <option value="">Not said</option>
                {listCountries().map(({ value, label }) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </Select>
            </Field>
          </div>
        </div>
      </Section>
      <Section title="Money and time">
        <div className="grid gap-x-4 gap-y-3 md:grid-cols-2">
          <Field
            label="Currency"
            hint={currency === client.currency ? undefined : `Work recorded so far stays in ${client.currency}.`}
            error={errors.currency?.message}
          >
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
            hint="For new work; what is recorded keeps its rate. A project can have its own."
            error={errors.rate?.message}
          >
            <TextInput
              inputMode="decimal"
              placeholder={
                workspace.currency === currency && workspace.hourly_rate_minor !== null
                  ? `${moneyText(workspace.hourly_rate_minor, currency, locale)}, the workspace's`
                  : "none"
              }
              {...form.register("rate")}
            />
          </Field>
          <Field label="Payment terms" hint="Days until an invoice is due." error={errors.payment_terms_days?.message}>
            <TextInput
              inputMode="numeric"
              placeholder={`${workspace.payment_terms_days}, the workspace's`}
              {...form.register("payment_terms_days")}
            />
          </Field>
          <Field
            label="Code in invoice numbers"
            hint="What {client} stands for in the pattern."
            error={errors.number_code?.message}
          >
            <TextInput spellCheck={false} placeholder={clientCode(client)} {...form.register("number_code")} />
          </Field>
          <Field label="Tax" hint="For new lines; each line can have another." error={errors.tax_rate_id?.message}>
            {/* The field is made anew once the choices are there: a list without its value shows another one. */}
            <Select key={String(rates.isSuccess)} {...form.register("tax_rate_id")}>
              <option value="">
                {own === undefined ? "None, as the workspace" : `${taxLabel(own)}, the workspace's`}
              </option>
              {(rates.data ?? [])
                .filter(({ id, archived_at }) => archived_at === null || id === client.tax_rate_id)
                .map((rate) => (
                  <option key={rate.id} value={rate.id}>
                    {taxLabel(rate)}
                  </option>
                ))}
            </Select>
          </Field>
          <Field label="Prices" error={errors.prices_include_tax?.message}>
            <Select {...form.register("prices_include_tax")}>
              <option value="">
                {workspace.prices_include_tax
                  ? "Include the tax, as the workspace's"
                  : "Without tax, as the workspace's"}
              </option>
              <option value="no">Without tax</option>
              <option value="yes">Include the tax</option>
            </Select>
          </Field>
          <Field
            label="Billed time"
            hint="When it is put on an invoice; what was approved stays. A project can have its own."
            error={errors.rounding_minutes?.message}
          >
            <Select {...form.register("rounding_minutes")}>
              {roundingSteps.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
          <div className="grid grid-cols-2 gap-x-4">
            <Field label="Rounded" error={errors.rounding_direction?.message}>
              <Select {...form.register("rounding_direction")}>
                {Object.entries(roundingDirectionNames).map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </Select>
            </Field>
            <Field label="Of" error={errors.rounding_scope?.message}>
              <Select {...form.register("rounding_scope")}>
                {Object.entries(roundingScopeNames).map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </Select>
            </Field>
          </div>
          <Field
            label="Language and number format"
            hint="Of invoices: in English, German, French, Spanish, Polish or Japanese; other languages have the English words."
            error={errors.locale?.message}
          >
            <Select {...form.register("locale")}>
              {listLocales(client.locale).map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Time zone" hint="Decides when an invoice is overdue." error={errors.timezone?.message}>
            <Select {...form.register("timezone")}>
              <option value="">The workspace's ({workspace.timezone.replaceAll("_", " ")})</option>
              {listTimeZones(client.timezone ?? "").map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
          <label className="flex items-center gap-2 md:col-span-2">
            <Checkbox {...form.register("evidence_appendix")} />
            Invoices end with the entries, tickets and commits behind their lines
          </label>
        </div>
      </Section>
      {canManage ? (
        <FormActions
          label="Save the client"
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
        <p className="text-muted">Only owners and admins change clients.</p>
      )}
    </form>
  );
}
