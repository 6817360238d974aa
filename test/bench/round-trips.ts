import { openGate } from "../http/gate.ts";
import { connect, deliverGithub, startHarness } from "../http/harness.ts";
import { makePush } from "./push-body.ts";
import type { Row } from "./row.ts";
import { waitUntilRecorded } from "./stacks.ts";
import { processPushes, storePushes } from "./worker-time.ts";

const ONE_BY_ONE = 20;
const AT_ONCE = 64;
const BATCH = 100;

/** How often the Worker asks the database, counted on the way between the two. */
export async function measureRoundTrips(): Promise<Row[]> {
  const gate = await openGate();
  const harness = await startHarness({ bindings: { SUPABASE_URL: gate.url } });
  gate.target = harness.stack.supabaseUrl;
  try {
    const repository = await connect(harness, "github");
    const push = async (): Promise<void> => {
      const answer = await deliverGithub(repository, makePush(3).body);
      if (answer.status !== 202) throw new Error(`The push was answered ${answer.status}.`);
      await answer.body?.cancel();
    };
    const count = async (asked: RegExp, task: () => Promise<unknown>): Promise<number> => {
      let trips = 0;
      gate.passage = (path) => {
        if (asked.test(path)) trips += 1;
        return "open";
      };
      await task();
      return trips;
    };
    // Processing begins beside accepting, and asks by other names.
    const accepting = /\/rpc\/(?:webhook_targets|accept_deliveries)/u;
    await push();
    const alone = await count(accepting, async () => {
      for (let sent = 0; sent < ONE_BY_ONE; sent += 1) await push();
    });
    const together = await count(accepting, () => Promise.all(Array.from({ length: AT_ONCE }, push)));
    await waitUntilRecorded(harness);
    const [one, many] = [
      await storePushes(harness.service, repository.id, 1),
      await storePushes(harness.service, repository.id, BATCH),
    ];
    const ofOne = await count(/./u, () => processPushes(harness, one));
    const ofMany = await count(/./u, () => processPushes(harness, many));
    const most = { unit: "round trips", baseline: 2, against: "the most there may be" };
    return [
      { name: "to accept a push", value: alone / ONE_BY_ONE, ...most },
      { name: `to accept a push, of ${AT_ONCE} at once`, value: together / AT_ONCE, ...most },
      {
        name: `to process a batch of ${BATCH} pushes`,
        value: ofMany,
        unit: "round trips",
        baseline: ofOne,
        against: "a batch of one push",
      },
    ];
  } finally {
    await harness.stop();
    await gate.close();
  }
}
