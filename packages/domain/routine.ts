/**
 * Commits that publish a version or raise a dependency: most are written by a tool, and what work there is shows in other
 * commits. Told by the subject, in the forms that tools use; where the files are known, they must be such as these
 * commits touch, so that an upgrade with its migration stays work.
 */
import { classifyFile, isHandwritten } from "./file-kind.ts";
import { parseConventional } from "./message.ts";
import type { FileChange } from "./push.ts";

export type Routine = "release" | "dependency";

const version = String.raw`v?\d{1,9}\.\d{1,9}(?:\.\d{1,9}){0,2}(?:[-+.][0-9A-Za-z][0-9A-Za-z.+-]{0,60})?`;

const releaseSubjects: readonly RegExp[] = [
  // A version alone or with a package's name, with "Release" before it or not: npm version, lerna, cargo release, git-flow.
  new RegExp(String.raw`^(?:@?[\w./-]{1,100}@)?${version}$`, "iu"),
  new RegExp(
    String.raw`^(?:release|version|prepare|prepare release|publish)[ :]{1,2}(?:@?[\w./-]{1,100}[@ ])?${version}$`,
    "iu",
  ),
  new RegExp(
    String.raw`^(?:bump|raise|set|increase|update)(?: the)?(?: \S{1,60})? version(?: number)?(?: from ${version})?(?: to ${version})?$`,
    "iu",
  ),
  /^(?:version bump|bump version|version packages|release version|publish release)$/iu,
  /^prepare (?:for )?next (?:development iteration|release)$/iu,
  /^\[maven-release-plugin\] /u,
  /^\[(?:gradle )?release plugin\]/iu,
];

const dependencySubjects: readonly RegExp[] = [
  // Dependabot: docs.github.com, "Customizing Dependabot pull requests". Renovate: docs.renovatebot.com, commitMessage.
  /^bump \S{1,200}(?: and \S{1,200})? from \S{1,60} to \S{1,60}(?: in \S{1,200})?$/iu,
  /^bump the \S{1,200} group(?: across \d{1,5} director(?:y|ies))?(?: in \S{1,200})? with \d{1,5} updates?$/iu,
  /^update (?:dependency|module|plugin|rust crate|helm release|docker tag|terraform) \S{1,200}(?: docker tag)? to \S{1,60}$/iu,
  /^update \S{1,200} (?:docker tag|action|digest) to \S{1,60}$/iu,
  /^(?:pin|replace|roll back) dependenc(?:y|ies)(?: \S{1,200}(?: to \S{1,60})?)?$/iu,
  /^lock ?file maintenance$/iu,
];

const dependencyScope = /^(?:deps|deps-dev|dev-deps|dependencies|dependency)$/iu;

/** Files that name versions and dependencies, and those that tell what a release holds. */
const routineFiles =
  /(?:^|\/)(?:package\.json|lerna\.json|nx\.json|composer\.json|gemfile|[^/]{1,100}\.gemspec|cargo\.toml|pyproject\.toml|setup\.(?:py|cfg)|pipfile|requirements[^/]{0,60}\.(?:txt|in)|constraints[^/]{0,60}\.txt|go\.mod|go\.work|pom\.xml|build\.gradle(?:\.kts)?|gradle\.properties|libs\.versions\.toml|pubspec\.yaml|mix\.exs|package\.swift|podfile|[^/]{1,100}\.(?:cs|fs|vb)proj|directory\.(?:build|packages)\.props|packages\.config|chart\.yaml|dockerfile[^/]{0,60}|docker-compose[^/]{0,60}\.ya?ml|manifest\.json|app\.json|deno\.jsonc?|[^/]{0,60}version[^/]{0,60}|__init__\.py|changelog[^/]{0,20}|changes[^/]{0,20}|history[^/]{0,20}|releases?[^/]{0,20}\.md|readme[^/]{0,20}|\.release-please-manifest\.json|\.tool-versions|\.nvmrc)$|(?:^|\/)\.(?:github\/workflows|changeset|gitlab-ci|circleci)(?:\/|\.)/iu;

const isRoutineFile = ({ path }: FileChange): boolean =>
  routineFiles.test(path.slice(-1024)) || !isHandwritten(classifyFile(path));

/** Which kind of routine a commit is, by the first line of its message and its files (null where not known). */
export function findRoutine(subject: string, files: readonly FileChange[] | null): Routine | null {
  if (files !== null && !files.every(isRoutineFile)) return null;
  const text = subject.slice(0, 500).trim();
  const header = parseConventional(text);
  const words = header?.description ?? text;
  if (header !== null && (header.type === "release" || header.scope?.toLowerCase() === "release")) return "release";
  if (header !== null && dependencyScope.test(header.scope ?? "")) return "dependency";
  if (header !== null && /^(?:deps|dependencies)$/u.test(header.type)) return "dependency";
  if (/^(?:chore|build|ci|release)?$/u.test(header?.type ?? "") && releaseSubjects.some((form) => form.test(words)))
    return "release";
  return dependencySubjects.some((form) => form.test(words)) ? "dependency" : null;
}
