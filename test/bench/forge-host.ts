/**
 * A git host in a process of its own, for one clone: the stand-in runs git for every page, and starting a program from a
 * process as large as the stack takes longer than all the rest of an import.
 */
import { startGithubStandin } from "../standins/github/server.ts";

const [path = ""] = process.argv.slice(2);
const standin = await startGithubStandin({
  tokens: ["good-token"],
  repositories: [{ owner: "example", name: "shop", path, id: 7002 }],
});
process.send?.(standin.url);
process.once("disconnect", () => void standin.close());
