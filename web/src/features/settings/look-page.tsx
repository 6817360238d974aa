import { Page } from "../../ui/page.tsx";
import { LookForm } from "./look-form.tsx";
import { SettingsNavigation } from "./settings-navigation.tsx";

export function LookPage() {
  return (
    <Page title="Settings" aside={<SettingsNavigation />}>
      <LookForm />
    </Page>
  );
}
