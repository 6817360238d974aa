import type { changePerson, ListedPerson } from "@billhook/database/people";
import { Unlink } from "lucide-react";
import { useFormat } from "../../data/format.ts";
import { useMembers } from "../../data/workspace.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button, IconButton } from "../../ui/button.tsx";
import { Select } from "../../ui/field.tsx";

type Changes = Parameters<typeof changePerson>[2];

const kinds = [
  { value: "human", label: "A person" },
  { value: "agent", label: "A coding assistant" },
  { value: "bot", label: "A program, never billed" },
] as const;

/** `login:mona` and `name:mona` are keys of authors without an address. */
const wordsOf = (key: string): string =>
  key === "unknown" ? "commits without an author" : key.replace(/^login:/, "login ").replace(/^name:/, "name ");

export function PersonItem(props: {
  person: ListedPerson;
  canManage: boolean;
  canJoin: boolean;
  /** There is nobody to be joined with. */
  alone: boolean;
  onChange: (changes: Changes, done: string) => void;
  onJoin: () => void;
  onSeparate: (key: string) => void;
}) {
  const { person, canManage } = props;
  const format = useFormat();
  const members = useMembers().data ?? [];
  const linked = members.find((member) => member.id === person.member_id);
  const kind = kinds.find(({ value }) => value === person.kind) ?? kinds[0];
  return (
    <li className="flex flex-col gap-2 px-3 py-2.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <span className="font-medium">{person.display_name}</span>
        {person.kind !== "human" && <Badge tone={person.kind === "agent" ? "accent" : "neutral"}>{kind.label}</Badge>}
        {linked !== undefined && <Badge tone="ok">Member</Badge>}
        <span className="text-muted">
          {person.commits === 1 ? "1 commit" : `${person.commits} commits`}
          {person.last_day !== null && `, last on ${format.day(person.last_day)}`}
        </span>
        {props.canJoin && !props.alone && (
          <Button size="sm" className="ml-auto max-md:ml-0" onClick={props.onJoin}>
            Is the same person as…
          </Button>
        )}
      </div>
      <ul aria-label={`Addresses of ${person.display_name}`} className="flex flex-wrap gap-1.5">
        {person.identities.map((key) => (
          <li
            key={key}
            className="inline-flex min-h-6 items-center gap-1 rounded bg-sunken pr-1 pl-2 text-sm break-all text-muted"
          >
            {wordsOf(key)}
            {props.canJoin && person.identities.length > 1 && (
              <IconButton
                label={`Make ${wordsOf(key)} a person of its own`}
                className="!size-5"
                onClick={() => props.onSeparate(key)}
              >
                <Unlink size={12} aria-hidden />
              </IconButton>
            )}
          </li>
        ))}
      </ul>
      {canManage && (
        <div className="flex flex-wrap gap-2">
          <Select
            aria-label={`What ${person.display_name} is`}
            className="!w-auto"
            value={person.kind}
            onChange={(event) => {
              const chosen = kinds.find(({ value }) => value === event.target.value);
              if (chosen !== undefined) {
                props.onChange(
                  { kind: chosen.value },
                  `${person.display_name}: ${chosen.label.toLowerCase()} from now on.`,
                );
              }
            }}
          >
            {kinds.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
          {person.kind === "human" && (
            <Select
              aria-label={`Which member ${person.display_name} is`}
              className="!w-auto"
              value={person.member_id ?? ""}
              onChange={(event) => {
                const chosen = members.find((member) => member.id === event.target.value);
                props.onChange(
                  { member_id: chosen?.id ?? null },
                  chosen === undefined
                    ? `${person.display_name} is no member now.`
                    : `${person.display_name} is the member ${chosen.display_name}.`,
                );
              }}
            >
              <option value="">Not a member</option>
              {members.map((member) => (
                <option key={member.id} value={member.id}>
                  Member: {member.display_name}
                </option>
              ))}
            </Select>
          )}
        </div>
      )}
    </li>
  );
}
