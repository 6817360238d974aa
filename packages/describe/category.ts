/** What kind of work a commit is, as an invoice names it. */
import { classifyFile, isHandwritten } from "@billhook/domain/file-kind";
import type { FileChange } from "@billhook/domain/push";

/** In order of precedence where as many files speak for one as for another. */
export const categories = [
  "Backend Development",
  "Frontend Development",
  "Database Development",
  "Mobile Development",
  "Infrastructure",
  "Testing",
  "Documentation",
] as const;

/** `Development` where nothing tells more. */
export type Category = (typeof categories)[number] | "Development";

const database =
  /\.(?:sql|psql|plpgsql|ddl|prisma|dbml)$|(?:^|\/)(?:migrations?|migrate|alembic|flyway|liquibase|seeds?)\/|(?:^|\/)seed\.[a-z]{1,4}$/u;
const infrastructure =
  /(?:^|\/)(?:dockerfile[^/]*|containerfile|docker-compose[^/]*|compose\.ya?ml|jenkinsfile|makefile|justfile|procfile|vagrantfile|caddyfile|nginx\.conf|wrangler\.(?:toml|jsonc?)|fly\.toml|vercel\.json|netlify\.toml|renovate\.json5?|\.gitlab-ci\.yml|\.travis\.yml|azure-pipelines\.yml|bitbucket-pipelines\.yml|\.drone\.yml|cloudbuild\.yaml|serverless\.ya?ml|skaffold\.yaml|chart\.ya?ml)$|(?:^|\/)(?:\.github|\.gitlab|\.circleci|\.buildkite|\.woodpecker|\.ci|ci|terraform|ansible|helm|charts|k8s|kubernetes|kustomize|infra|infrastructure|deploy|deployment|docker|ops|puppet|salt)\/|\.(?:tf|tfvars|hcl|nix|bicep|dockerfile)$/u;
const mobile = /\.(?:swift|dart|xib|storyboard|m|mm|xcconfig|plist)$|(?:^|\/)(?:android|ios)\//u;
const frontend =
  /\.(?:tsx|jsx|vue|svelte|astro|css|scss|sass|less|styl|pcss|html?|hbs|ejs|pug|njk|liquid|twig|erb|haml|cshtml|razor|blade\.php)$|(?:^|\/)(?:web|frontend|front-end|client|clients|ui|components|pages|views|templates|styles|themes?|public|assets|static|www|layouts|hooks|stores?)\//u;
const backendFolder = /(?:^|\/)(?:backend|back-end|server|servers|api|workers?|services?|cmd|internal)\//u;
/** Languages that serve more often than they show. */
const backend =
  /\.(?:ts|mts|cts|js|mjs|cjs|py|go|rb|java|kt|kts|scala|groovy|clj|cljs|php|rs|cs|fs|vb|c|h|cc|cpp|cxx|hpp|ex|exs|erl|hs|ml|mli|lua|pl|pm|r|jl|nim|zig|cr|d|swift|sh|bash|ps1|graphql|gql|proto|sol|cob|f90|pas)$/u;

function categoriseFile(file: FileChange): Category | null {
  const kind = file.binary === true ? "binary" : classifyFile(file.path);
  if (kind === "test") return "Testing";
  if (kind === "docs") return "Documentation";
  if (!isHandwritten(kind)) return null;
  const path = file.path.slice(-1024).replaceAll("\\", "/").toLowerCase();
  if (database.test(path)) return "Database Development";
  if (infrastructure.test(path)) return "Infrastructure";
  if (mobile.test(path)) return "Mobile Development";
  if (/\.(?:tsx|jsx|vue|svelte|css|scss)$/u.test(path)) return "Frontend Development";
  if (backendFolder.test(path)) return "Backend Development";
  if (frontend.test(path)) return "Frontend Development";
  return backend.test(path) ? "Backend Development" : null;
}

/**
 * Guesses from paths alone, so that the answer is the same before and after line counts are known: each file written by
 * hand speaks for one category by its folder or extension, and the category with most files wins, the earlier one in
 * `categories` on a tie. Tests and documentation usually come with the work they belong to, so they decide only where
 * nothing else does. Manifests, lock, generated and binary files decide nothing. Never throws.
 */
export function guessCategory(files: readonly FileChange[] | null): Category {
  const votes = new Map<Category, number>();
  for (const file of files ?? []) {
    const category = categoriseFile(file);
    if (category !== null) votes.set(category, (votes.get(category) ?? 0) + 1);
  }
  const work = categories.filter((category) => category !== "Testing" && category !== "Documentation");
  for (const group of [work, ["Testing", "Documentation"] as const]) {
    let best: Category | null = null;
    for (const category of group) {
      if ((votes.get(category) ?? 0) > (best === null ? 0 : (votes.get(best) ?? 0))) best = category;
    }
    if (best !== null) return best;
  }
  return "Development";
}
