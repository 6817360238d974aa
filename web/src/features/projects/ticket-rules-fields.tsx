import type { UseFormReturn } from "react-hook-form";
import { Checkbox, Field, Select, TextArea } from "../../ui/field.tsx";
import { Section } from "../../ui/page.tsx";
import type { ProjectValues } from "./project-columns.ts";

const epicRules = {
  none: "Nothing",
  group: "The group of its lines",
  group_and_category: "Their group and their category",
} as const;

const loggedTimeRules = {
  evidence: "Evidence beside the estimate",
  time: "The time itself, shared among its commits",
} as const;

const checks: { name: "tickets_only" | "done_tickets_only" | "write_worklogs"; label: string; text: string }[] = [
  {
    name: "tickets_only",
    label: "Only commits that name a ticket",
    text: "A key such as SHOP-12 or #12 in the message, or in the name of the branch. Others are ignored, and can be brought back.",
  },
  {
    name: "done_tickets_only",
    label: "Only tickets that are done",
    text: "Lines of others are put off until theirs is. You can bring each back before.",
  },
  {
    name: "write_worklogs",
    label: "Write approved time to the ticket",
    text: "Once, as a log of its own; taken back with the approval. Where the system keeps time.",
  },
];

/** What a project makes of the tickets its commits name. */
export function TicketRulesFields({ form }: { form: UseFormReturn<ProjectValues> }) {
  const { errors } = form.formState;
  return (
    <Section
      title="Tickets"
      description="For tickets of the systems connected in the settings. Changes apply to commits that arrive from now on, and to untouched lines when their ticket changes."
    >
      <div className="flex flex-col gap-3">
        {checks.map(({ name, label, text }) => (
          <label key={name} className="flex items-start gap-2.5">
            <Checkbox className="mt-0.5" {...form.register(name)} />
            <span>
              <span className="block font-medium">{label}</span>
              <span className="block text-sm text-muted">{text}</span>
            </span>
          </label>
        ))}
        <div className="grid gap-x-4 gap-y-3 md:grid-cols-2">
          <Field label="An epic becomes" hint="Without an epic, what stands above the ticket in its place.">
            <Select {...form.register("epic_rule")}>
              {Object.entries(epicRules).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Time logged on a ticket is" hint="A time that a message names comes first.">
            <Select {...form.register("logged_time_rule")}>
              {Object.entries(loggedTimeRules).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
          <Field
            label="Billable labels"
            hint="One per line. Only tickets with one of these are billed. Empty: all are."
            error={errors.billable_labels?.message}
          >
            <TextArea rows={2} spellCheck={false} {...form.register("billable_labels")} />
          </Field>
          <Field
            label="Labels that are not billed"
            hint="One per line. Lines of such tickets stay, without an amount."
            error={errors.nonbillable_labels?.message}
          >
            <TextArea rows={2} spellCheck={false} {...form.register("nonbillable_labels")} />
          </Field>
        </div>
      </div>
    </Section>
  );
}
