import { saveAddressRanges, wantsAddressRanges } from "@billhook/database/hosts";
import { parseAddressRange } from "@billhook/domain/address-range";
import * as z from "zod";
import { serviceDatabase, type Settings } from "../env.ts";
import { log } from "../log.ts";

/** docs.github.com, "REST API endpoints for meta data": `hooks` are the addresses that webhooks come from. */
const metaSchema = z.object({ hooks: z.array(z.string()).min(1) });

/** Fetches GitHub's addresses about once a day, where somebody has them checked. What was known before stays if it fails. */
export async function refreshAddressRanges(_env: Env, settings: Settings): Promise<void> {
  const db = serviceDatabase(settings);
  const wanted = await wantsAddressRanges(db, "github");
  if (!wanted.ok || !wanted.value) return;
  try {
    const answer = await fetch(settings.githubMetaUrl, {
      headers: { accept: "application/json", "user-agent": "Billhook" },
      signal: AbortSignal.timeout(10_000),
    });
    const { hooks } = metaSchema.parse(await answer.json());
    const ranges = hooks.filter((range) => parseAddressRange(range) !== null);
    if (ranges.length === 0) throw new Error("no range can be read");
    const saved = await saveAddressRanges(db, "github", ranges);
    if (!saved.ok) throw new Error(saved.error.cause);
  } catch (error) {
    log("error", "addresses_not_refreshed", { provider: "github", cause: String(error) });
  }
}
