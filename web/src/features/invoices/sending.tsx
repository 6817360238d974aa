import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { fetchApi, useApp } from "../../data/app.tsx";
import { keys } from "../../data/query.ts";
import { askWorker } from "../../lib/problem.ts";
import { Button } from "../../ui/button.tsx";
import { notify } from "../../ui/toast.tsx";
import { type InvoiceRow, paymentStateOf } from "./invoice-state.ts";
import { useSettling } from "./use-settling.ts";

/** Sending is several steps at Stripe; each is kept, so trying again completes the same invoice. */
export function useSending(invoice: InvoiceRow) {
  const app = useApp();
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  /** Answers whether it went through. */
  const send = async (by: "email" | "card"): Promise<boolean> => {
    setBusy(true);
    setProblem(null);
    const asked = await askWorker(() => fetchApi(app, `/api/invoices/${invoice.id}/send?by=${by}`, { method: "POST" }));
    await queryClient.invalidateQueries({ queryKey: keys.invoices(invoice.workspace_id) });
    setBusy(false);
    if (!asked.ok) {
      setProblem(asked.problem.message);
      return false;
    }
    const name = invoice.number ?? "The invoice";
    if (by === "email") void notify(`${name} is with the client`, undefined, "Stripe has sent it.");
    else void notify(`${name} is charged`, undefined, "This page says when the money is there.");
    return true;
  };
  const isOpen = invoice.kind === "invoice" && invoice.status === "open";
  const processing = paymentStateOf(invoice) === "processing";
  return {
    send,
    busy,
    problem: problem ?? invoice.stripe_error,
    possible: isOpen && invoice.sent_at === null && !processing,
    chargeable: isOpen && !processing && !busy,
  };
}

export type Sending = ReturnType<typeof useSending>;

/** What Stripe did not do or was not told, why, and the way on. */
export function NotSent(props: { invoice: InvoiceRow; sending: Sending; canManage: boolean }) {
  const { invoice, sending, canManage } = props;
  const settle = useSettling(invoice);
  const refused = paymentStateOf(invoice) !== null;
  const what = refused
    ? "The charge did not go through."
    : sending.possible
      ? "The invoice was not sent."
      : "Stripe has not heard everything about this invoice.";
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line bg-danger-soft px-4 py-2 text-danger"
    >
      <p className="min-w-0 flex-1">
        <span className="font-medium">{what}</span> {sending.problem}
        {!refused && " What was done already is kept: trying again completes it."}
      </p>
      {canManage && (!refused || sending.possible) && (
        <Button busy={sending.busy} onClick={() => (sending.possible ? void sending.send("email") : settle())}>
          {refused ? "Send it instead" : "Try again"}
        </Button>
      )}
    </div>
  );
}
