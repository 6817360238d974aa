import { settle } from "@billhook/database/client";
import { zodResolver } from "@hookform/resolvers/zod";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { keys } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { listCurrencies } from "../../lib/choices.ts";
import { showServerError } from "../../lib/form-errors.ts";
import { moneyText } from "../../lib/money-text.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Field, Select, TextInput } from "../../ui/field.tsx";
import { type ClientValues, clientColumns, clientFields, clientSchema, newClientValues } from "./client-columns.ts";

/** The few things without which nobody can be billed; the rest is on the client's page. */
export function NewClientDialog({ onClose }: { onClose: () => void }) {
  const db = useDb();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const format = useFormat();
  const { workspace } = useWorkspace();
  const [problem, setProblem] = useState<string | null>(null);
  const locale = format.localeOf(null);
  const form = useForm<ClientValues>({
    resolver: zodResolver(clientSchema(locale)),
    defaultValues: newClientValues(workspace),
  });
  const currency = form.watch("currency");
  const { errors, isSubmitting } = form.formState;

  const create = async (values: ClientValues): Promise<void> => {
    setProblem(null);
    const made = await settle(
      db
        .from("clients")
        .insert({ workspace_id: workspace.id, ...clientColumns(values, locale) })
        .select("id")
        .single(),
    );
    if (!made.ok) {
      setProblem(showServerError(form, made.error, clientFields));
      return;
    }
    await queryClient.invalidateQueries({ queryKey: keys.clients(workspace.id) });
    await navigate({ to: "/clients/$clientId", params: { clientId: made.value.id } });
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title="New client"
      description="Address, tax number and the rest can follow on the client's page."
    >
      <form
        noValidate
        onSubmit={(event) => void form.handleSubmit(create)(event)}
        className="grid grid-cols-2 gap-x-4 gap-y-3"
      >
        <Field label="Name" error={errors.name?.message} className="col-span-2">
          <TextInput autoFocus autoComplete="organization" {...form.register("name")} />
        </Field>
        <Field
          label="Email"
          hint="Where Stripe sends the invoices."
          error={errors.email?.message}
          className="col-span-2"
        >
          <TextInput type="email" autoComplete="off" {...form.register("email")} />
        </Field>
        <Field label="Currency" error={errors.currency?.message}>
          <Select {...form.register("currency")}>
            {listCurrencies().map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        </Field>
        <Field label="Hourly rate" hint="A project can have its own." error={errors.rate?.message}>
          <TextInput
            inputMode="decimal"
            placeholder={
              workspace.currency === currency ? moneyText(workspace.hourly_rate_minor, currency, locale) : ""
            }
            {...form.register("rate")}
          />
        </Field>
        <div className="col-span-2">
          {problem !== null && (
            <p role="alert" className="text-danger">
              {problem}
            </p>
          )}
          <DialogActions>
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="primary" busy={isSubmitting}>
              Create the client
            </Button>
          </DialogActions>
        </div>
      </form>
    </Dialog>
  );
}
