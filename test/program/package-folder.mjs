// The package that tests run, as npm would install it: a folder of this test run's own, so that a build of the checkout
// (the first `npx rramlab` starts one) replaces nothing under a test.
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "../../scripts/build.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Makes the package and names it in the environment, where workers of jest and children find it. */
export const makePackage = async () => {
  const folder = mkdtempSync(join(tmpdir(), "rramlab-package-"));
  process.env.RRAMLAB_PACKAGE = folder;
  for (const name of ["package.json", "examples"]) cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const dist = join(folder, "dist");
  try {
    // A finished build of the same sources is taken as it is; build() looks at every byte of it.
    cpSync(join(root, "dist"), dist, { recursive: true });
  } catch {
    rmSync(dist, { recursive: true, force: true });
  }
  await build(dist);
};

export const removePackage = () => rmSync(process.env.RRAMLAB_PACKAGE, { recursive: true, force: true });
