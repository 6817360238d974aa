/**
 * Many requests, one question. What requests of one isolate ask the database at the same moment is asked together, as a
 * database commits for several at once: the first asks straight away; those that come while it waits for its answer share
 * the next question. Nobody waits where nothing is under way, and nothing is remembered between questions.
 *
 * Each request gets the answer to its own question, and only after the database gave it. In workerd a request may await
 * what another one resolves, but its own I/O ends with it: so the request that asks is kept alive until the answers are
 * handed out, even where its sender has hung up, and one that is lost all the same leaves the others an answer of their own.
 */
export interface Asking<Question, Answer> {
  /**
   * Asks for all, and answers in the same order; null where they cannot be answered together: each asks by itself then.
   * For a single question it always answers.
   */
  askAll: (questions: Question[]) => Promise<Answer[] | null>;
  /** What a request answers that never heard of its question again. */
  unanswered: () => Answer;
  /** The request's own waitUntil. */
  waitUntil: (promise: Promise<unknown>) => void;
}

/** How many questions go together, and how many bytes of them. */
const mostQuestions = 64;
const mostBytes = 1024 * 1024;
/** The next question waits for the one under way this long at most. */
const longestHoldMs = 100;
/** A round older than this has lost the request that leads it: nobody joins it any more. */
const longestOpenMs = 500;
/** After this a request is unanswered: later than a query times out, sooner than a host gives up (ten seconds). */
const patienceMs = 9_000;

type Outcome<Answer> = { kind: "answer"; answer: Answer } | { kind: "alone" } | { kind: "unanswered" };

interface Waiting<Question, Answer> {
  question: Question;
  resolve: (outcome: Outcome<Answer>) => void;
}

interface Round<Question, Answer> {
  waiting: Waiting<Question, Answer>[];
  bytes: number;
  openedAt: number;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export class Gathering<Question, Answer> {
  /** The round that can still be joined. */
  #open: Round<Question, Answer> | null = null;
  #underWay = 0;
  #answered: Promise<void> = Promise.resolve();

  /** `bytes` is about what the question adds to the common one. Throws what `askAll` throws of a single question. */
  async ask(question: Question, bytes: number, asking: Asking<Question, Answer>): Promise<Answer> {
    const outcome = await this.#join(question, bytes, asking);
    switch (outcome.kind) {
      case "answer":
        return outcome.answer;
      case "alone":
        return (await asking.askAll([question]))?.[0] ?? asking.unanswered();
      case "unanswered":
        return asking.unanswered();
    }
  }

  #join(question: Question, bytes: number, asking: Asking<Question, Answer>): Promise<Outcome<Answer>> {
    const { promise, resolve } = Promise.withResolvers<Outcome<Answer>>();
    // Also keeps this request busy in the eyes of workerd, which would otherwise think that it hangs.
    const timer = setTimeout(() => resolve({ kind: "unanswered" }), patienceMs);
    const waiting = {
      question,
      resolve: (outcome: Outcome<Answer>) => {
        clearTimeout(timer);
        resolve(outcome);
      },
    };
    const open = this.#open;
    if (
      open !== null &&
      open.waiting.length < mostQuestions &&
      open.bytes + bytes <= mostBytes &&
      Date.now() - open.openedAt < longestOpenMs
    ) {
      open.waiting.push(waiting);
      open.bytes += bytes;
    } else {
      const round = { waiting: [waiting], bytes, openedAt: Date.now() };
      this.#open = round;
      asking.waitUntil(this.#lead(round, asking));
    }
    return promise;
  }

  async #lead(round: Round<Question, Answer>, asking: Asking<Question, Answer>): Promise<void> {
    if (this.#underWay > 0) await Promise.race([this.#answered, sleep(longestHoldMs)]);
    if (this.#open === round) this.#open = null;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#answered = promise;
    this.#underWay += 1;
    try {
      const answers = await asking.askAll(round.waiting.map((waiting) => waiting.question));
      for (const [index, waiting] of round.waiting.entries()) {
        const answer = answers?.[index];
        waiting.resolve(answer === undefined ? { kind: "alone" } : { kind: "answer", answer });
      }
    } catch {
      for (const waiting of round.waiting) waiting.resolve({ kind: "alone" });
    } finally {
      this.#underWay -= 1;
      resolve();
    }
  }
}
