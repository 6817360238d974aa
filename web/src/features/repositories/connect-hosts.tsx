import { useApp } from "../../data/app.tsx";
import { Button } from "../../ui/button.tsx";
import { wordsOfRefusal } from "./host-refusal.ts";
import { providerNames } from "./provider-names.ts";
import { useHostConnection } from "./use-host-connection.ts";

/** The hosts with pages of their own in which people allow Billhook in. */
const hosts = ["github", "gitlab", "bitbucket", "gitea"] as const;

/** Connecting a host in its own pages; the quick way, where this installation is known there. */
export function ConnectHosts(props: { projectId: string | null; refusal: { host: string; reason: string } | null }) {
  const { config } = useApp();
  const connection = useHostConnection();
  const configured = hosts.filter((host) => config.oauth[host] !== undefined);
  const problem = connection.problem ?? (props.refusal === null ? null : wordsOfRefusal(props.refusal));
  return (
    <section className="mb-4 border-b border-line pb-4">
      {problem !== null && (
        <p role="alert" className="mb-3 rounded-md bg-warn-soft px-3 py-2 text-warn">
          {problem}
        </p>
      )}
      {configured.length > 0 ? (
        <>
          <div className="flex flex-wrap gap-2">
            {configured.map((host, index) => (
              <Button
                key={host}
                variant={index === 0 ? "primary" : "secondary"}
                disabled={connection.busy}
                onClick={() => void connection.begin(host, `/repositories?connect=${props.projectId ?? "new"}`)}
              >
                Connect {providerNames[host]}
              </Button>
            ))}
          </div>
          <p className="mt-2 text-muted">
            Allow access there, pick repositories, and their webhooks are made for you. Or paste one webhook yourself:
          </p>
        </>
      ) : (
        <details>
          <summary className="cursor-pointer text-muted hover:text-ink">
            Connecting GitHub, GitLab or Bitbucket with one click is not configured here
          </summary>
          <p className="mt-1 text-muted">
            Whoever runs Billhook registers it at the host as an OAuth application with the callback address{" "}
            <code className="font-mono text-sm break-all select-all">{location.origin}/api/oauth/github/callback</code>,
            and sets <code className="font-mono text-sm">GITHUB_OAUTH_CLIENT_ID</code> and{" "}
            <code className="font-mono text-sm">GITHUB_OAUTH_CLIENT_SECRET</code>; GITLAB_, BITBUCKET_ and GITEA_ in the
            same way. Pasting a webhook works without that.
          </p>
        </details>
      )}
    </section>
  );
}
