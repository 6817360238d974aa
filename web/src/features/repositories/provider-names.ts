/** Git hosts by the values of `repositories.provider`. */
export const providerNames: Readonly<Record<string, string>> = {
  github: "GitHub",
  gitlab: "GitLab",
  bitbucket: "Bitbucket",
  gitea: "Gitea or Forgejo",
  "bitbucket-server": "Bitbucket Data Center",
  azure: "Azure DevOps",
};
