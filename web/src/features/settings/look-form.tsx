import { settle } from "@billhook/database/client";
import { isLegible, legibleShade } from "@billhook/domain/accent-color";
import { zodResolver } from "@hookform/resolvers/zod";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { useDb, useSession } from "../../data/app.tsx";
import { keys } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { changedColumns } from "../../lib/changed-columns.ts";
import { listCountries } from "../../lib/choices.ts";
import { showServerError } from "../../lib/form-errors.ts";
import { useSavedForm } from "../../lib/use-saved-form.ts";
import { Field, Select, TextArea, TextInput } from "../../ui/field.tsx";
import { FormActions } from "../../ui/form-actions.tsx";
import { Section } from "../../ui/page.tsx";
import { notify } from "../../ui/toast.tsx";
import { LogoField } from "./logo-field.tsx";
import {
  codeHint,
  lookColumns,
  lookFields,
  lookSchema,
  type LookValues,
  lookValues,
  missingForCode,
} from "./look-columns.ts";
import { LookPreview } from "./look-preview.tsx";

/** How invoices look and where they are paid, beside an example of it. */
export function LookForm() {
  const db = useDb();
  const session = useSession();
  const queryClient = useQueryClient();
  const { workspace, canManage } = useWorkspace();
  const [problem, setProblem] = useState<string | null>(null);
  const values = useMemo(() => lookValues(workspace), [workspace]);
  const form = useForm<LookValues>({
    resolver: zodResolver(lookSchema),
    defaultValues: values,
    disabled: !canManage,
  });
  useSavedForm(form, values);
  const { errors, isDirty, isSubmitting } = form.formState;
  const now: LookValues = { ...values, ...useWatch({ control: form.control }) };
  const color = /^#[0-9a-fA-F]{6}$/u.test(now.accent_color) ? now.accent_color.toLowerCase() : values.accent_color;
  const shown = { ...now, accent_color: color };
  const missing = missingForCode(shown, workspace.address);

  const save = async (changed: LookValues): Promise<void> => {
    setProblem(null);
    const saved = await settle(
      db
        .from("workspaces")
        .update(changedColumns(lookColumns(form.formState.defaultValues as LookValues), lookColumns(changed)))
        .eq("id", workspace.id)
        .select("*")
        .single(),
    );
    if (!saved.ok) {
      setProblem(showServerError(form, saved.error, lookFields));
      return;
    }
    form.reset(lookValues(saved.value));
    await queryClient.invalidateQueries({ queryKey: keys.workspaces(session?.user.id ?? "") });
    void notify("Invoice settings saved");
  };
  const submit = form.handleSubmit(save);

  return (
    <div className="mx-auto grid max-w-6xl gap-x-8 gap-y-6 px-4 py-5 lg:grid-cols-[minmax(0,1fr)_minmax(0,26rem)]">
      <form noValidate onSubmit={(event) => void submit(event)}>
        <Section title="Look" description="At the head of every invoice. Finalised invoices keep what they were given.">
          <div className="flex flex-col gap-4">
            <LogoField />
            <div className="flex items-start gap-2">
              <Field
                label="Colour"
                hint={
                  isLegible(color)
                    ? "For headings and totals."
                    : `Too light to read on paper: ${legibleShade(color)} is printed instead.`
                }
                error={errors.accent_color?.message}
                className="max-w-72"
              >
                <TextInput spellCheck={false} className="font-mono" {...form.register("accent_color")} />
              </Field>
              <input
                type="color"
                aria-label="Choose the colour"
                disabled={!canManage}
                value={color}
                className="mt-[1.375rem] h-8 w-12 cursor-pointer rounded-md border border-line bg-surface p-1 max-md:h-9"
                onChange={({ target }) => form.setValue("accent_color", target.value, { shouldDirty: true })}
              />
            </div>
          </div>
        </Section>
        <Section title="Account" description="Where invoices are paid by transfer.">
          <div className="grid gap-x-4 gap-y-3 md:grid-cols-2">
            <Field label="Account holder" hint="Where it is not your name." error={errors.account_holder?.message}>
              <TextInput placeholder={workspace.legal_name ?? workspace.name} {...form.register("account_holder")} />
            </Field>
            <Field label="IBAN" error={errors.iban?.message}>
              <TextInput spellCheck={false} autoComplete="off" className="tabular-nums" {...form.register("iban")} />
            </Field>
            <Field label="BIC" hint="Not needed within SEPA." error={errors.bic?.message}>
              <TextInput spellCheck={false} autoComplete="off" {...form.register("bic")} />
            </Field>
            <Field label="Bank" error={errors.bank_name?.message}>
              <TextInput {...form.register("bank_name")} />
            </Field>
            <Field
              label="Other details"
              hint="Accounts without an IBAN: routing number, sort code, account number."
              error={errors.bank_details?.message}
              className="md:col-span-2"
            >
              <TextArea rows={3} {...form.register("bank_details")} />
            </Field>
          </div>
        </Section>
        <Section
          title="Payment code"
          description="A square that banking apps read, with account, amount and reference."
        >
          <div className="grid gap-x-4 gap-y-3 md:grid-cols-2">
            <Field label="Code" hint={codeHint(shown)} error={missing ?? errors.payment_code?.message}>
              <Select {...form.register("payment_code")}>
                <option value="automatic">What fits the account and the client</option>
                <option value="epc">SEPA (EPC, GiroCode)</option>
                <option value="swiss">Swiss QR-bill</option>
                <option value="none">None</option>
              </Select>
            </Field>
            <Field label="Your country" hint="For the address on a QR-bill." error={errors.country?.message}>
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
        </Section>
        {canManage ? (
          <FormActions
            label="Save the invoice settings"
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
          <p className="mb-6 text-muted">Only owners and admins change how invoices look.</p>
        )}
      </form>
      <LookPreview values={shown} />
    </div>
  );
}
