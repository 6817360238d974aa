import { settle } from "@billhook/database/client";
import { type TaxCategory, taxCategories } from "@billhook/domain/invoice-totals";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useDb } from "../../data/app.tsx";
import { taxKinds, taxRatesKey } from "../../data/tax-rates.ts";
import { useWorkspace } from "../../data/workspace.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Field, Select, TextArea, TextInput } from "../../ui/field.tsx";

/** Above 0, at most 100, with three decimals at most; null for anything else. */
function readPercent(text: string): number | null {
  const thousandths = Number(text.trim().replace(",", ".").replace(/\s*%$/u, "")) * 1000;
  const whole = Math.round(thousandths);
  return text.trim() !== "" && Math.abs(thousandths - whole) < 1e-6 && whole > 0 && whole <= 100_000
    ? whole / 1000
    : null;
}

export function TaxRateDialog({ onClose }: { onClose: () => void }) {
  const db = useDb();
  const queryClient = useQueryClient();
  const { workspace } = useWorkspace();
  const [category, setCategory] = useState<TaxCategory>("standard");
  const [name, setName] = useState("VAT");
  const [percent, setPercent] = useState("");
  const [note, setNote] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const read = category === "standard" ? readPercent(percent) : 0;
  const noted = category === "standard" || category === "zero" || note.trim() !== "";

  const choose = (value: string): void => {
    const chosen = taxCategories.find((known) => known === value) ?? "standard";
    setCategory(chosen);
    setNote(taxKinds[chosen].note);
    setName(chosen === "standard" ? "VAT" : taxKinds[chosen].label);
  };
  const save = async (): Promise<void> => {
    setTried(true);
    if (read === null || !noted || name.trim() === "") return;
    setBusy(true);
    const made = await settle(
      db
        .from("tax_rates")
        .insert({
          workspace_id: workspace.id,
          name: name.trim(),
          category,
          percent: read,
          note: note.trim() === "" ? null : note.trim(),
        })
        .select("id")
        .single(),
    );
    setBusy(false);
    if (!made.ok) {
      setProblem(made.error.message);
      return;
    }
    await queryClient.invalidateQueries({ queryKey: taxRatesKey(workspace.id) });
    onClose();
  };

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Add a tax">
      <form
        noValidate
        className="grid grid-cols-2 gap-x-4 gap-y-3"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field label="Kind">
          <Select autoFocus value={category} onChange={({ target }) => choose(target.value)}>
            {taxCategories.map((value) => (
              <option key={value} value={value}>
                {taxKinds[value].label}
              </option>
            ))}
          </Select>
        </Field>
        {category === "standard" && (
          <Field
            label="Per cent"
            error={tried && read === null ? "Enter a percentage above 0 and up to 100, such as 19." : undefined}
          >
            <TextInput inputMode="decimal" value={percent} onChange={({ target }) => setPercent(target.value)} />
          </Field>
        )}
        <Field
          label="Name"
          hint="As invoices show it; the proposed name in the client's language."
          className="col-span-2"
          error={tried && name.trim() === "" ? "Give the tax a name." : undefined}
        >
          <TextInput maxLength={60} value={name} onChange={({ target }) => setName(target.value)} />
        </Field>
        <Field
          label="Note"
          hint="Printed on invoices: the law wants the reason where nothing is charged. The proposed note is printed in the client's language, your own words as they are."
          className="col-span-2"
          error={tried && !noted ? "Say why nothing is charged." : undefined}
        >
          <TextArea rows={2} maxLength={500} value={note} onChange={({ target }) => setNote(target.value)} />
        </Field>
        <div className="col-span-2">
          {problem !== null && (
            <p role="alert" className="text-danger">
              {problem}
            </p>
          )}
          <DialogActions>
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="primary" busy={busy}>
              Add the tax
            </Button>
          </DialogActions>
        </div>
      </form>
    </Dialog>
  );
}
