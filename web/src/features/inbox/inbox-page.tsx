import { Page } from "../../ui/page.tsx";
import { ListSkeleton } from "../../ui/states.tsx";

export function InboxPage() {
  return (
    <Page title="Inbox">
      <ListSkeleton />
    </Page>
  );
}
