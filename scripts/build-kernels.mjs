// Compiles src/kernels/assembly to WebAssembly and writes the bytes, as base64, to src/kernels/built/kernels.ts: one
// file that Node, workers and browsers load alike. Left alone while the sources are those of the last build.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";

const sources = "src/kernels/assembly";
const output = "src/kernels/built/kernels.ts";
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
  const hash = createHash("sha256").update(JSON.stringify(options));
  hash.update(JSON.parse(readFileSync("node_modules/assemblyscript/package.json", "utf8")).version);
  for (const name of readdirSync(sources).sort()) hash.update(readFileSync(`${sources}/${name}`));
  return `// Built by scripts/build-kernels.mjs from sources ${hash.digest("hex")}.`;
};

/** @throws Error with the compiler's words where the sources do not compile. */
export const buildKernels = async () => {
  const stamp = sourceStamp();
  if (existsSync(output) && readFileSync(output, "utf8").startsWith(stamp)) return;
  const { default: asc } = await import("assemblyscript/asc");
  let binary;
  const { error, stderr } = await asc.main([`${sources}/index.ts`, "--outFile", "kernels.wasm", ...options], {
    readFile: (name, base) => {
      const path = `${base}/${name}`;
      return existsSync(path) ? readFileSync(path, "utf8") : null;
    },
    writeFile: (name, contents) => {
      if (name.endsWith(".wasm")) binary = contents;
    },
  });
  if (error || !binary) throw new Error(stderr.toString());
  mkdirSync("src/kernels/built", { recursive: true });
  const temporary = `${output}.${process.pid}.tmp`;
  const text = Buffer.from(binary).toString("base64");
  writeFileSync(temporary, `${stamp}\nexport const kernelsBase64 =\n  "${text}";\n`);
  renameSync(temporary, output);
};
