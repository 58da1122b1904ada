import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const packageRoot = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
};

export const packageVersion = (): string =>
  JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")).version;

/**
 * Hash of all code that a result depends on: every compiled file of this program, and the user's module where the
 * experiment is theirs. A run is only continued by the code that began it.
 */
export const codeHash = (module: string): string => {
  const hash = createHash("sha256");
  const root = join(packageRoot(), "dist");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js"));
  for (const name of files.sort()) hash.update(name).update(readFileSync(join(root, name)));
  if (module.startsWith("file:")) hash.update(readFileSync(fileURLToPath(module)));
  return hash.digest("hex");
};
