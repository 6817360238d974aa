import type { ListedPerson } from "@billhook/database/people";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Field, Select } from "../../ui/field.tsx";

/** Says that two authors are one person. */
export function JoinDialog(props: {
  from: ListedPerson;
  people: readonly ListedPerson[];
  onJoin: (into: ListedPerson) => Promise<void>;
  onClose: () => void;
}) {
  const { from } = props;
  const others = props.people.filter(({ id }) => id !== from.id);
  const [chosen, setChosen] = useState(others[0]?.id ?? "");
  const [busy, setBusy] = useState(false);
  const into = others.find(({ id }) => id === chosen);
  return (
    <Dialog
      open
      size="sm"
      onOpenChange={(open) => {
        if (!open) props.onClose();
      }}
      title={`Who else is ${from.display_name}?`}
      description="Commits, drafts and all that comes under these addresses belong to one person then. An address can be taken out again."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (into === undefined) return;
          setBusy(true);
          void props.onJoin(into).finally(() => setBusy(false));
        }}
      >
        <Field label="The same person as">
          <Select value={chosen} onChange={(event) => setChosen(event.target.value)}>
            {others.map((person) => (
              <option key={person.id} value={person.id}>
                {person.display_name} ({person.identities[0]})
              </option>
            ))}
          </Select>
        </Field>
        <DialogActions>
          <Button type="button" onClick={props.onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="primary" busy={busy}>
            Make them one person
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
