import type { UseFormReturn } from "react-hook-form";
import type { Client } from "../../data/workspace.tsx";
import { roundingDirectionNames, roundingScopeNames, roundingSteps } from "../../lib/rounding-choices.ts";
import { Checkbox, Field, Select, TextInput } from "../../ui/field.tsx";
import { Section } from "../../ui/page.tsx";
import type { ProjectValues } from "./project-columns.ts";

/** What was agreed for the project in all, and how its billed time is rounded. */
export function BudgetFields({ form, client }: { form: UseFormReturn<ProjectValues>; client: Client }) {
  const { errors } = form.formState;
  const own = form.watch("rounding_minutes") !== "";
  return (
    <Section title="Budget and rounding">
      <div className="grid gap-x-4 gap-y-3 md:grid-cols-3">
        <Field label="Budget in hours" error={errors.budget_hours?.message}>
          <TextInput inputMode="decimal" placeholder="none" {...form.register("budget_hours")} />
        </Field>
        <Field label={`Budget in ${client.currency}`} error={errors.budget?.message}>
          <TextInput inputMode="decimal" placeholder="none" {...form.register("budget")} />
        </Field>
        <label className="flex items-center gap-2 md:mt-5">
          <Checkbox {...form.register("budget_is_cap")} />
          It is a cap: bill no more unasked
        </label>
        <Field
          label="Billed time"
          hint="On invoices only; what was approved stays."
          error={errors.rounding_minutes?.message}
        >
          <Select {...form.register("rounding_minutes")}>
            <option value="">As the client's</option>
            {roundingSteps.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        </Field>
        {own && (
          <>
            <Field label="Rounded">
              <Select {...form.register("rounding_direction")}>
                {Object.entries(roundingDirectionNames).map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </Select>
            </Field>
            <Field label="Of">
              <Select {...form.register("rounding_scope")}>
                {Object.entries(roundingScopeNames).map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </Select>
            </Field>
          </>
        )}
      </div>
    </Section>
  );
}
