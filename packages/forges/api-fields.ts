/** Fields of the hosts' API answers that cannot be done without. */
import * as z from "zod";
import { toText } from "@billhook/http/text";

/** A host's id, which may be a number or a text, as text. */
export const hostId = z.union([z.string().min(1), z.number()]).transform((value) => toText(String(value)));
