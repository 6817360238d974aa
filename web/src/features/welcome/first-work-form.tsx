import { settle } from "@billhook/database/client";
import { createClientWithProject } from "@billhook/database/workspaces";
import { zodResolver } from "@hookform/resolvers/zod";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { keys } from "../../data/query.ts";
import { useClients, useWorkspace } from "../../data/workspace.tsx";
import { listCurrencies } from "../../lib/choices.ts";
import { checkRate, currencyCode, rateOrNull, requiredText } from "../../lib/fields.ts";
import { showServerError } from "../../lib/form-errors.ts";
import { z } from "../../lib/zod.ts";
import { Button } from "../../ui/button.tsx";
import { Field, Select, TextInput } from "../../ui/field.tsx";

const schema = (locale: string) =>
  z
    .object({
      client: requiredText("Give the client a name.", 200),
      currency: currencyCode,
      rate: z.string(),
      project: requiredText("Give the project a name.", 200),
    })
    .superRefine((values, context) => checkRate(context, "rate", values.rate, values.currency, locale));

type Values = z.infer<ReturnType<typeof schema>>;

/** The first client with its first project. A client that is there without a project is gone on with. */
export function FirstWorkForm({ onDone }: { onDone: () => void }) {
  const db = useDb();
  const queryClient = useQueryClient();
  const format = useFormat();
  const { workspace } = useWorkspace();
  const clients = useClients();
  const [problem, setProblem] = useState<string | null>(null);
  const known = clients.data?.find((client) => client.archived_at === null);
  const locale = format.localeOf(null);
  const form = useForm<Values>({
    resolver: zodResolver(schema(locale)),
    defaultValues: {
      client: known?.name ?? "",
      currency: known?.currency ?? workspace.currency,
      rate: "",
      project: "",
    },
  });
  const { errors, isSubmitting } = form.formState;

  const create = async (values: Values): Promise<void> => {
    setProblem(null);
    const name = values.project.trim();
    if (known === undefined) {
      const client = {
        name: values.client.trim(),
        currency: values.currency,
        locale: workspace.locale,
        hourly_rate_minor: rateOrNull(values.rate, values.currency, locale),
      };
      const made = await createClientWithProject(db, workspace.id, client, { name });
      if (!made.ok) {
        setProblem(showServerError(form, made.error, { name: "client", hourly_rate_minor: "rate" }));
        return;
      }
      await queryClient.invalidateQueries({ queryKey: keys.clients(workspace.id) });
    } else {
      const project = await settle(
        db.from("projects").insert({ workspace_id: workspace.id, client_id: known.id, name }).select("id").single(),
      );
      if (!project.ok) {
        setProblem(showServerError(form, project.error, { name: "project" }));
        return;
      }
    }
    await queryClient.invalidateQueries({ queryKey: keys.projects(workspace.id) });
    onDone();
  };

  return (
    <form
      noValidate
      onSubmit={(event) => void form.handleSubmit(create)(event)}
      className="grid gap-x-4 gap-y-3 md:grid-cols-2"
    >
      {known === undefined ? (
        <>
          <Field label="Client" hint="Who gets the invoice." error={errors.client?.message} className="md:col-span-2">
            <TextInput autoFocus autoComplete="off" {...form.register("client")} />
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
          <Field label="Hourly rate" hint="May follow later." error={errors.rate?.message}>
            <TextInput inputMode="decimal" {...form.register("rate")} />
          </Field>
        </>
      ) : (
        <p className="md:col-span-2">
          For <strong>{known.name}</strong>.
        </p>
      )}
      <Field
        label="Project"
        hint="Repositories belong to a project."
        error={errors.project?.message}
        className="md:col-span-2"
      >
        <TextInput autoComplete="off" {...form.register("project")} />
      </Field>
      {problem !== null && (
        <p role="alert" className="text-danger md:col-span-2">
          {problem}
        </p>
      )}
      <div className="md:col-span-2">
        <Button type="submit" variant="primary" busy={isSubmitting}>
          {known === undefined ? "Create the client and the project" : "Create the project"}
        </Button>
      </div>
    </form>
  );
}
