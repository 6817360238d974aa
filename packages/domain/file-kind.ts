/**
 * What a changed file says about work. The kinds are about effort, not encoding: an SVG is text and yet drawn by a
 * program, so it counts as binary. The names follow GitHub's linguist (`generated.rb`, `vendor.yml`) where it has them.
 */

export type FileKind = "source" | "test" | "docs" | "lock" | "generated" | "vendored" | "binary";

// prettier-ignore
const vendoredFolders = new Set([
  "node_modules", "bower_components", "jspm_packages", "vendor", "vendors", "vendored", "third_party", "third-party",
  "thirdparty", "3rdparty", "pods", "carthage", "site-packages", ".venv", "venv", ".yarn", "godeps", "elm-stuff",
]);

// prettier-ignore
const generatedFolders = new Set([
  "dist", "__generated__", "generated", "__snapshots__", "coverage", ".next", ".nuxt", ".svelte-kit", ".turbo",
  "__pycache__", ".dart_tool", "deriveddata", "_build", ".gradle", ".terraform",
]);

// prettier-ignore
const lockFiles = new Set([
  "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "pnpm-lock.yml", "bun.lock", "bun.lockb",
  "deno.lock", "composer.lock", "gemfile.lock", "gems.locked", "cargo.lock", "poetry.lock", "pipfile.lock", "pdm.lock",
  "uv.lock", "pixi.lock", "conda-lock.yml", "pylock.toml", "go.sum", "go.work.sum", "gopkg.lock", "glide.lock", "mix.lock",
  "rebar.lock", "pubspec.lock", "podfile.lock", "cartfile.resolved", "package.resolved", "packages.lock.json",
  "paket.lock", "project.assets.json", "gradle.lockfile", "buildscript-gradle.lockfile", "verification-metadata.xml",
  "flake.lock", "chart.lock", "requirements.lock", ".terraform.lock.hcl", "stack.yaml.lock",
  "cabal.project.freeze", "shard.lock", "conan.lock", "vcpkg.lock", "berksfile.lock", "puppetfile.lock",
  "module.bazel.lock", "maven_install.json", "buf.lock", "devbox.lock", "mise.lock",
]);

// prettier-ignore
const binaryExtensions = new Set([
  // Images and drawings
  "png", "jpg", "jpeg", "gif", "bmp", "ico", "icns", "cur", "webp", "avif", "heic", "heif", "tif", "tiff", "jxl", "svg",
  "svgz", "psd", "psb", "ai", "eps", "xcf", "sketch", "fig", "xd", "indd", "raw", "tga", "dds", "exr", "hdr", "ktx",
  // Sound and film
  "mp3", "mp4", "m4a", "m4v", "wav", "ogg", "oga", "ogv", "opus", "flac", "aac", "aiff", "avi", "mov", "mkv", "webm", "wmv",
  // Fonts
  "ttf", "otf", "woff", "woff2", "eot", "ttc", "pfb",
  // Archives and packages
  "zip", "tar", "gz", "tgz", "bz2", "tbz2", "xz", "txz", "zst", "7z", "rar", "lz4", "br", "jar", "war", "ear", "aar", "whl",
  "egg", "gem", "nupkg", "deb", "rpm", "apk", "aab", "ipa", "dmg", "pkg", "iso", "img", "msi", "cab", "crx", "xpi", "vsix",
  // Programs and objects
  "exe", "dll", "so", "dylib", "a", "o", "obj", "lib", "class", "pyc", "pyo", "pyd", "wasm", "bin", "elf", "pdb", "beam",
  "mo", "node", "nib", "dex",
  // Documents
  "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "pages", "numbers", "key", "epub", "mobi",
  // Data and models
  "sqlite", "sqlite3", "db", "mdb", "accdb", "parquet", "avro", "orc", "feather", "npy", "npz", "pkl", "pickle", "h5",
  "hdf5", "onnx", "pt", "pth", "safetensors", "tflite", "gguf", "rdb", "dump", "blend", "fbx", "glb", "stl", "3ds", "max",
  "uasset", "umap", "swf", "p12", "pfx", "jks", "keystore", "der",
]);

const generatedNames: readonly RegExp[] = [
  /[.-]min\.(?:js|mjs|cjs|css|html)$/u,
  /\.map$/u,
  /\.(?:bundle|chunk)\.(?:js|css)$/u,
  /\.snap$/u,
  /\.tsbuildinfo$/u,
  /\.pb(?:\.(?:go|cc|h|c|swift|dart)|gw\.go)$|\.pb\.gw\.go$|\.pb(?:json|enum|server)\.dart$/u,
  /_pb2(?:_grpc)?\.pyi?$/u,
  /_pb\.(?:js|ts|d\.ts|rb)$|_grpc_pb\.(?:js|d\.ts)$|_services_pb\.rb$|\.twirp\.go$|_connect\.(?:js|ts)$/u,
  /\.g(?:\.dart|\.cs|\.i\.cs)$|\.(?:freezed|gr|mocks|config)\.dart$/u,
  /\.designer\.(?:cs|vb)$/u,
  /[._-]gen(?:erated)?\.[a-z]{1,5}$/u,
  /(?:^|\/)(?:zz_generated[^/]*|bindata)\.go$|(?:^|\/)mock_[^/]*\.go$|_easyjson\.go$|(?:^|\/)wire_gen\.go$/u,
  /(?:^|\/)(?:worker-configuration|next-env|auto-imports|components)\.d\.ts$/u,
  /(?:^|\/)db\/(?:schema\.rb|structure\.sql)$/u,
  /(?:^|\/)gradlew(?:\.bat)?$|(?:^|\/)mvnw(?:\.cmd)?$|(?:^|\/)gradle\/wrapper\//u,
  /(?:^|\/)\.pnp\.(?:c|m)?js$|(?:^|\/)\.pnp\.loader\.mjs$/u,
  /\.(?:pbxproj|xcworkspacedata|storyboardc)$/u,
  /(?:^|\/)(?:pom\.xml\.versionsbackup|dependency-reduced-pom\.xml)$/u,
];

const testNames: readonly RegExp[] = [
  /(?:^|\/)(?:__tests__|__mocks__|tests?|specs?|e2e|cypress|testdata|fixtures|androidtest|testing)\//u,
  /[._-](?:test|tests|spec|e2e|cy|bench)\.[a-z]{1,5}$/u,
  /(?:^|\/)(?:test_[^/]*|conftest)\.py$|_test\.(?:go|py|rb|exs|dart|cc|cpp|c)$|_spec\.rb$/u,
  /(?:^|\/)[^/]*tests?\.(?:java|kt|cs|swift|php|scala|groovy)$/u,
  /\.feature$/u,
];

const docsNames: readonly RegExp[] = [
  /\.(?:md|mdx|markdown|rst|adoc|asciidoc|txt|textile|org|tex|pod|rdoc)$/u,
  /(?:^|\/)(?:docs?|documentation|man)\//u,
  /(?:^|\/)(?:readme|changelog|changes|history|license|licence|copying|notice|authors|contributors|contributing|security|codeowners)$/u,
];

/** `.txt` files that tools read, not people. */
const textInputs = /(?:^|\/)(?:cmakelists|robots|requirements[^/]*|constraints[^/]*)\.txt$/u;

/**
 * Classifies a path (with `/` or `\`, in any case) by name alone. The first that fits of: vendored, lock, binary,
 * generated, test, docs; anything else is source. Never throws.
 */
export function classifyFile(path: string): FileKind {
  const normal = path.slice(-1024).replaceAll("\\", "/").toLowerCase();
  const segments = normal.split("/");
  const name = segments.pop() ?? "";
  if (segments.some((folder) => vendoredFolders.has(folder))) return "vendored";
  // Julia's lock file; `manifest.toml` in lower case is something else's.
  if (lockFiles.has(name) || /(?:^|[\\/])Manifest\.toml$/u.test(path)) return "lock";
  const dot = name.lastIndexOf(".");
  if (dot >= 0 && binaryExtensions.has(name.slice(dot + 1))) return "binary";
  if (segments.some((folder) => generatedFolders.has(folder))) return "generated";
  if (generatedNames.some((pattern) => pattern.test(normal))) return "generated";
  if (testNames.some((pattern) => pattern.test(normal))) return "test";
  if (docsNames.some((pattern) => pattern.test(normal)) && !textInputs.test(normal)) return "docs";
  return "source";
}

/** Whether a person wrote the file: source, tests and documentation. */
export function isHandwritten(kind: FileKind): boolean {
  return kind === "source" || kind === "test" || kind === "docs";
}
