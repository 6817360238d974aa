import { Link } from "@tanstack/react-router";
import { buttonClass } from "../../ui/button.tsx";
import { Page, Section } from "../../ui/page.tsx";
import { ConnectedAccounts } from "./connected-accounts.tsx";
import { Members } from "./members.tsx";
import { TaxRates } from "./tax-rates.tsx";
import { ThemeChoice } from "./theme-choice.tsx";
import { WorkspaceForm } from "./workspace-form.tsx";

export function SettingsPage() {
  return (
    <Page title="Settings">
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
          <Section
            title="People and working hours"
            description="Whose commits they are, under which addresses, and when you work."
          >
            <Link to="/settings/people" className={buttonClass()}>
              People
            </Link>
          </Section>
          <Section
            title="Words"
            description="Who words the lines that clients read, what it may cost, and what a model is never told."
          >
            <Link to="/settings/words" className={buttonClass()}>
              Words
            </Link>
          </Section>
          <Section
            title="Ticket systems"
            description="Jira, Linear and others, whose tickets your commits name: for the words, the group and the rules of a line."
          >
            <Link to="/settings/tickets" className={buttonClass()}>
              Ticket systems
            </Link>
          </Section>
          <Section title="Theme" description="For you on this device.">
            <ThemeChoice />
          </Section>
        </div>
      </div>
    </Page>
  );
}
