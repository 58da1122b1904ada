// Builds the kernels and the program: node scripts/build.mjs [FOLDER], by default dist. Running jobs and tests load files
// of the folder at any moment, so it is never without one and never holds half of one: the compiler writes to a
// temporary folder beside it, and what differs is renamed into place. A folder that is up to date is left alone.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildKernels } from "./build-kernels.mjs";
import { buildLab } from "./build-lab.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const SETTINGS = ["tsconfig.json", "tsconfig.build.json", "package.json", "node_modules/typescript/package.json"];
const FLOORS = ["src", "devices", "circuits", "experiments"];
/** What the lab is built of beside the floors. */
const OF_LAB = {
  folder: "lab",
  files: [
    "scripts/build-lab.mjs",
    "models/digits-binary.safetensors",
    "models/digits-ternary.safetensors",
    "package-lock.json",
  ],
};
const STAMP = "built.json";
const PROGRAM = join("experiments", "command-line", "main.js");

const filesBelow = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
        .sort()
    : [];

const digestOf = (folder, names) => {
  const hash = createHash("sha256");
  for (const name of names) hash.update(`${name}\0`).update(readFileSync(join(folder, name)));
  return hash.digest("hex");
};

const sourceDigest = () =>
  digestOf(root, [
    ...SETTINGS,
    "index.ts",
    "browser.ts",
    ...FLOORS.flatMap((floor) =>
      filesBelow(join(root, floor))
        .filter((name) => name.endsWith(".ts"))
        .map((name) => join(floor, name)),
    ),
    ...filesBelow(join(root, OF_LAB.folder)).map((name) => join(OF_LAB.folder, name)),
    ...OF_LAB.files,
  ]);

/** What the last build left there: digests, and the names of its files. Nothing else in the folder is ours. */
const stampOf = (folder) => {
  try {
    return JSON.parse(readFileSync(join(folder, STAMP), "utf8"));
  } catch {
    return { files: [] };
  }
};

const isCurrent = (folder, sources) => {
  const stamp = stampOf(folder);
  try {
    return stamp.sources === sources && stamp.built === digestOf(folder, stamp.files);
  } catch {
    return false;
  }
};

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
};

/** Temporary folders beside `folder` of builds that were killed. */
const removeAbandoned = (folder) => {
  for (const name of readdirSync(dirname(folder))) {
    const [, pid] = new RegExp(`^${basename(folder)}\\.(\\d+)\\.tmp$`).exec(name) ?? [];
    if (pid && !isAlive(Number(pid))) rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
};

/** Makes `folder` hold the files of `fresh`, each replaced at once; the stamp, which says that all are there, last. */
const moveInto = (folder, fresh) => {
  const before = stampOf(folder).files ?? [];
  const { files } = stampOf(fresh);
  for (const name of [...files, STAMP]) {
    const [from, to] = [join(fresh, name), join(folder, name)];
    if (existsSync(to) && readFileSync(to).equals(readFileSync(from)) && statSync(to).mode === statSync(from).mode)
      continue;
    mkdirSync(dirname(to), { recursive: true });
    renameSync(from, to);
  }
  for (const name of before) if (!files.includes(name)) rmSync(join(folder, name), { force: true });
};

/** Declarations with paths where they have names of this package's own: compilers of TypeScript that know no "imports" follow them too. */
const withPaths = (folder, name) => {
  const file = join(folder, name);
  const text = readFileSync(file, "utf8");
  const up = relative(dirname(file), folder) || ".";
  const named = text.replace(/(["'])#((?:src|devices|circuits|experiments)\/[^"']+)\1/g, `$1${up}/$2.js$1`);
  if (named !== text) writeFileSync(file, named);
};

/** @throws Error with the compiler's words where the sources do not compile; `folder` is then as it was. */
export const build = async (target) => {
  const folder = resolve(root, target);
  process.chdir(root);
  await buildKernels();
  const sources = sourceDigest();
  if (isCurrent(folder, sources)) return;
  mkdirSync(dirname(folder), { recursive: true });
  removeAbandoned(folder);
  const fresh = `${folder}.${process.pid}.tmp`;
  try {
    const compiler = join("node_modules", "typescript", "bin", "tsc");
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [compiler, "-p", "tsconfig.build.json", "--outDir", fresh],
      { encoding: "utf8" },
    );
    if (status !== 0) throw new Error(`${stdout}${stderr}`);
    chmodSync(join(fresh, PROGRAM), 0o755);
    await buildLab(fresh);
    const files = filesBelow(fresh);
    for (const name of files) if (name.endsWith(".d.ts")) withPaths(fresh, name);
    writeFileSync(join(fresh, STAMP), `${JSON.stringify({ sources, built: digestOf(fresh, files), files })}\n`);
    moveInto(folder, fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
};

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await build(process.argv[2] ?? "dist");
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
