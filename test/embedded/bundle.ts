import { readFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { basename } from "node:path";
import { build, type Plugin } from "esbuild";

type Module =
  | { type: "ESModule" | "Text"; path: string; contents: string }
  | { type: "Data" | "CompiledWasm"; path: string; contents: Uint8Array<ArrayBuffer> };

/** The `[[rules]]` of wrangler.toml with wrangler's own, as miniflare takes them. */
type ModuleRule = { type: string; include: string[] };

/** Bundles the Worker the way `wrangler deploy` does: one ES module, and what its rules call text, data or wasm beside it. */
export async function bundleWorker(entry: string, rules: readonly ModuleRule[]): Promise<Module[]> {
  const beside: Module[] = [];
  const result = await build({
    entryPoints: [entry],
    outfile: "worker.js",
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    target: "es2024",
    external: ["node:*", "cloudflare:*"],
    define: { "process.env.NODE_ENV": '"production"', "navigator.userAgent": '"Cloudflare-Workers"' },
    sourcemap: "inline",
    sourcesContent: false,
    logLevel: "silent",
    plugins: [useNodeBuiltins, keepModulesBeside(rules, beside)],
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error("esbuild returned no file.");
  return [{ type: "ESModule", path: "worker.js", contents: file.text }, ...beside];
}

/**
 * Libraries write `buffer` where workerd knows `node:buffer`, and `require` what workerd only imports; wrangler bundles
 * such a require as a module that imports it.
 */
const useNodeBuiltins: Plugin = {
  name: "node-builtins",
  setup(bundler) {
    const names = builtinModules.filter((name) => !name.includes(":") && !name.startsWith("_"));
    const filter = new RegExp(`^(node:)?(${names.map((name) => name.replaceAll("/", "\\/")).join("|")})$`);
    bundler.onResolve({ filter }, ({ path, kind }) => {
      const name = path.startsWith("node:") ? path : `node:${path}`;
      return kind === "require-call" ? { path: name, namespace: "required-builtin" } : { path: name, external: true };
    });
    bundler.onLoad({ filter: /.*/, namespace: "required-builtin" }, ({ path }) => ({
      contents: `import builtin from "${path}"; module.exports = builtin;`,
      loader: "js",
    }));
  },
};

function keepModulesBeside(rules: readonly ModuleRule[], modules: Module[]): Plugin {
  return {
    name: "modules-beside",
    setup(bundler) {
      for (const rule of rules) {
        const { type } = rule;
        if (type !== "Text" && type !== "Data" && type !== "CompiledWasm") continue;
        const endings = rule.include.map((pattern) => pattern.replace("**/*", "").replace(/[.?]/g, String.raw`\$&`));
        bundler.onResolve({ filter: new RegExp(`(${endings.join("|")})$`) }, async (reference) => {
          if (reference.pluginData === "resolved") return undefined;
          const { path, errors } = await bundler.resolve(reference.path.replace(/\?module$/, ""), {
            kind: reference.kind,
            resolveDir: reference.resolveDir,
            pluginData: "resolved",
          });
          if (errors.length > 0) return { errors };
          const name = `${modules.length}-${basename(path)}`;
          const contents = await readFile(path);
          modules.push(
            type === "Text"
              ? { type, path: name, contents: contents.toString("utf8") }
              : { type, path: name, contents },
          );
          return { path: `./${name}`, external: true };
        });
      }
    },
  };
}
