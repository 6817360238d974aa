/** The words of a commit's subject, rewritten for someone who pays for the work and does not read git logs. */
import { removeExplicitTimes } from "@billhook/domain/explicit-time";
import { parseConventional } from "@billhook/domain/message";
import { findTicketKeys, locateTickets } from "@billhook/domain/tickets";
import { cleanLine } from "./text.ts";

/** Conventional Commits' types (the specification's two and Angular's list) and common others, in plain words. */
const typeWords: Readonly<Record<string, string>> = {
  feat: "Feature",
  feature: "Feature",
  fix: "Bug fix",
  bugfix: "Bug fix",
  hotfix: "Urgent fix",
  docs: "Documentation",
  doc: "Documentation",
  style: "Code style",
  refactor: "Refactoring",
  perf: "Performance",
  test: "Testing",
  tests: "Testing",
  build: "Build",
  ci: "Continuous integration",
  chore: "Maintenance",
  revert: "Revert",
  security: "Security",
  deps: "Dependencies",
  i18n: "Translation",
  l10n: "Translation",
  a11y: "Accessibility",
  ui: "User interface",
};

/** Imperatives that open a subject, made past by `inflect`. */
const regular =
  "accept add adjust adopt allow announce append apply archive ask assert assign attach authenticate avoid backport bump " +
  "calculate call change clarify clean clear collapse collect combine compare complete compress compute configure confirm " +
  "connect consolidate convert correct create declare decouple deduplicate delay delete deliver deploy deprecate derive " +
  "describe detach detect determine disable discard divide download duplicate edit embed emit enable encode encrypt enforce " +
  "enhance ensure escape evaluate exclude execute expand explain expose extend extract fetch fix fold follow generate handle " +
  "harden highlight hoist ignore implement improve include increase initialise initialize inject inline insert inspect " +
  "install integrate introduce invalidate invite invoke isolate join label launch limit load localise localize lock lower " +
  "manage measure mention merge migrate mock model modernise modernize modify mount move multiply normalise normalize notify " +
  "obtain open optimise optimize override parse pass patch perform persist polish populate preload prepare preserve prevent " +
  "propagate protect provide publish raise recognise recognize recommend reconcile recover redirect reduce reenable refactor " +
  "refine refresh refuse regenerate register reinstall reject relax release remember remove rename render reorder reorganise " +
  "reorganize repair repeat replace require resolve respect respond restart restore restrict restructure resume retain retire " +
  "retry return reuse reveal revert revise revoke rework rotate round sanitise sanitize save secure select serialise " +
  "serialize share shorten shrink simplify skip smooth sort split standardise standardize subscribe suggest summarise " +
  "summarize suppress surface switch synchronise synchronize throttle tidy tighten toggle track translate truncate try tune " +
  "turn tweak unify unlock unpin unwrap update upgrade upload use validate verify wait warn widen yield " +
  "carry deny expect fill heal propose interrupt kill poison reach receive reconnect refetch reload serve survive suspect tolerate";
const irregular: Readonly<Record<string, string>> = {
  begin: "Began",
  bind: "Bound",
  bring: "Brought",
  build: "Built",
  buy: "Bought",
  cancel: "Cancelled",
  catch: "Caught",
  choose: "Chose",
  commit: "Committed",
  cut: "Cut",
  debug: "Debugged",
  defer: "Deferred",
  do: "Did",
  draw: "Drew",
  drop: "Dropped",
  embed: "Embedded",
  emit: "Emitted",
  feed: "Fed",
  find: "Found",
  fit: "Fitted",
  format: "Formatted",
  freeze: "Froze",
  get: "Got",
  give: "Gave",
  have: "Had",
  hear: "Heard",
  hide: "Hid",
  hold: "Held",
  keep: "Kept",
  know: "Knew",
  lay: "Laid",
  leave: "Left",
  let: "Let",
  lose: "Lost",
  make: "Made",
  meet: "Met",
  omit: "Omitted",
  overwrite: "Overwrote",
  pay: "Paid",
  permit: "Permitted",
  prefer: "Preferred",
  put: "Put",
  read: "Read",
  rebuild: "Rebuilt",
  rerun: "Reran",
  reset: "Reset",
  rewrite: "Rewrote",
  run: "Ran",
  say: "Said",
  sell: "Sold",
  send: "Sent",
  set: "Set",
  show: "Showed",
  shrink: "Shrank",
  skip: "Skipped",
  speed: "Sped",
  spend: "Spent",
  split: "Split",
  stand: "Stood",
  stop: "Stopped",
  strip: "Stripped",
  submit: "Submitted",
  swap: "Swapped",
  sweep: "Swept",
  take: "Took",
  teach: "Taught",
  tell: "Told",
  throw: "Threw",
  trim: "Trimmed",
  undo: "Undid",
  unpin: "Unpinned",
  unwrap: "Unwrapped",
  wrap: "Wrapped",
  write: "Wrote",
};
/** As often nouns: verbs only where something follows that a noun does not take ("Cache the tiles", "Cache size"). */
const ambiguous =
  "abstract access address aggregate alert alias answer audit batch benchmark bill block branch buffer cache chain charge check claim " +
  "close comment copy count cover credit default demand design display document estimate exchange export filter flag focus " +
  "function grant group guard guide handshake hash help host import index inquire issue lint link list listen log look map " +
  "mark mask match monitor name need note order pack page paint pair pause pin place plan point poll port position post " +
  "preview price print process profile prompt proxy pull push query question queue range rate rebase record report request " +
  "research reserve reset result review reward route sample scale scan schedule scope score screen script search seed " +
  "separate shape ship sign silence simulate slice snapshot sound start state step store stream stub style support sync tag " +
  "target test time touch trace train transfer transform trigger type unit value version view visit walk watch weigh work";
const doubling = new Set(["log", "map", "pin", "plan", "scan", "ship", "flag", "step", "stub", "tag", "plot", "pad"]);
const objectFollows =
  /^ (?:the|an?|all|each|every|any|no|its|their|our|your|both|one|two|three|more|only|which|what|when|where|why|how|whether|if|that|this|these|those|them|it|several|many|some|other|others|another|such|people|everybody|everything|nobody|nothing|somebody|who|whom|whose|to|before|after|instead|in place|up|out|down|through|against|as it|as they|at the|at a)\b/iu;

/** A noun is followed by no adjective: "Stream large reports" is a deed, "Stream reports" may be a thing. */
const adjectiveFollows =
  /^ (?:large|larger|small|smaller|new|newer|old|older|empty|stale|unused|missing|invalid|unknown|wrong|huge|slow|late|early|recent|different|identical|incoming|outgoing|unsaved|unpaid|overdue) (?!(?:for|in|on|from|of|at|by|to|as|when|while|if|until|unless|since|because|after|before|with|without|and|or|but|is|are|was|were)\b)\p{L}/iu;
/** "Map groups to roles"; not "Map view to show", where a deed follows. */
const goalFollows = /^ .+ to (?<goal>[a-z]+)/iu;
const relating = new Set(["map", "match", "pair"]);

function inflect(verb: string): string {
  const capital = verb.charAt(0).toUpperCase() + verb.slice(1);
  if (capital.endsWith("e")) return `${capital}d`;
  if (doubling.has(verb)) return `${capital}${capital.at(-1)}ed`;
  return /[^aeiou]y$/u.test(capital) ? `${capital.slice(0, -1)}ied` : `${capital}ed`;
}

const pastTense = new Map<string, string>([
  ...regular.split(" ").map((verb) => [verb, inflect(verb)] as const),
  ...Object.entries(irregular),
]);
const perhapsPastTense = new Map(ambiguous.split(" ").map((verb) => [verb, irregular[verb] ?? inflect(verb)] as const));

/** "Fix login" becomes "Fixed login"; "Fix for login", "Update: login" and "Cache size" name things and stay. */
export function toPastTense(sentence: string): string {
  const match = /^(?<verb>[A-Za-z]+)(?<rest>(?=[ ,.]|$).*)$/su.exec(sentence);
  const { verb = "", rest = "" } = match?.groups ?? {};
  const word = verb.toLowerCase();
  const past = pastTense.get(word) ?? (takesObject(word, rest) ? perhapsPastTense.get(word) : undefined);
  return past === undefined || /^ (?:for|of)\b/iu.test(rest) ? sentence : past + tellFurther(word, rest);
}

/** "Print and send the invoice": what stands beside a verb is one. */
function takesObject(word: string, rest: string): boolean {
  const beside = /^ and ([A-Za-z]+) /u.exec(rest)?.[1]?.toLowerCase();
  const goal = relating.has(word) ? goalFollows.exec(rest)?.groups?.["goal"]?.toLowerCase() : undefined;
  return (
    objectFollows.test(rest) ||
    adjectiveFollows.test(rest) ||
    (goal !== undefined && !pastTense.has(goal) && !perhapsPastTense.has(goal)) ||
    (beside !== undefined && pastTense.has(beside))
  );
}

/** After these a verb is no deed of its own: "Let people add, edit the …", "Said when to stop, and …", "… that can start and …". */
const dependent =
  /\b(?:can|could|will|would|must|should|may|might|shall|when|whenever|if|unless|until|that|which|who|whose|where|while|so|because|how|whether|not|never|cannot|instead of|rather than)\b/iu;
const governing = new Set(["let", "help", "make", "have", "allow", "say", "tell", "see", "watch", "show", "know"]);
const further =
  /(?<join>, and |, then |, |; | and )(?<verb>[a-z]+)(?= (?!and\b|or\b|of\b|for\b|is\b|are\b|was\b|were\b)[\p{L}\p{N}"'(])/gu;

/** "To them" is no infinitive. */
const isDependent = (before: string): boolean =>
  dependent.test(before) ||
  [...before.matchAll(/\bto ([a-z]+)/gu)].some(([, word = ""]) => pastTense.has(word) || perhapsPastTense.has(word));

/** "Took the database away, poison deliveries and kill the process": each deed is told as the first one is. */
function tellFurther(first: string, rest: string): string {
  if (governing.has(first) || rest.startsWith(",")) return rest;
  let isList = false;
  const tell = (text: string): string =>
    text.replace(further, (whole: string, ...found: unknown[]) => {
      const { join = "", verb = "" } = found.at(-1) as Record<string, string>;
      const index = found.at(-3) as number;
      if (isDependent(text.slice(0, index))) return whole;
      const after = text.slice(index + whole.length);
      const isSure = pastTense.has(verb) && (join !== " and " || isList || objectFollows.test(after));
      // Where the others are deeds, a word that may be one is.
      const isOne = isSure || isList || objectFollows.test(after);
      const past = pastTense.has(verb) ? isSure && pastTense.get(verb) : isOne && perhapsPastTense.get(verb);
      if (past === false || past === undefined) return whole;
      isList ||= join !== " and ";
      return join + past.charAt(0).toLowerCase() + past.slice(1);
    });
  const told = tell(rest);
  return isList ? tell(told) : told;
}

function capitalise(sentence: string): string {
  const [first = ""] = sentence;
  // Not "iOS" or "eBPF": a capital further on in the word says that its author meant the small letter.
  return /^\p{Ll}[\p{Ll}\p{P}]*(?:\s|$)/u.test(sentence)
    ? first.toUpperCase() + sentence.slice(first.length)
    : sentence;
}

/** Stands for a ticket key while the words around it are looked at: a private-use character, removed from the text first. */
const keys = "\ue000(?:(?:\\s?[,;&+/]\\s?|\\sand\\s|\\s)?\ue000)*";
const verb =
  "(?:close[sd]?|closing|fix(?:e[sd])?|fixing|resolve[sd]?|resolving|implements?|refs?|references?|see|re|part of|" +
  "relate[sd]? to|for|in)";
const noun = "(?:(?:issues?|tickets?|bugs?|tasks?|story|pull request|merge request|pr|mr)\\s)?";
const bracketed = new RegExp(`[([]\\s?(?:${verb}:?\\s)?${noun}${keys}\\s?[)\\]]`, "giu");
const closing = new RegExp(`(?<![\\p{L}\\p{N}_])${verb}:?\\s${noun}${keys}\\s?(?=$|[.,;])`, "giu");
/** "Closes #12: …", but not "Fix #12: …", which says what kind of work it was. */
const opening = new RegExp(`^(?:(?!fix)${verb}\\s)?${noun}${keys}\\s?[:–-]`, "iu");

/** Removes ticket keys, with the brackets and the "closes", "refs", … around them. */
function removeTickets(text: string): string {
  let marked = text.replaceAll("\ue000", "");
  for (const { index, length } of locateTickets(marked).toReversed()) {
    marked = `${marked.slice(0, index)}\ue000${marked.slice(index + length)}`;
  }
  return marked.replace(bracketed, " ").replace(opening, "").replace(closing, " ").replaceAll("\ue000", " ");
}

export interface Wording {
  /** `Bug fix`; null where the subject has no conventional type. */
  type: string | null;
  /** Empty where nothing is left once the markers are removed. */
  sentence: string;
}

function splitType(subject: string): [type: string | null, rest: string] {
  // A type and nothing else: "feat:", of which the colon is gone by now.
  const alone = subject.toLowerCase();
  if (Object.hasOwn(typeWords, alone) && !pastTense.has(alone)) return [typeWords[alone] ?? null, ""];
  const header = parseConventional(subject);
  const word = header !== null && Object.hasOwn(typeWords, header.type) ? typeWords[header.type] : undefined;
  return header === null || word === undefined ? [null, subject] : [word, header.description];
}

/**
 * The subject without what is meant for tools: `fixup!`, `[WIP]` and other tags, emoji codes, ticket keys, smart-commit
 * commands and time annotations; the conventional type apart; the rest in the past tense where its verb is a common one.
 */
export function wordSubject(subject: string, explicitPattern: string | null = null): Wording {
  let rest = cleanLine(removeExplicitTimes(subject.slice(0, 2000), explicitPattern));
  let type: string | null = null;
  // Prefixes stack in any order ("fixup! [WIP] feat: …"); each round removes at least one.
  for (let round = 0; round < 6; round += 1) {
    const before = rest;
    rest = rest
      .replace(/^(?:(?:fixup|squash|amend)! ?)+/u, "")
      .replace(/^(?::[a-z0-9_+-]{1,40}: ?)+/u, "")
      .replace(/^(?:\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\u200d|\ufe0f|\u20e3)* ?)+/u, "")
      .replace(/^\[[^[\]]{1,40}\] ?(?=[^ (:])/u, (tag) => (findTicketKeys(tag).length > 0 ? tag : ""))
      .replace(/^(?:wip|draft)\b ?[:!-]? ?/iu, "")
      .replace(/^Merged PR \d{1,9}: /u, "")
      .replace(/ ?(?:\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]|\*\*\*NO_CI\*\*\*)/giu, "");
    rest = tidy(removeTickets(rest));
    if (type === null) [type, rest] = splitType(rest);
    if (rest === before) break;
  }
  rest = tidy(rest.replace(/(?:^|\s)#(?:comment|close|closes|done|resolve|resolved|in-progress|start|time)\b/giu, " "));
  return { type, sentence: capitalise(toPastTense(rest)) };
}

/** Closes the gaps that removed parts leave. */
function tidy(text: string): string {
  return cleanLine(text)
    .replace(/\(\s?\)|\[\s?\]/gu, "")
    .replace(/ +(?=[.,;:!?)]+(?: |$))/gu, "")
    .replace(/ {2,}/gu, " ")
    .replace(/^[\s\-–—:;,.|/*•]+/u, "")
    .replace(/[\s\-–—:;,|/.]+$/u, "");
}
