// Compiles src/kernels/assembly to WebAssembly and writes the bytes, as base64, to src/kernels/built/kernels.ts: one
// file that Node, workers and browsers load alike. Left alone while the sources are those of the last build.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";

const sources = "src/kernels/assembly";
const output = "src/kernels/built/kernels.ts";
/** The same kernels twice: products rounded before they are added, or fused with the addition. */
const builds = { kernelsBase64: [], fusedKernelsBase64: ["--enable", "relaxed-simd"] };
const options = [
  "--optimizeLevel",
  "3",
  "--shrinkLevel",
  "0",
  "--runtime",
  "stub",
  "--noExportMemory",
  "--importMemory",
];
options.push("--enable", "simd", "--memoryBase", "1024", "--initialMemory", "1");

const sourceStamp = () => {
  const hash = createHash("sha256").update(JSON.stringify([options, builds]));
  hash.update(JSON.parse(readFileSync("node_modules/assemblyscript/package.json", "utf8")).version);
  for (const name of readdirSync(sources).sort()) hash.update(readFileSync(`${sources}/${name}`));
  return `// Built by scripts/build-kernels.mjs from sources ${hash.digest("hex")}.`;
};

const compiled = async (more) => {
  const { default: asc } = await import("assemblyscript/asc");
  let binary;
  const { error, stderr } = await asc.main([`${sources}/index.ts`, "--outFile", "kernels.wasm", ...options, ...more], {
    readFile: (name, base) => {
      const path = `${base}/${name}`;
      return existsSync(path) ? readFileSync(path, "utf8") : null;
    },
    writeFile: (name, contents) => {
      if (name.endsWith(".wasm")) binary = contents;
    },
  });
  if (error || !binary) throw new Error(stderr.toString());
  return Buffer.from(binary).toString("base64");
};

/** @throws Error with the compiler's words where the sources do not compile. */
export const buildKernels = async () => {
  const stamp = sourceStamp();
  if (existsSync(output) && readFileSync(output, "utf8").startsWith(stamp)) return;
  let text = stamp;
  for (const [name, more] of Object.entries(builds)) text += `\nexport const ${name} =\n  "${await compiled(more)}";`;
  mkdirSync("src/kernels/built", { recursive: true });
  const temporary = `${output}.${process.pid}.tmp`;
  writeFileSync(temporary, `${text}\n`);
  renameSync(temporary, output);
};
