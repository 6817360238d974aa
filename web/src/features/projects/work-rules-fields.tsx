import type { UseFormReturn } from "react-hook-form";
import { Field, Select, TextInput } from "../../ui/field.tsx";
import { Section } from "../../ui/page.tsx";
import type { ProjectValues } from "./project-columns.ts";

const pairRules = {
  author_only: "The author's alone",
  split: "Split among them",
  each_in_full: "Each in full",
} as const;

const agentRules = {
  as_person: "Billed as the person's",
  at_rate: "Billed at another rate",
  not_billed: "Not billed",
} as const;

/** Whose work a commit is that several people or an assistant made, and from which age one is flagged. */
export function WorkRulesFields({ form, currency }: { form: UseFormReturn<ProjectValues>; currency: string }) {
  const { errors } = form.formState;
  return (
    <Section
      title="Pairs, assistants and old commits"
      description="A commit may name others in Co-authored-by: members of the workspace, or coding assistants."
    >
      <div className="grid gap-x-4 gap-y-3 md:grid-cols-2">
        <Field
          label="The time of a pair is"
          hint="Where it is shared, members named beside the author get a draft of their own."
        >
          <Select {...form.register("pair_rule")}>
            {Object.entries(pairRules).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        </Field>
        <Field label="Flag commits older than, in days" error={errors.old_commit_days?.message}>
          <TextInput inputMode="numeric" {...form.register("old_commit_days")} />
        </Field>
        <Field label="Work with a coding assistant is" hint="Who is one is said under Settings, People.">
          <Select {...form.register("agent_rule")}>
            {Object.entries(agentRules).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        </Field>
        {form.watch("agent_rule") === "at_rate" && (
          <Field label={`Rate for it in ${currency}`} hint="For an hour." error={errors.agent_rate?.message}>
            <TextInput inputMode="decimal" {...form.register("agent_rate")} />
          </Field>
        )}
      </div>
    </Section>
  );
}
