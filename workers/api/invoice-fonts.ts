import type { Settings } from "../env.ts";
export async function loadInvoiceFonts(_env: Env, _settings: Settings): Promise<never> { throw new Error("fonts"); }
