/**
 * Whether a model's words may stand on a line. They come from a text that anybody who commits can write, so a model that
 * did as the text said is to be expected: whatever could be read as a link, an amount or a time is refused, in any
 * script, and the line keeps the words of the template.
 */
import { cleanLine } from "./text.ts";

export const MAX_WORDS = 20;
/** UTF-16 units; languages without blanks between words are bounded by it. */
const MAX_LENGTH = 200;

export type CheckedWords = { ok: true; words: string } | { ok: false; reason: string };

const refuse = (reason: string): CheckedWords => ({ ok: false, reason });

/** A scheme, a host, a mail address, a path; also as they are written to get past a filter. */
const link =
  /[a-z][a-z0-9+.-]{1,20}:\/\/|\bhxxps?\b|\bwww\b|@|\\|(?:\S*\/){2}|[\p{L}\p{N}-][.。｡](?!js\b)\p{L}{2,}|\b(?:dot|punkt|point|punto)\s{1,3}(?:com|net|org|io|dev|app|xyz|info)\b/iu;
const markup = /[<>[\]{}|`*_#~^=]|&[a-z#\d]+;/iu;
/** A number that no letter begins: `UTF-8` and `v2` are names, `40`, `2h`, `½` and `500k` are figures. */
const figure = /(?<![\p{L}\p{N}][-.]?|\p{M})\p{N}/u;
const currency =
  /\p{Sc}|(?<![\p{L}\p{N}])(?:USD|EUR|GBP|CHF|JPY|CNY|INR|AUD|CAD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RON|BRL|MXN|ZAR|ILS|KRW|SGD|HKD|BTC|ETH)(?!\p{Ll})|\b(?:euros?|dollars?|dólares?|cents?|pounds?|francs?|franken|yen|yuan|rupees?|bitcoins?)\b|[元円₿원]|(?:евро|доллар|рубл)/iu;
const price =
  /\b(?:price|cost|fee|rate|total|amount|charge|invoice|bill|preis|kosten|betrag|prix|coût|montant|precio|coste|importe)s?(?:\s{1,3}(?:is|are|was|were|ist|sind|beträgt|est|sont|es|son)\b|\s{0,3}:)|\b(?:billable|free of charge|no charge|overtime)\b/iu;
const numberWord =
  "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|" +
  "eighteen|nineteen|twenty|thirty|forty|fourty|fifty|sixty|seventy|eighty|ninety|half|several|many|extra|additional|" +
  "zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwanzig|dreißig|vierzig|fünfzig|sechzig|halbe[nr]?|" +
  "deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|vingt|trente|quarante|cinquante|" +
  "dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|veinte|treinta|cuarenta|due|tre|quattro|cinque|sei|sette|otto|" +
  "nove|dieci|venti|trenta|quaranta|dois|duas|três|sete|oito|dez|vinte|quarenta|twee|drie|vijf|zes|zeven|negen|tien|veertig)";
const unit =
  "(?:hours?|hrs?|minutes?|mins?|days?|weeks?|months?|man-?days?|stunden?|minuten?|tage?n?|wochen?|heures?|jours?|semaines?|" +
  "horas?|minutos?|días?|semanas?|ore|ora|minuti|giorn[oi]|dias?|uur|uren|dagen?)";
/** "A day" is said of many things; "an hour" and "ein Tag Arbeit" of what somebody asks to be paid for. */
const single =
  "(?:an? (?:(?:man|working|whole|full)[\\s-])?(?:hour|minute|man-?day|work(?:ing)? ?day|day['’]?s? (?:of )?work)|eine?[nr]? (?:stunde|minute|tag arbeit|arbeitstag)|" +
  "une (?:heure|minute|journée)|una hora|un'ora)";
const duration = new RegExp(
  `(?<!\\p{L})${single}(?!\\p{L})|` +
    `(?<!\\p{L})${numberWord}[\\s-]{1,3}(?:[\\p{L}-]{1,20}[\\s-]{1,3})?${unit}(?!\\p{L})|` +
    `(?<!\\p{L})${unit}(?:\\s{0,3}:|[-.]?\\p{N})|[一二三四五六七八九十百千万两幾几][个個]?(?:小时|小時|分钟|分鐘|时间|時間|天|日|分)|` +
    "\\b(?:hundred|thousand|million|hundert|tausend|cent|mille|cien|mil)s?\\b",
  "iu",
);
/** Answers to whoever asked, instead of words for a line. */
const talk =
  /^(?:i|i'm|i’m|i’ll|sure|sorry|okay|ok|here(?:'s|’s| is)|as an|note|unfortunately)(?![\p{L}\p{N}])|\b(?:system prompt|language model|as an ai|ignor(?:e|ing|ed) (?:the|all|any|previous|above|prior|these|your))\b|^["'“„«]/iu;
/** Format characters, private use, unassigned; pictures; letters under a heap of marks. */
const disguise = /[\p{Cf}\p{Co}\p{Cn}\p{Cs}]|\p{Extended_Pictographic}|\p{M}{3,}/u;
const scripts = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
];

/** A word with letters of two alphabets that look alike is none: Unicode TR 39, "Mixed-Script Detection". */
const mixesScripts = (text: string): boolean =>
  [...text.matchAll(/\p{L}+/gu)].some(([word]) => scripts.filter((script) => script.test(word)).length > 1);

function countWords(text: string, locale: string): number {
  let count = 0;
  for (const { isWordLike } of new Intl.Segmenter(locale, { granularity: "word" }).segment(text)) {
    if (isWordLike === true) count += 1;
  }
  return count;
}

/** `limits.words` as many at most, twenty unless given. Reasons are for people. */
export function checkWords(
  given: string,
  locale: string,
  limits: { words?: number; length?: number } = {},
): CheckedWords {
  const maximum = limits.words ?? MAX_WORDS;
  if (given.length > (limits.length ?? MAX_LENGTH)) return refuse("The answer was too long.");
  const words = given
    .normalize("NFC")
    .trim()
    .replace(/(?<![.])\.$/u, "");
  // Compared as it would look written plainly: full-width and mathematical letters are letters.
  const plain = words.normalize("NFKC");
  if (disguise.test(words) || /[\r\n]/u.test(words) || cleanLine(words) !== words || mixesScripts(plain)) {
    return refuse("The answer had characters that do not show as what they are.");
  }
  if (!/\p{L}{2}/u.test(plain)) return refuse("The answer was empty.");
  if (countWords(plain, locale) > maximum) return refuse(`The answer had more than ${maximum} words.`);
  if (link.test(plain)) return refuse("The answer had a link in it.");
  if (markup.test(plain)) return refuse("The answer had markup in it.");
  if (currency.test(plain) || price.test(plain)) return refuse("The answer spoke of money.");
  if (figure.test(plain) || duration.test(plain)) return refuse("The answer had a figure or a time in it.");
  if (talk.test(plain)) return refuse("The answer was no description of work.");
  return { ok: true, words };
}
