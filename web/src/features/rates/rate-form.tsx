import type { NewRate } from "@billhook/database/rates";
import type { ListedPerson } from "@billhook/database/people";
import { useState } from "react";
import { readRate } from "../../lib/money-text.ts";
import { Button } from "../../ui/button.tsx";
import { Field, Select, TextInput } from "../../ui/field.tsx";
import type { RateKind } from "./rate-data.ts";

/** One more rate. It stands inside another form on some pages, so it is no form itself. */
export function RateForm(props: {
  kinds: readonly [RateKind, ...RateKind[]];
  currency: string;
  locale: string;
  people: readonly ListedPerson[];
  onAdd: (rate: NewRate) => Promise<boolean>;
}) {
  const { kinds, currency, locale } = props;
  const [first] = kinds;
  const [chosen, setChosen] = useState(first.scope);
  const [personId, setPersonId] = useState("");
  const [amount, setAmount] = useState("");
  const [from, setFrom] = useState("");
  const [problem, setProblem] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const kind = kinds.find(({ scope }) => scope === chosen) ?? first;
  const ofPerson = kind.scope === "person" || kind.scope === "project_person";

  const add = async (): Promise<void> => {
    const read = readRate(amount, currency, locale);
    if (!read.ok || read.minor === null) {
      setProblem(read.ok ? "Enter an amount." : read.error);
      return;
    }
    if (ofPerson && personId === "") {
      setProblem("Choose the person.");
      return;
    }
    setProblem(undefined);
    setBusy(true);
    const done = await props.onAdd({
      scope: kind.scope,
      hourly_rate_minor: read.minor,
      currency,
      ...(from === "" ? {} : { valid_from: from }),
      ...(ofPerson ? { person_id: personId } : {}),
    });
    setBusy(false);
    if (done) setAmount("");
  };

  return (
    <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
      {kinds.length > 1 && (
        <Field label="Rate" className="w-52">
          <Select
            value={kind.scope}
            onChange={({ target }) =>
              setChosen(kinds.find(({ scope }) => scope === target.value)?.scope ?? first.scope)
            }
          >
            {kinds.map(({ scope, label }) => (
              <option key={scope} value={scope}>
                {label}
              </option>
            ))}
          </Select>
        </Field>
      )}
      {ofPerson && (
        <Field label="Person" className="w-44">
          <Select value={personId} onChange={({ target }) => setPersonId(target.value)}>
            <option value="">Choose…</option>
            {props.people
              .filter(({ kind: sort }) => sort !== "bot")
              .map((person) => (
                <option key={person.id} value={person.id}>
                  {person.display_name}
                </option>
              ))}
          </Select>
        </Field>
      )}
      <Field label={`An hour in ${currency}`} error={problem} className="w-36">
        <TextInput
          inputMode="decimal"
          value={amount}
          onChange={({ target }) => setAmount(target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            void add();
          }}
        />
      </Field>
      <Field label="From" hint="Empty: always" className="w-40">
        <TextInput
          type="date"
          min="1970-01-01"
          max="2199-12-31"
          value={from}
          onChange={({ target }) => setFrom(target.value)}
        />
      </Field>
      <Button busy={busy} className="mt-[22px]" onClick={() => void add()}>
        Set the rate
      </Button>
    </div>
  );
}
