import { Link } from "@tanstack/react-router";
import { buttonClass } from "../ui/button.tsx";
import { EmptyState } from "../ui/states.tsx";

export function NotFound() {
  return (
    <EmptyState
      title="There is no such page"
      action={
        <Link to="/inbox" className={buttonClass("primary")}>
          Open the inbox
        </Link>
      }
    >
      The address may be mistyped, or what it showed is gone.
    </EmptyState>
  );
}
