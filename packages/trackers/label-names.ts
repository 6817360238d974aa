import * as z from "zod";
import { labels } from "./ticket-text.ts";

/** Labels that are objects, by the field that has their name. */
export const labelsBy = (field: string) =>
  z
    .array(z.unknown())
    .transform((entries) => entries.map((entry) => (isRecord(entry) ? entry[field] : null)))
    .catch([])
    .pipe(labels);

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
