import { useEffect } from "react";
import type { FieldValues, UseFormReturn } from "react-hook-form";

/** Shows what is saved, also when somebody else saves meanwhile, unless this person has begun to change something. */
export function useSavedForm<Values extends FieldValues>(form: UseFormReturn<Values>, saved: Values): void {
  const { isDirty, isSubmitting } = form.formState;
  const { reset } = form;
  const untouched = !isDirty && !isSubmitting;
  useEffect(() => {
    if (untouched) reset(saved);
  }, [saved, untouched, reset]);
}
