import { approveDrafts } from "@billhook/database/drafts";
import { createInvoice } from "@billhook/database/invoices";
import { connect, deliverGithub, githubPush, settled, signUpWithWorkspace } from "../http/harness.ts";
import { type Row, timeMedian } from "./row.ts";
import type { Bench } from "./stacks.ts";

const LINES = 60;
const MANY_LINES = 1000;
const ENGLISH = "Keep items in the basket when the person comes back later";
const JAPANESE = "カート画面の商品を保持し、後で戻ってきたときに表示する処理を追加、APIの応答も改善";

/** A draft's PDF is made anew each time: that of a finalised invoice would come out of the bucket. */
export async function measureInvoicePdf({ product, baseline }: Bench): Promise<Row[]> {
  const { stack, service } = product;
  const person = await signUpWithWorkspace(stack);
  const repository = await connect(product, "github", {}, person);
  const commits = Array.from({ length: LINES }, (_, index) => ({
    message: `feat(basket): keep item ${index} in the basket when the person comes back later SHOP-${index} [1h 30m]`,
  }));
  await deliverGithub(repository, JSON.stringify(githubPush(commits)));
  await settled(service, repository.id);
  const { data } = await person.database.from("draft_line_items").select("id").eq("repository_id", repository.id);
  const drafts = (data ?? []).map(({ id }) => id);
  await approveDrafts(person.database, drafts);
  const invoice = await createInvoice(person.database, person.clientId, drafts);
  if (!invoice.ok || drafts.length !== LINES) throw new Error("The invoice could not be made.");

  const fetchPdf = async (url: string): Promise<void> => {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${person.token}` } });
    const body = await answer.arrayBuffer();
    if (!answer.ok || body.byteLength < 1000) throw new Error(`${url} answered ${answer.status}`);
  };
  const bare = (query: Record<string, string> = {}) =>
    fetchPdf(`${baseline.appUrl}/api/bare-pdf?${new URLSearchParams(query).toString()}`);
  const ours = () => fetchPdf(`${stack.appUrl}/api/invoices/${invoice.value}/pdf`);
  const japanese = () => bare({ lines: `${LINES}`, description: JAPANESE, locale: "ja-JP" });
  const many = () => bare({ lines: `${MANY_LINES}`, description: ENGLISH });
  for (let warm = 0; warm < 5; warm += 1) {
    await ours();
    await bare();
    await japanese();
  }
  await many();
  const least = await timeMedian(15, () => bare());
  const against = "an invoice without lines, set by the same code in a Worker that asks no database";
  return [
    { name: `PDF of ${LINES} lines, warm`, value: await timeMedian(15, ours), unit: "ms", baseline: least, against },
    {
      name: `PDF of ${LINES} lines in Japanese, warm`,
      value: await timeMedian(15, japanese),
      unit: "ms",
      baseline: least,
      against: `${against}, as were these lines`,
    },
    {
      name: `PDF of ${MANY_LINES} lines, warm`,
      value: await timeMedian(3, many),
      unit: "ms",
      baseline: least,
      against: `${against}, as were these lines`,
    },
  ];
}
