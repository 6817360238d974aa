import { type BillhookClient, settle, settleVoid } from "./client.ts";
import type { DatabaseResult } from "./errors.ts";

/** A PNG or JPEG of at most 512 KiB, 16 to 1200 pixels each way. */
export interface NewLogo {
  media_type: "image/png" | "image/jpeg";
  /** Base64. */
  image: string;
  width: number;
  height: number;
}

/** What invoices show at their head from now on; null: none. */
export const setWorkspaceLogo = (db: BillhookClient, workspaceId: string, logo: NewLogo | null) =>
  settleVoid(db.rpc("set_workspace_logo", { p_workspace_id: workspaceId, p_logo: logo === null ? null : { ...logo } }));

export interface Logo {
  /** `data:image/png;base64,…` */
  dataUrl: string;
  /** In pixels. */
  width: number;
  height: number;
}

/** Null where it was replaced meanwhile. */
export async function readLogo(db: BillhookClient, logoId: string): Promise<DatabaseResult<Logo | null>> {
  const result = await settle(
    db.from("workspace_logos").select("media_type,image,width,height").eq("id", logoId).maybeSingle(),
  );
  if (!result.ok) return result.error.code === "not_found" ? { ok: true, value: null } : result;
  const { media_type: mediaType, image, width, height } = result.value;
  return { ok: true, value: { dataUrl: `data:${mediaType};base64,${base64OfHex(image)}`, width, height } };
}

/** PostgREST writes bytes as Postgres does: `\\x89504e47`. */
function base64OfHex(hex: string): string {
  let bytes = "";
  for (let at = 2; at < hex.length; at += 2) bytes += String.fromCharCode(Number.parseInt(hex.slice(at, at + 2), 16));
  return btoa(bytes);
}
