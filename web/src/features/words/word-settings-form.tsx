import { settle } from "@billhook/database/client";
import { parseMoney } from "@billhook/domain/money";
import { models } from "@billhook/domain/word-models";
import { zodResolver } from "@hookform/resolvers/zod";
import { useMemo, useState } from "react";
import { useForm } from "react-hook-form";
import { useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { moneyText } from "../../lib/money-text.ts";
import { useSavedForm } from "../../lib/use-saved-form.ts";
import { z } from "../../lib/zod.ts";
import { Field, Select, TextArea, TextInput } from "../../ui/field.tsx";
import { FormActions } from "../../ui/form-actions.tsx";
import { Section } from "../../ui/page.tsx";
import { notify } from "../../ui/toast.tsx";
import {
  describeCost,
  toCents,
  toMicros,
  useRefreshWords,
  useWordSpending,
  wordCurrency,
  type WordSettings,
} from "./word-data.ts";

/** The columns' bounds. */
const mostCents = 10_000_000;
const mostNames = 200;
const longestName = 80;

const linesOf = (text: string): string[] => [
  ...new Set(
    text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== ""),
  ),
];

const schemaOf = (locale: string) =>
  z.object({
    model: z.string(),
    budget: z.string().superRefine((text, context) => {
      const read = parseMoney(text, wordCurrency, locale);
      if (!read.ok) context.addIssue({ code: "custom", message: read.error });
      else if (read.minor < 0 || read.minor > mostCents)
        context.addIssue({ code: "custom", message: "Enter an amount from 0 to 100,000." });
    }),
    code_names: z.string().superRefine((text, context) => {
      const names = linesOf(text);
      if (names.length > mostNames) context.addIssue({ code: "custom", message: `At most ${mostNames} names.` });
      if (names.some((name) => name.length < 2 || name.length > longestName))
        context.addIssue({ code: "custom", message: `A name has 2 to ${longestName} characters.` });
    }),
  });

type Values = z.infer<ReturnType<typeof schemaOf>>;

/** The model, what it may cost in a month with what it has cost, and names it is never told. */
export function WordSettingsForm({ settings }: { settings: WordSettings }) {
  const db = useDb();
  const format = useFormat();
  const { workspace, canManage } = useWorkspace();
  const refresh = useRefreshWords();
  const spending = useWordSpending();
  const [problem, setProblem] = useState<string | null>(null);
  const locale = format.localeOf(null);
  const values = useMemo(
    (): Values => ({
      model: settings.model,
      budget: moneyText(toCents(settings.monthly_budget_micros), wordCurrency, locale),
      code_names: settings.code_names.join("\n"),
    }),
    [settings, locale],
  );
  const form = useForm<Values>({
    resolver: zodResolver(schemaOf(locale)),
    defaultValues: values,
    disabled: !canManage,
  });
  useSavedForm(form, values);
  const { errors, isDirty, isSubmitting } = form.formState;

  const save = async (changed: Values): Promise<void> => {
    setProblem(null);
    const budget = parseMoney(changed.budget, wordCurrency, locale);
    const saved = await settle(
      db
        .from("word_settings")
        .update({
          model: changed.model,
          monthly_budget_micros: toMicros(budget.ok ? budget.minor : 0),
          code_names: linesOf(changed.code_names),
        })
        .eq("workspace_id", workspace.id)
        .select("workspace_id")
        .single(),
    );
    if (!saved.ok) {
      setProblem(saved.error.message);
      return;
    }
    form.reset(changed);
    await refresh();
    void notify("Words saved");
  };
  const submit = form.handleSubmit(save);
  const spent = spending.data?.spent_micros ?? 0;

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <Section title="Model and budget">
        <div className="grid gap-x-4 gap-y-3 md:grid-cols-2">
          <Field
            label="Model"
            hint="Prices are for a million tokens; a line takes a few hundred."
            error={errors.model?.message}
          >
            <Select {...form.register("model")}>
              {models.map(({ id, name, inputPrice, outputPrice }) => (
                <option key={id} value={id}>
                  {name}: {format.money(toCents(inputPrice), wordCurrency)} in,{" "}
                  {format.money(toCents(outputPrice), wordCurrency)} out
                </option>
              ))}
            </Select>
          </Field>
          <Field
            label="Budget for a month, in US dollars"
            hint="Once it is used up, lines keep the commit's words until the next month (UTC)."
            error={errors.budget?.message}
          >
            <TextInput inputMode="decimal" {...form.register("budget")} />
          </Field>
        </div>
        <Spent spent={spent} budget={settings.monthly_budget_micros} lines={spending.data?.lines ?? 0} />
      </Section>
      <Section
        title="Code names"
        description="Secrets, e-mail addresses and private addresses never leave. These names don't either: the model is told another name, and the line has yours again."
      >
        <Field
          label="One a line"
          hint="Found whatever their case, and within identifiers."
          error={errors.code_names?.message}
        >
          <TextArea rows={4} spellCheck={false} {...form.register("code_names")} />
        </Field>
      </Section>
      {canManage ? (
        <FormActions
          label="Save the words"
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
        <p className="mb-6 text-muted">Only owners and admins change this.</p>
      )}
    </form>
  );
}

function Spent({ spent, budget, lines }: { spent: number; budget: number; lines: number }) {
  const format = useFormat();
  const share = budget === 0 ? 1 : Math.min(1, spent / budget);
  return (
    <div className="mt-3">
      <div
        role="meter"
        aria-label="Spent of this month's budget"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        className="h-1.5 overflow-hidden rounded-full bg-sunken"
      >
        <div
          className={share >= 0.9 ? "h-full bg-warn" : "h-full bg-accent"}
          style={{ width: `${Math.max(share * 100, spent > 0 ? 1 : 0)}%` }}
        />
      </div>
      <p className="mt-1 text-sm text-muted">
        {describeCost(format, spent)} spent of {format.money(toCents(budget), wordCurrency)} this month, for {lines}{" "}
        {lines === 1 ? "line" : "lines"}
      </p>
    </div>
  );
}
