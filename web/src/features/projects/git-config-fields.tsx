import { MAX_PATTERN_LENGTH } from "@billhook/domain/linear-pattern";
import type { UseFormReturn } from "react-hook-form";
import { classNames } from "../../lib/class-names.ts";
import { Checkbox, Field, TextArea, TextInput } from "../../ui/field.tsx";
import { Section } from "../../ui/page.tsx";
import type { ProjectValues } from "./project-columns.ts";

const strategies: readonly { value: ProjectValues["estimation_strategy"]; label: string; text: string }[] = [
  {
    value: "calibrated",
    label: "Learned",
    text: "Starts like the next one, then learns from the days you approve. The preview shows the start.",
  },
  {
    value: "hybrid",
    label: "Message, else size",
    text: "The time a message names, such as [2.5h]; where it names none, by the size of the change.",
  },
  {
    value: "explicit",
    label: "Message only",
    text: "The time a message names; where it names none, the default, flagged for you to look at.",
  },
  { value: "heuristic", label: "Size only", text: "By the size of the change, whatever the message says." },
];

const leftOut = [
  { name: "ignore_merges", label: "Merges", text: "The work is in the merged commits." },
  {
    name: "ignore_bots",
    label: "Programs as authors",
    text: "Dependabot, Renovate and others, by name or by the host's mark.",
  },
  { name: "ignore_releases", label: "Releases", text: "Commits that only publish a version." },
  {
    name: "ignore_dependencies",
    label: "Raised dependencies",
    text: "Where nothing but versions and lock files changes.",
  },
  { name: "ignore_reverts", label: "Reverts", text: "Commits that take an earlier one back." },
] as const;

/** How commits become drafts: which are left out, and how the time of the others is estimated. */
export function GitConfigFields({ form }: { form: UseFormReturn<ProjectValues> }) {
  const { errors } = form.formState;
  const strategy = form.watch("estimation_strategy");
  const usesSize = strategy !== "explicit";
  const minutes = (name: "default_minutes" | "base_minutes" | "max_minutes", label: string, hint: string) => (
    <Field label={label} hint={hint} error={errors[name]?.message}>
      <TextInput inputMode="numeric" {...form.register(name)} />
    </Field>
  );
  const decimals = (name: "minutes_per_file" | "minutes_per_line" | "factor", label: string, hint: string) => (
    <Field label={label} hint={hint} error={errors[name]?.message}>
      <TextInput inputMode="decimal" {...form.register(name)} />
    </Field>
  );
  return (
    <>
      <Section
        title="Time"
        description="An estimate is only a proposal: you approve every minute. Changes apply to commits that arrive from now on."
      >
        <fieldset className="grid gap-2 md:grid-cols-2">
          <legend className="mb-1 text-sm font-medium">Where the hours come from</legend>
          {strategies.map(({ value, label, text }) => (
            <label
              key={value}
              className={classNames(
                "flex cursor-pointer gap-2.5 rounded-md border px-3 py-2",
                strategy === value ? "border-accent bg-accent-soft" : "border-line-strong hover:bg-hover",
              )}
            >
              <input
                type="radio"
                value={value}
                className="mt-0.5 accent-accent"
                {...form.register("estimation_strategy")}
              />
              <span>
                <span className="block font-medium">{label}</span>
                <span className="block text-sm text-muted">{text}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <div className="mt-3 grid gap-x-4 gap-y-3 md:grid-cols-3">
          {strategy !== "heuristic" && (
            <Field
              label="Your own notation"
              hint="A pattern whose first group is the time. [2.5h], [90m], #time 1h 30m and Time-Spent: 45m are understood anyway."
              error={errors.explicit_pattern?.message}
              className="md:col-span-3"
            >
              <TextInput
                spellCheck={false}
                maxLength={MAX_PATTERN_LENGTH}
                placeholder={String.raw`for example  \btime=(\d+\.?\d*h?)`}
                className="font-mono"
                {...form.register("explicit_pattern")}
              />
            </Field>
          )}
          {usesSize && (
            <>
              {minutes("base_minutes", "Base", "Minutes per commit")}
              {decimals("minutes_per_file", "Per file", "Minutes per changed file")}
              {decimals("minutes_per_line", "Per line", "Minutes per changed line")}
              {decimals("factor", "Factor", "1.5 where all takes longer")}
              {minutes("max_minutes", "At most", "Minutes for one commit")}
            </>
          )}
          {minutes("default_minutes", "Default", "Minutes when nothing is known")}
        </div>
      </Section>
      <Section
        title="Commits that are left out"
        description="They are recorded as ignored, with the rule, and can be brought back."
      >
        <div className="flex flex-col gap-3">
          <fieldset className="grid gap-2 md:grid-cols-2">
            <legend className="mb-1 text-sm font-medium">Left out by what they are</legend>
            {leftOut.map(({ name, label, text }) => (
              <label key={name} className="flex items-start gap-2.5">
                <Checkbox className="mt-0.5" {...form.register(name)} />
                <span>
                  <span className="block font-medium">{label}</span>
                  <span className="block text-sm text-muted">{text}</span>
                </span>
              </label>
            ))}
          </fieldset>
          <Field
            label="Exclude patterns"
            hint="One per line, matched in the first line of a message. (?i) ignores case."
            error={errors.exclude_patterns?.message}
          >
            <TextArea
              rows={4}
              spellCheck={false}
              placeholder={"^chore\\(deps\\)\n(?i)^wip\\b"}
              className="font-mono"
              {...form.register("exclude_patterns")}
            />
          </Field>
        </div>
      </Section>
    </>
  );
}
