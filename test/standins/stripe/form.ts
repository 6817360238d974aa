/** A decoded form: a string, or fields by name; an array is fields named `0`, `1`, … until the schema says otherwise. */
export type FormValue = string | FormFields;
export interface FormFields {
  [name: string]: FormValue;
}

/**
 * Reads `application/x-www-form-urlencoded` with brackets, as Stripe does: `lines[0][metadata][k]=v`, `expand[]=customer`.
 * Returns the offending name where a value is used both as a scalar and as a hash.
 */
export function parseForm(text: string): { ok: true; fields: FormFields } | { ok: false; name: string } {
  const fields = newFields();
  for (const [name, value] of new URLSearchParams(text)) {
    const path = /^[^[\]]+(\[[^[\]]*\])*$/.test(name) ? name.replaceAll("]", "").split("[") : [name];
    let at = fields;
    for (const [depth, rawKey] of path.entries()) {
      const key = rawKey === "" ? String(Object.keys(at).length) : rawKey;
      const existing = at[key];
      if (depth === path.length - 1) {
        if (existing !== undefined && typeof existing !== "string") return { ok: false, name };
        at[key] = value;
      } else if (typeof existing === "string") {
        return { ok: false, name };
      } else {
        const next = existing ?? newFields();
        at[key] = next;
        at = next;
      }
    }
  }
  return { ok: true, fields };
}

/** Without a prototype, so that a field named `__proto__` is only a field. */
function newFields(): FormFields {
  return Object.create(null) as FormFields;
}
