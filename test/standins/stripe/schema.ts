import { StripeFault, refuseRequest } from "./fault.ts";
import type { FormValue } from "./form.ts";

/** The part of JSON Schema that the generated request schemas use. `$ref` is the name of a definition. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  const?: unknown;
  enum?: unknown[];
  required?: string[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
}

export interface RequestSchemas {
  /** The Stripe API version of the package the schemas were made from. */
  apiVersion: string;
  /** By method and path pattern: `POST /v1/invoices/:id/send`. */
  routes: Record<string, Schema>;
  definitions: Record<string, Schema>;
}

/**
 * Turns a form into what its schema describes, or throws what Stripe answers: an unknown parameter, a missing one, a
 * value outside an enum, a scalar where a hash belongs.
 */
export function decodeForm(schemas: RequestSchemas, schema: Schema, value: FormValue, path = ""): unknown {
  if (schema.$ref !== undefined) {
    const target = schemas.definitions[schema.$ref];
    if (target === undefined) throw new Error(`no schema named ${schema.$ref}`);
    return decodeForm(schemas, target, value, path);
  }
  if (schema.anyOf !== undefined) return decodeAny(schemas, schema.anyOf, value, path);
  if (typeof value === "string") return decodeScalar(schema, value, path);
  if (schema.type === "array") return decodeArray(schemas, schema, value, path);
  if (schema.type === "object") return decodeHash(schemas, schema, value, path);
  throw refuseRequest(`Invalid string: ${JSON.stringify(value)}`, { param: path });
}

/** Takes the first branch that fits; where none does, what the last one said, which is the most specific. */
function decodeAny(schemas: RequestSchemas, branches: Schema[], value: FormValue, path: string): unknown {
  let fault: unknown = refuseRequest(`Invalid value for ${path}`, { param: path });
  for (const branch of branches) {
    if (branch.type === "null") continue;
    try {
      return decodeForm(schemas, branch, value, path);
    } catch (error) {
      if (!(error instanceof StripeFault)) throw error;
      fault = error;
    }
  }
  throw fault;
}

function decodeArray(
  schemas: RequestSchemas,
  schema: Schema,
  value: Record<string, FormValue>,
  path: string,
): unknown[] {
  const items = schema.items ?? {};
  return Object.entries(value).map(([key, inner], index) => {
    if (key !== String(index)) throw refuseRequest("Invalid array", { param: path });
    return decodeForm(schemas, items, inner, `${path}[${key}]`);
  });
}

function decodeHash(
  schemas: RequestSchemas,
  schema: Schema,
  value: Record<string, FormValue>,
  path: string,
): Record<string, unknown> {
  const name = (key: string): string => (path === "" ? key : `${path}[${key}]`);
  const properties = schema.properties ?? {};
  const rest = typeof schema.additionalProperties === "object" ? schema.additionalProperties : null;
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(properties, key) && rest === null);
  const [firstUnknown] = unknown;
  if (firstUnknown !== undefined) {
    const list = unknown.map(name).join(", ");
    throw refuseRequest(`Received unknown parameter${unknown.length > 1 ? "s" : ""}: ${list}`, {
      code: "parameter_unknown",
      param: name(firstUnknown),
    });
  }
  for (const key of schema.required ?? []) {
    if (value[key] === undefined) {
      throw refuseRequest(`Missing required param: ${name(key)}.`, {
        code: "parameter_missing",
        param: name(key),
      });
    }
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const of = Object.hasOwn(properties, key) ? properties[key] : rest;
      return [key, decodeForm(schemas, of ?? {}, inner, name(key))];
    }),
  );
}

function decodeScalar(schema: Schema, value: string, path: string): unknown {
  if (schema.const !== undefined || schema.enum !== undefined) {
    const allowed = schema.enum ?? [schema.const];
    if (allowed.includes(value)) return value;
    throw refuseRequest(`Invalid ${path}: must be one of ${listChoices(allowed.map(String))}`, {
      param: path,
    });
  }
  if (Array.isArray(schema.type)) return value;
  switch (schema.type) {
    case "string":
      if (value === "") {
        const rule = "We assume empty values are an attempt to unset a parameter; however";
        throw refuseRequest(`You passed an empty string for '${path}'. ${rule} '${path}' cannot be unset.`, {
          code: "parameter_invalid_empty",
          param: path,
        });
      }
      if (schema.format === "decimal" && !/^-?\d+(\.\d{1,12})?$/.test(value)) {
        throw refuseRequest(`Invalid decimal: ${value}; must have at most 12 decimal places`, {
          param: path,
        });
      }
      return value;
    case "integer":
      if (!/^-?\d{1,15}$/.test(value)) {
        throw refuseRequest(`Invalid integer: ${value}`, {
          code: "parameter_invalid_integer",
          param: path,
        });
      }
      return Number(value);
    case "number":
      if (!/^-?\d+(\.\d+)?$/.test(value)) throw refuseRequest(`Invalid number: ${value}`, { param: path });
      return Number(value);
    case "boolean":
      if (value !== "true" && value !== "false") throw refuseRequest(`Invalid boolean: ${value}`, { param: path });
      return value === "true";
    case "array":
      throw refuseRequest("Invalid array", { param: path });
    default:
      throw refuseRequest("Invalid object", { param: path });
  }
}

function listChoices(choices: string[]): string {
  return choices.length < 2 ? choices.join("") : `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
}
