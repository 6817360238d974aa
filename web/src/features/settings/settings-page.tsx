import { Page, Section } from "../../ui/page.tsx";
import { ConnectedAccounts } from "./connected-accounts.tsx";
import { Members } from "./members.tsx";
import { SettingsNavigation } from "./settings-navigation.tsx";
import { TaxRates } from "./tax-rates.tsx";
import { ThemeChoice } from "./theme-choice.tsx";
import { WorkspaceForm } from "./workspace-form.tsx";

export function SettingsPage() {
  return (
    <Page title="Settings" aside={<SettingsNavigation />}>
      <div className="mx-auto max-w-4xl px-4 py-5">
        <WorkspaceForm />
        <div className="mt-6">
          <Section
            title="Taxes"
            description="What lines are charged with, or why nothing is. A tax never changes: make another one and archive the old."
          >
            <TaxRates />
          </Section>
          <Section title="Members">
            <Members />
          </Section>
          <Section
            title="Connected accounts"
            description="With whose access git hosts are asked for what pushes leave out, and for which repositories."
          >
            <ConnectedAccounts />
          </Section>
          <Section title="Theme" description="For you on this device.">
            <ThemeChoice />
          </Section>
        </div>
      </div>
    </Page>
  );
}
