/* oxlint-disable typescript/no-unsafe-argument, typescript/no-unsafe-assignment, typescript/no-unsafe-call,
   typescript/no-unsafe-member-access, typescript/no-unsafe-return -- plain JavaScript, which no compiler has typed */
// Is the embedded stack worth opening? Reads stack.json, opens the page, signs in with the demo account and looks at the
// inbox as the page does.
import { readFileSync } from "node:fs";

const stack = JSON.parse(readFileSync(process.argv[2], "utf8"));

async function ask(what, url, init) {
  const answer = await fetch(url, init);
  const body = await answer.text();
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${body.slice(0, 200)}`);
  return body;
}

const page = await ask("the page", stack.app_url);
const script = /<script[^>]+src="([^"]+)"/.exec(page)?.[1];
if (script === undefined) throw new Error("The page has no script.");
await ask("its script", new URL(script, stack.app_url));
await ask("its configuration", new URL("/api/config", stack.app_url));

const headers = { apikey: stack.publishable_key, "content-type": "application/json" };
const session = JSON.parse(
  await ask("signing in", `${stack.supabase_url}/auth/v1/token?grant_type=password`, {
    method: "POST",
    headers,
    body: JSON.stringify({ email: stack.demo.email, password: stack.demo.password }),
  }),
);
const drafts = JSON.parse(
  await ask(
    "the inbox",
    `${stack.supabase_url}/rest/v1/inbox_drafts?select=id,description&status=eq.draft&limit=1000`,
    {
      headers: { ...headers, authorization: `Bearer ${session.access_token}` },
    },
  ),
);
if (drafts.length === 0) throw new Error("The demo's inbox is empty.");
console.log(`${stack.app_url} shows ${drafts.length} drafts to ${stack.demo.email}`);
