import type { FieldValues, Path, UseFormReturn } from "react-hook-form";

/**
 * Puts the server's refusal at the field it is about. Answers the message that is left to show above the buttons, where
 * the refusal names no field of this form.
 */
export function showServerError<Values extends FieldValues>(
  form: UseFormReturn<Values>,
  error: { field: string | null; message: string },
  fields: Readonly<Record<string, Path<Values>>>,
): string | null {
  const path = error.field === null ? undefined : fields[error.field];
  if (path === undefined) return error.message;
  // The field's name is the server's; the label stands above the message.
  form.setError(path, { message: error.message.replace(`${error.field}: `, "") }, { shouldFocus: true });
  return null;
}
