import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classifyFile, type FileKind, isHandwritten } from "./file-kind.ts";

const cases: Record<FileKind, string[]> = {
  source: [
    "src/index.ts",
    "main.go",
    "Dockerfile",
    "package.json",
    "requirements.txt",
    "CMakeLists.txt",
    "src/contest.py",
    "lib/distribution.rb",
    "src/vendor.ts",
    "src/latest.ts",
    "manifest.toml",
    "src/inspector.js",
    "",
    ".gitignore",
    "Makefile",
    "db/migrate/001_users.rb",
  ],
  test: [
    "src/index.test.ts",
    "tests/login.py",
    "pkg/a_test.go",
    "spec/models/user_spec.rb",
    "src/test/java/LoginTest.java",
    "app/__tests__/a.tsx",
    "e2e/login.ts",
    "test_login.py",
    "features/login.feature",
  ],
  docs: ["README.md", "docs/index.html", "CHANGELOG", "LICENSE", "guide/intro.adoc", "notes.txt"],
  lock: [
    "package-lock.json",
    "web/yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "Cargo.lock",
    "go.sum",
    "Gemfile.lock",
    "poetry.lock",
    "uv.lock",
    "composer.lock",
    "Podfile.lock",
    "pubspec.lock",
    "flake.lock",
    "mix.lock",
    ".terraform.lock.hcl",
    "packages.lock.json",
    "julia/Manifest.toml",
    "Package.resolved",
  ],
  generated: [
    "public/app.min.js",
    "public/app.js.map",
    "src/__snapshots__/a.test.ts.snap",
    "dist/index.js",
    "api/v1/service.pb.go",
    "api/service_pb2.py",
    "api/service_pb2_grpc.py",
    "src/routeTree.gen.ts",
    "lib/model.g.dart",
    "lib/model.freezed.dart",
    "Forms/Main.Designer.cs",
    "src/schema.generated.ts",
    "worker-configuration.d.ts",
    "db/schema.rb",
    "gradlew",
  ],
  vendored: [
    "node_modules/left/index.js",
    "vendor/github.com/a/b.go",
    "third_party/zlib/zlib.c",
    "node_modules/a/package-lock.json",
    "Pods/A/A.m",
    ".yarn/releases/yarn.cjs",
    "web\\node_modules\\a\\b.js",
  ],
  binary: ["logo.PNG", "fonts/a.woff2", "a.zip", "icon.svg", "tests/fixtures/a.pdf", "lib/a.jar", "model.onnx"],
};

describe("classifyFile", () => {
  it.each(Object.entries(cases).flatMap(([kind, paths]) => paths.map((path) => [path, kind] as const)))(
    "takes %j for %s",
    (path, kind) => {
      expect(classifyFile(path)).toBe(kind);
    },
  );

  it("does not depend on case or on the kind of slash, but for Julia's lock file", () => {
    for (const path of Object.values(cases)
      .flat()
      .filter((name) => !/manifest/iu.test(name))) {
      expect(classifyFile(path.toUpperCase())).toBe(classifyFile(path));
      expect(classifyFile(path.replaceAll("/", "\\"))).toBe(classifyFile(path));
    }
  });

  it("answers any path, also a long one, quickly", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (path) => {
        expect(Object.keys(cases)).toContain(classifyFile(path));
      }),
    );
    const started = performance.now();
    for (const part of ["/", "a/", "_", "mock_", "test.", ".pb."]) classifyFile(part.repeat(100_000));
    expect(performance.now() - started).toBeLessThan(500);
  });

  it("counts source, tests and documentation as written by hand", () => {
    expect((Object.keys(cases) as FileKind[]).filter(isHandwritten)).toEqual(["source", "test", "docs"]);
  });
});
