// Compiles src/kernels/assembly to WebAssembly and writes the bytes, as base64, to src/kernels/built/kernels.ts: one
// file that Node, workers and browsers load alike. Skipped while the sources are those of the last build.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import asc from "assemblyscript/asc";

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

const hash = createHash("sha256").update(JSON.stringify(options));
hash.update(JSON.parse(readFileSync("node_modules/assemblyscript/package.json", "utf8")).version);
for (const name of readdirSync(sources).sort()) hash.update(readFileSync(`${sources}/${name}`));
const stamp = `// Built by scripts/build-kernels.mjs from sources ${hash.digest("hex")}.`;

if (!existsSync(output) || !readFileSync(output, "utf8").startsWith(stamp)) {
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
  if (error || !binary) {
    console.error(stderr.toString());
    process.exit(1);
  }
  mkdirSync("src/kernels/built", { recursive: true });
  const text = Buffer.from(binary).toString("base64");
  writeFileSync(output, `${stamp}\nexport const kernelsBase64 =\n  "${text}";\n`);
}
