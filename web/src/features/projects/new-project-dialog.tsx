import { settle } from "@billhook/database/client";
import { zodResolver } from "@hookform/resolvers/zod";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { z } from "../../lib/zod.ts";
import { useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { keys } from "../../data/query.ts";
import { type Client, useWorkspace } from "../../data/workspace.tsx";
import { checkRate, rateOrNull, requiredText } from "../../lib/fields.ts";
import { showServerError } from "../../lib/form-errors.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Field, Select, TextInput } from "../../ui/field.tsx";
import { billingHints, billingTypes } from "./billing-types.ts";
import { effectiveRate } from "./effective-rate.ts";

const schema = (currency: string, locale: string) =>
  z
    .object({
      name: requiredText("Give the project a name.", 200),
      billing_type: z.enum(["hourly", "fixed", "non_billable"]),
      rate: z.string(),
    })
    .superRefine((values, context) => checkRate(context, "rate", values.rate, currency, locale));

type Values = z.infer<ReturnType<typeof schema>>;

/** A new project of a client; its git configuration starts with the defaults. */
export function NewProjectDialog({ client, onClose }: { client: Client; onClose: () => void }) {
  const db = useDb();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const format = useFormat();
  const { workspace } = useWorkspace();
  const [problem, setProblem] = useState<string | null>(null);
  const locale = format.localeOf(client.id);
  const inherited = effectiveRate({ hourly_rate_minor: null }, client, workspace);
  const form = useForm<Values>({
    resolver: zodResolver(schema(client.currency, locale)),
    defaultValues: { name: "", billing_type: "hourly", rate: "" },
  });
  const { errors, isSubmitting } = form.formState;

  const create = async (values: Values): Promise<void> => {
    setProblem(null);
    const made = await settle(
      db
        .from("projects")
        .insert({
          workspace_id: client.workspace_id,
          client_id: client.id,
          name: values.name.trim(),
          billing_type: values.billing_type,
          hourly_rate_minor: rateOrNull(values.rate, client.currency, locale),
        })
        .select("id")
        .single(),
    );
    if (!made.ok) {
      setProblem(showServerError(form, made.error, { name: "name", hourly_rate_minor: "rate" }));
      return;
    }
    await queryClient.invalidateQueries({ queryKey: keys.projects(client.workspace_id) });
    await navigate({ to: "/projects/$projectId", params: { projectId: made.value.id } });
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`New project for ${client.name}`}
    >
      <form noValidate onSubmit={(event) => void form.handleSubmit(create)(event)} className="flex flex-col gap-3">
        <Field label="Name" error={errors.name?.message}>
          <TextInput autoFocus {...form.register("name")} />
        </Field>
        <div className="grid gap-x-4 gap-y-3 md:grid-cols-2">
          <Field label="Billing" hint={billingHints[form.watch("billing_type")]}>
            <Select {...form.register("billing_type")}>
              {Object.entries(billingTypes).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
          <Field label={`Hourly rate in ${client.currency}`} error={errors.rate?.message}>
            <TextInput
              inputMode="decimal"
              placeholder={
                inherited === null
                  ? "none"
                  : `${format.money(inherited.minor, client.currency, client.id)}, the ${inherited.from}'s`
              }
              {...form.register("rate")}
            />
          </Field>
        </div>
        {problem !== null && (
          <p role="alert" className="text-danger">
            {problem}
          </p>
        )}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={isSubmitting}>
            Create the project
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
