import { type Answer, settle } from "@billhook/database/client";
import { zodResolver } from "@hookform/resolvers/zod";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useForm } from "react-hook-form";
import { useDb } from "../../data/app.tsx";
import { useFormat } from "../../data/format.ts";
import { keys } from "../../data/query.ts";
import { type Client, type Project, useWorkspace } from "../../data/workspace.tsx";
import { changedColumns } from "../../lib/changed-columns.ts";
import { showServerError } from "../../lib/form-errors.ts";
import { useSavedForm } from "../../lib/use-saved-form.ts";
import { Field, Select, TextInput } from "../../ui/field.tsx";
import { FormActions } from "../../ui/form-actions.tsx";
import { Section } from "../../ui/page.tsx";
import { notify } from "../../ui/toast.tsx";
import { ProjectRates } from "../rates/project-rates.tsx";
import { billingHints, billingTypes } from "./billing-types.ts";
import { effectiveRate } from "./effective-rate.ts";
import { ProjectWords } from "../words/project-words.tsx";
import { BudgetFields } from "./budget-fields.tsx";
import { GitConfigFields } from "./git-config-fields.tsx";
import { WorkRulesFields } from "./work-rules-fields.tsx";
import { GitPreview } from "./git-preview.tsx";
import {
  type GitConfigRow,
  type ProjectValues,
  gitRulesOf,
  projectColumns,
  projectSchema,
  projectValues,
  savedGitConfig,
  ticketRulesOf,
  workRulesOf,
} from "./project-columns.ts";
import { ProjectRepositories } from "./project-repositories.tsx";
import { TicketRulesFields } from "./ticket-rules-fields.tsx";

/** A project and its git configuration, with what the configuration makes of the latest commits beside it. */
export function ProjectForm(props: { project: Project; client: Client; config: GitConfigRow }) {
  const { project, client, config } = props;
  const db = useDb();
  const queryClient = useQueryClient();
  const format = useFormat();
  const { workspace, canManage } = useWorkspace();
  const [problem, setProblem] = useState<string | null>(null);
  const locale = format.localeOf(client.id);
  const saved = useMemo(() => savedGitConfig(config), [config]);
  const values = useMemo(
    () => projectValues(project, config, client.currency, locale),
    [project, config, client.currency, locale],
  );
  const form = useForm<ProjectValues>({
    resolver: zodResolver(projectSchema(client.currency, locale)),
    defaultValues: values,
    mode: "onChange",
    disabled: !canManage,
  });
  useSavedForm(form, values);
  const { errors, isDirty, isSubmitting } = form.formState;
  const inherited = effectiveRate({ hourly_rate_minor: null }, client, workspace);
  // A form that may not be edited answers no values.
  const typed = { ...values, ...form.watch() };

  const save = async (changed: ProjectValues): Promise<void> => {
    setProblem(null);
    const before = form.formState.defaultValues as ProjectValues;
    const columns = changedColumns(
      projectColumns(before, client.currency, locale),
      projectColumns(changed, client.currency, locale),
    );
    const rulesOf = (rules: ProjectValues) => ({
      ...gitRulesOf(rules),
      ...ticketRulesOf(rules),
      ...workRulesOf(rules, client.currency, locale),
    });
    const rules = changedColumns(rulesOf(before), rulesOf(changed));
    const changes: PromiseLike<Answer<unknown>>[] = [];
    if (Object.keys(columns).length > 0)
      changes.push(db.from("projects").update(columns).eq("id", project.id).select("id").single());
    if (Object.keys(rules).length > 0) {
      changes.push(
        db.from("project_git_configs").update(rules).eq("project_id", project.id).select("project_id").single(),
      );
    }
    for (const change of changes) {
      const written = await settle(change);
      if (!written.ok) {
        setProblem(
          showServerError(form, written.error, {
            name: "name",
            hourly_rate_minor: "rate",
            agent_hourly_rate_minor: "agent_rate",
          }),
        );
        await queryClient.invalidateQueries({ queryKey: keys.projects(project.workspace_id) });
        return;
      }
    }
    form.reset(changed);
    await queryClient.invalidateQueries({ queryKey: keys.projects(project.workspace_id) });
    void notify("Project saved");
  };
  const submit = form.handleSubmit(save);

  return (
    <div className="xl:grid xl:grid-cols-[minmax(0,3fr)_minmax(380px,2fr)]">
      <div className="mx-auto w-full max-w-3xl px-4 py-5">
        <form noValidate onSubmit={(event) => void submit(event)}>
          <Section title="Billing">
            <div className="grid gap-x-4 gap-y-3 md:grid-cols-3">
              <Field label="Name" error={errors.name?.message}>
                <TextInput {...form.register("name")} />
              </Field>
              <Field label="Billing" hint={billingHints[typed.billing_type]}>
                <Select {...form.register("billing_type")}>
                  {Object.entries(billingTypes).map(([value, label]) => (
                    <option key={value} value={value}>
                      {label}
                    </option>
                  ))}
                </Select>
              </Field>
              <Field
                label={`Hourly rate in ${client.currency}`}
                hint="For new work; what is recorded keeps its rate."
                error={errors.rate?.message}
              >
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
          </Section>
          <BudgetFields form={form} client={client} />
          <Section
            title="Rates"
            description="The client's special rate goes before a person's on the project, the project's, the person's own, the client's and the workspace's."
          >
            <ProjectRates project={project} client={client} />
          </Section>
          <Section title="Repositories">
            <ProjectRepositories project={project} />
          </Section>
          <GitConfigFields form={form} />
          <TicketRulesFields form={form} />
          <WorkRulesFields form={form} currency={client.currency} />
          {canManage ? (
            <FormActions
              label="Save the project"
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
            <p className="text-muted">Only owners and admins change projects.</p>
          )}
        </form>
        <div className="mt-6">
          <ProjectWords projectId={project.id} strategy={config.words_strategy} />
        </div>
      </div>
      <aside
        aria-label="Preview"
        className="flex flex-col border-line bg-canvas max-xl:max-h-[80dvh] max-xl:border-t xl:sticky xl:top-0 xl:h-[calc(100dvh-49px)] xl:border-l"
      >
        <h2 className="px-4 pt-3 text-xs font-medium text-faint">Preview on the latest commits</h2>
        <GitPreview projectId={project.id} config={{ ...saved, ...gitRulesOf(typed) }} saved={saved} />
      </aside>
    </div>
  );
}
