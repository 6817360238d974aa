import { Page } from "../../ui/page.tsx";
import { ListSkeleton } from "../../ui/states.tsx";

export function SettingsPage() {
  return (
    <Page title="Settings">
      <ListSkeleton />
    </Page>
  );
}
