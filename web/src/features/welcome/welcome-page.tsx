import { createWorkspace } from "@billhook/database/workspaces";
import { zodResolver } from "@hookform/resolvers/zod";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useForm } from "react-hook-form";
import { z } from "../../lib/zod.ts";
import { useApp, useSession } from "../../data/app.tsx";
import { keys } from "../../data/query.ts";
import type { Memberships } from "../../data/workspace.tsx";
import { listCurrencies, listTimeZones } from "../../lib/choices.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Field, Select, TextInput } from "../../ui/field.tsx";
import { ownCurrency } from "./own-currency.ts";

const schema = z.object({
  person: z.string().trim().max(120, "A name has at most 120 characters."),
  name: z.string().trim().min(1, "Give the workspace a name.").max(120, "A name has at most 120 characters."),
  currency: z.string().regex(/^[A-Z]{3}$/u, "A currency is three capital letters, such as EUR."),
  timezone: z.string().min(1, "Choose a time zone."),
});
type Values = z.infer<typeof schema>;

/** Makes a workspace: the first one after signing up, or another. */
export function WelcomePage() {
  const app = useApp();
  const session = useSession();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const [problem, setProblem] = useState<string | null>(null);
  const another =
    (queryClient.getQueryData<Memberships>(keys.workspaces(session?.user.id ?? ""))?.workspaces.length ?? 0) > 0;
  const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  const form = useForm<Values>({
    resolver: zodResolver(schema),
    defaultValues: { person: "", name: "", currency: ownCurrency(navigator.language), timezone: ownZone },
  });

  useEffect(() => {
    document.title = "New workspace · Billhook";
  }, []);
  useEffect(() => {
    if (session === null) void navigate({ to: "/sign-in", replace: true });
  }, [session, navigate]);

  const make = async (values: Values): Promise<void> => {
    setProblem(null);
    const made = await createWorkspace(app.db, {
      name: values.name,
      currency: values.currency,
      timezone: values.timezone,
      displayName: values.person === "" ? null : values.person,
    });
    if (!made.ok) {
      const { field, message } = made.error;
      if (field === "name" || field === "currency" || field === "timezone") form.setError(field, { message });
      else setProblem(message);
      return;
    }
    localStorage.setItem("billhook.workspace", made.value);
    await queryClient.invalidateQueries({
      queryKey: keys.workspaces(session?.user.id ?? ""),
      refetchType: "all",
    });
    queryClient.removeQueries({ queryKey: keys.workspaces(session?.user.id ?? "") });
    await navigate({ to: "/start", search: { workspace: made.value } });
  };

  const { errors, isSubmitting } = form.formState;
  return (
    <main className="flex min-h-full flex-col items-center bg-surface px-4 py-[10vh]">
      <div className="w-full max-w-96">
        <p className="text-sm text-muted">Step 1 of 4</p>
        <h1 className="text-xl font-semibold">Who bills?</h1>
        <p className="mt-1 text-muted">
          A workspace holds your clients, repositories and invoices. All of this can be changed later.
        </p>
        <form className="mt-5 flex flex-col gap-3" noValidate onSubmit={form.handleSubmit(make)}>
          <Field
            label="Name"
            hint="Your name or your company's, as invoices will show it."
            error={errors.name?.message}
          >
            <TextInput autoFocus autoComplete="organization" {...form.register("name")} />
          </Field>
          <Field label="Your name" hint="How colleagues see you. May stay empty." error={errors.person?.message}>
            <TextInput autoComplete="name" {...form.register("person")} />
          </Field>
          <Field label="Currency" hint="Each client can have another." error={errors.currency?.message}>
            <Select {...form.register("currency")}>
              {listCurrencies().map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Time zone" hint="Decides which day a commit belongs to." error={errors.timezone?.message}>
            <Select {...form.register("timezone")}>
              {listTimeZones(ownZone).map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
          {problem !== null && (
            <p role="alert" className="text-danger">
              {problem}
            </p>
          )}
          <Button type="submit" variant="primary" busy={isSubmitting}>
            Create the workspace
          </Button>
        </form>
        <div className="mt-3 flex gap-2">
          {another && (
            <Link to="/inbox" className={buttonClass("ghost")}>
              Back to the inbox
            </Link>
          )}
          <Button variant="ghost" onClick={() => void app.session.signOut()}>
            Sign out
          </Button>
        </div>
      </div>
    </main>
  );
}
