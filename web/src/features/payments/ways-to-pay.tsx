import { settle } from "@billhook/database/client";
import { paymentMethods, type PaymentMethod } from "@billhook/domain/payment-methods";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useDb, useSession } from "../../data/app.tsx";
import { keys } from "../../data/query.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { Checkbox, Select } from "../../ui/field.tsx";
import { notifyError } from "../../ui/toast.tsx";

const names: Readonly<Record<PaymentMethod, string>> = {
  card: "Card",
  sepa_debit: "SEPA debit",
  us_bank_account: "ACH debit",
  customer_balance: "Bank transfer to an account at Stripe",
};

const all = Object.keys(paymentMethods) as PaymentMethod[];

/** In which ways invoices of the workspace, or of one client, may be paid at Stripe; saved as it is chosen. */
export function WaysToPay({ of, chosen }: { of: { clientId: string } | "workspace"; chosen: string[] | null }) {
  const db = useDb();
  const queryClient = useQueryClient();
  const session = useSession();
  const { workspace, canManage } = useWorkspace();
  /** What is shown before the list has been read again. */
  const [shown, setShown] = useState(chosen);

  const save = async (next: string[] | null): Promise<void> => {
    setShown(next);
    const change = { payment_methods: next };
    const saved = await settle(
      of === "workspace"
        ? db.from("workspaces").update(change).eq("id", workspace.id).select("id").single()
        : db.from("clients").update(change).eq("id", of.clientId).select("id").single(),
    );
    await queryClient.invalidateQueries({
      queryKey: of === "workspace" ? keys.workspaces(session?.user.id ?? "") : keys.clients(workspace.id),
    });
    if (saved.ok) return;
    setShown(chosen);
    void notifyError(saved.error.message);
  };

  return (
    <div className="flex flex-col gap-2.5">
      <Select
        aria-label="Ways to pay"
        className="max-w-sm"
        disabled={!canManage}
        value={shown === null ? "default" : "own"}
        onChange={({ target }) => void save(target.value === "own" ? ["card"] : null)}
      >
        <option value="default">{of === "workspace" ? "As the account at Stripe is set up" : "As in Settings"}</option>
        <option value="own">Only these</option>
      </Select>
      {shown !== null && (
        <ul className="flex flex-col gap-1.5">
          {all.map((method) => {
            const others = shown.filter((each) => each !== method);
            const currencies: readonly string[] | null = paymentMethods[method];
            return (
              <li key={method}>
                <label className="flex items-center gap-2">
                  <Checkbox
                    checked={shown.includes(method)}
                    disabled={!canManage || (shown.includes(method) && others.length === 0)}
                    onChange={({ target }) => void save(target.checked ? [...others, method] : others)}
                  />
                  {names[method]}
                  {currencies !== null && <span className="text-muted">{currencies.join(", ")}</span>}
                </label>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
