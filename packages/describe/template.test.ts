import type { FileChange, PushedCommit } from "@billhook/domain/push";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeCommit } from "./template.ts";

function file(path: string, additions: number | null = null, deletions: number | null = null): FileChange {
  return { path, status: "modified", additions, deletions, binary: null };
}

function commit(message: string, files: FileChange[] | null = null): PushedCommit {
  const author = { name: "Developer", email: "dev@example.com", username: null };
  const unknown = { parents: null, committer: null, authoredAt: null, committedAt: null, url: null, patchId: null };
  return { hash: "a".repeat(40), message, author, files, ...unknown };
}

const words = (message: string, files: FileChange[] | null = null) =>
  describeCommit(commit(message, files)).description;
const graphemes = (text: string) => [...new Intl.Segmenter("en").segment(text)].map(({ segment }) => segment);

describe("describeCommit", () => {
  it("writes the specification's example", () => {
    const files = [file("src/auth.ts", 40, 10), file("src/session.ts", 5, 2)];
    expect(describeCommit(commit("Fix authentication bug", files))).toEqual({
      description: "Backend Development: Fixed authentication bug (2 files changed, +45/-12 lines)",
      detailed_description: null,
      category: "Backend Development",
    });
  });

  it("states counts only where they are known", () => {
    expect(words("Fix bug", [file("a.go")])).toBe("Backend Development: Fixed bug (1 file changed)");
    expect(words("Fix bug", [file("a.go", 3, 1), file("b.go")])).toBe(
      "Backend Development: Fixed bug (2 files changed)",
    );
    expect(words("Fix bug", [])).toBe("Development: Fixed bug");
    expect(words("Fix bug")).toBe("Development: Fixed bug");
  });

  it.each([
    ["feat: add login", "Development: Feature – Added login"],
    ["feat(api)!: add login", "Development: Feature – Added login"],
    ["fix(auth): handle empty tokens", "Development: Bug fix – Handled empty tokens"],
    ["docs: update README", "Documentation: Updated README"],
    ["test: cover login", "Testing: Cover login"],
    ["ci: cache packages", "Infrastructure: Continuous integration – Cache packages"],
    ["chore(deps): bump zod to 4", "Development: Maintenance – Bumped zod to 4"],
    ["refactor: ABC-12 split parser", "Development: Refactoring – Split parser"],
    ["ABC-12: feat: add login", "Development: Feature – Added login"],
    ["login: fix it", "Development: Login: fix it"],
  ])("names conventional types in plain words: %s", (message, expected) => {
    expect(words(message)).toBe(expected);
  });

  it.each([
    ["ABC-123 Fix login [2.5h]", "Fixed login"],
    ["[ABC-123] Fix login", "Fixed login"],
    ["[ABC-123][DEF-4] - Fix login (#12)", "Fixed login"],
    ["Fix login (closes #12, #13)", "Fixed login"],
    ["Fix login, fixes ABC-12", "Fixed login"],
    ["Fix #12: login form", "Bug fix – Login form"],
    ["ABC-1 #comment Fix login #time 1h 30m", "Fixed login"],
    ["GH-12: Fix login", "Fixed login"],
    ["WIP: fix login", "Fixed login"],
    ["[WIP] fix login", "Fixed login"],
    ["fixup! Fix login", "Fixed login"],
    [":bug: fix login", "Fixed login"],
    ["🐛 fix login", "Fixed login"],
    ["Update .gitignore", "Updated .gitignore"],
    ["Issue #5: login broken", "Login broken"],
    ["Closes ABC-5: login broken", "Login broken"],
    ["Fix login for issue ABC-5", "Fixed login"],
    ["Fix login [skip ci]", "Fixed login"],
    ["Merged PR 12: Add login", "Added login"],
    ["Merge pull request #12 from someone/login\n\nAdd login", "Added login"],
    ["Merge branch 'login' into 'main'\n\nAdd login\n\nSee merge request acme/shop!1", "Added login"],
    ["Merged in login (pull request #12)\n\nAdd login", "Added login"],
    ["Merge branch 'login'\n\n# Conflicts:\n#\ta.ts", "Merged branch 'login'"],
    ["Merge branch 'ABC-12-stock-page'", "Merged branch 'stock-page'"],
    ["Merge branch 'feature/ABC-12-stock' into main", "Merged branch 'feature/stock' into main"],
    ["Merge branch 'ABC-12'", "Merged branch"],
    ["feat:", "Feature"],
    ["Fix login.", "Fixed login"],
    ["Fix UTF-8 names", "Fixed UTF-8 names"],
    ["Budget [2024] page", "Budget [2024] page"],
    ["iOS build works again", "iOS build works again"],
    ["Fix for login", "Fix for login"],
    ["update", "Updated"],
    ["Simplify parser", "Simplified parser"],
    ["Write docs", "Wrote docs"],
    ["Drop old API", "Dropped old API"],
    ["Added license", "Added license"],
    ['Revert "Add login"', 'Reverted "Add login"'],
    ["[backend] Fix login", "Fixed login"],
    ["Überarbeite Formular", "Überarbeite Formular"],
  ])("keeps of %j the words that say what was done", (message, expected) => {
    expect(words(message)).toBe(`Development: ${expected}`);
  });

  it("removes the project's own time annotations", () => {
    const options = { explicitPattern: String.raw`\{(\d+m)\}` };
    expect(describeCommit(commit("Fix login {20m}"), options).description).toBe("Development: Fixed login");
  });

  it("calls a message without words development work", () => {
    for (const message of ["", " \r\n ", "[2h]", "ABC-123", "#12 [1h]", "...", "Time-Spent: 2h", "fixup! "]) {
      expect(words(message), message).toBe("Development work");
    }
    expect(words("", [file("a.ts", 1, 0)])).toBe("Development work (1 file changed, +1/-0 lines)");
  });

  it("puts the body, without trailers and annotations, into the detailed description", () => {
    const message =
      "Fix login\r\n\r\nTokens expire [1h].\r\n\r\n\r\n* Renewed\r\n\r\n/spend 1h\r\n\r\nTime-Spent: 2h\r\nCo-authored-by: A <a@example.com>";
    expect(describeCommit(commit(message)).detailed_description).toBe("Tokens expire.\n\n* Renewed");
  });

  it("leaves out of the detail what a host added to a merge", () => {
    const message = "Merge branch 'login' into 'main'\n\nAdd login\n\nWith tokens.\n\nSee merge request acme/shop!1";
    expect(describeCommit(commit(message)).detailed_description).toBe("With tokens.");
  });

  it("uses the category it is given", () => {
    expect(describeCommit(commit("Fix login"), { category: "Consulting" })).toMatchObject({
      description: "Consulting: Fixed login",
      category: "Consulting",
    });
  });

  it("cuts long subjects at the end of a word or of a grapheme", () => {
    expect(words(`Fix ${"login ".repeat(60)}`).length).toBeLessThanOrEqual("Development: ".length + 200);
    expect(words(`Fix ${"login ".repeat(60)}`)).toMatch(/ login…$/u);
    const family = "👩‍👩‍👧‍👦";
    const cut = words(`x${family.repeat(40)}`)
      .replace("Development: X", "")
      .replace("Development: x", "");
    expect(cut.endsWith("…")).toBe(true);
    expect(cut.slice(0, -1).replaceAll(family, "")).toBe("");
  });

  it("never emits control characters or direction overrides", () => {
    expect(words("Fix\u0000 \u001b[31mred\u001b[0m \u202egnp.exe\u2069 \ud800x\u0085")).toBe(
      "Development: Fixed red gnp.exe x",
    );
  });

  it("gives one visible line within its length for any message, the same each time", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "fix: ",
        "[WIP] ",
        "ABC-1 ",
        "#2 ",
        "[2h]",
        "\n\n",
        "wip",
        "🐛",
        ":",
        "(",
        ")",
        "[",
        "]",
        "é",
        " ",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const pushed = commit(pieces.join(""), [file("a.ts", 1, 2)]);
        const { description, detailed_description: detail } = describeCommit(pushed);
        expect(description).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]| {2}/u);
        expect(description.length).toBeLessThan(400);
        expect(graphemes(description).length).toBeGreaterThan(0);
        expect(detail ?? "x").not.toMatch(/[^\P{Cc}\n]|^\s|\s$/u);
        expect(describeCommit(pushed)).toEqual({
          description,
          detailed_description: detail,
          category: "Backend Development",
        });
      }),
      { numRuns: 500 },
    );
  });

  it("describes a message of 64 KB made to be slow without delay", () => {
    const started = performance.now();
    for (const part of ["[", "( ", "ABC-1 ", ":a:", "fix: ", "🐛", "#1,", "- ", "x", "\u0301", "[a] ", "\n", "wip "]) {
      describeCommit(commit(part.repeat(Math.ceil(65_536 / part.length))));
    }
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it("says what its ticket says beside it, unless it says so itself", () => {
    const ticket = { key: "SHOP-1", title: "Login lets expired sessions through", type: "Bug", labels: [] };
    const describeWith = (message: string, title = ticket.title) =>
      describeCommit(commit(message), { tickets: [{ ...ticket, title }] }).description;
    expect(describeWith("Fix auth bug (SHOP-1)")).toBe(
      "Development: Fixed auth bug – SHOP-1 Login lets expired sessions through",
    );
    expect(describeWith("SHOP-1")).toBe("Development: SHOP-1 Login lets expired sessions through");
    expect(describeWith("Suggest authors while typing", "Typing suggests authors")).toBe(
      "Development: Suggested authors while typing",
    );
    expect(describeWith("Fix it", "\u0007 ")).toBe("Development: Fixed it");
    expect(describeWith("Fix it", "x".repeat(5_000_000)).length).toBeLessThan(600);
  });
});
