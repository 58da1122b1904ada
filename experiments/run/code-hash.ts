import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The folder of the package that this program is. */
export const packageRoot = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
};

export const packageVersion = (): string =>
  JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")).version;

const IMPORT = /(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g;

/** A user's module and the files beside it that it imports, and they: each once, by its own path. */
const filesOf = (path: string, found: Set<string>): Set<string> => {
  if (found.has(path) || !statSync(path, { throwIfNoEntry: false })?.isFile()) return found;
  found.add(path);
  for (const [, specifier] of readFileSync(path, "utf8").matchAll(IMPORT)) {
    const url = new URL(specifier, pathToFileURL(path));
    filesOf(fileURLToPath(new URL(url.pathname, url)), found);
  }
  return found;
};

/**
 * Hash of all code that a result depends on: every compiled file of this program, and, where the experiment is the
 * user's, their module and the files that it imports by relative paths. A run is only continued by the code that began it.
 */
export const codeHash = (module: string): string => {
  const hash = createHash("sha256");
  const root = join(packageRoot(), "dist");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js"));
  for (const name of files.sort()) hash.update(name).update(readFileSync(join(root, name)));
  if (module.startsWith("file:")) {
    const path = fileURLToPath(module);
    for (const file of [...filesOf(path, new Set())].sort())
      hash.update(relative(dirname(path), file)).update(readFileSync(file));
  }
  return hash.digest("hex");
};
