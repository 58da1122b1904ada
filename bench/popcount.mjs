// Binary and ternary dot products against a plain C++ loop with -O3 -mpopcnt (compiled here; null without g++).
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernels } from "../dist/src/kernels/kernels.js";
import { cpuSeconds, median, outcome, peer } from "./measure.mjs";

const ROUNDS = 5;
const BATCH = 64;

const SOURCE = `
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <vector>
int main(int, char** argv) {
  int size = atoi(argv[1]), batch = ${BATCH}, words = size / 64;
  std::vector<uint64_t> x(batch * words, 0x123456789abcdefull), w(size * words, 0xfedcba987654321ull);
  std::vector<int> y(batch * size);
  clock_t start = clock(); int calls = 0;
  do {
    for (int b = 0; b < batch; b++)
      for (int o = 0; o < size; o++) {
        int64_t n = 0;
        for (int k = 0; k < words; k++) n += __builtin_popcountll(x[b * words + k] ^ w[o * words + k]);
        y[b * size + o] = size - 2 * (int)n;
      }
    calls++;
    x[calls % x.size()] ^= y[calls % y.size()];
  } while (clock() - start < CLOCKS_PER_SEC / 5);
  printf("%g", (double)(clock() - start) / CLOCKS_PER_SEC / calls);
}`;

export default () => {
  const folder = mkdtempSync(join(tmpdir(), "rramlab-bench-"));
  writeFileSync(
    join(folder, "popcount.cpp"),
    SOURCE.replace("#include <ctime>", "#include <cstdlib>\n#include <ctime>"),
  );
  const built = peer("g++", ["-O3", "-mpopcnt", "-o", join(folder, "popcount"), join(folder, "popcount.cpp")]) !== null;
  let first;
  for (const size of [1024, 512]) {
    const kernels = createKernels(64 * 2 ** 20);
    const words = size / 64;
    const plane = (rows) => ({ bits: kernels.words(rows * words).fill(0x123456789abcdefn), words });
    const [x, xMask, w, wMask] = [plane(BATCH), plane(BATCH), plane(size), plane(size)];
    const planes = { bits: kernels.words(BATCH * 8 * words).fill(0x123456789abcdefn), words };
    const nonZero = kernels.int32(size).fill(size);
    const y = kernels.int32(BATCH * size);
    const kinds = [
      ["binary x binary, 2 planes", 1, () => kernels.binaryDot(y, x, w, BATCH, size, size)],
      ["binary x ternary, 3 planes", 1, () => kernels.weightGatedDot(y, x, w, wMask, nonZero, BATCH)],
      ["ternary x ternary, 4 planes", 1, () => kernels.gatedDot(y, x, xMask, w, wMask, BATCH, size)],
      ["8-bit x ternary, 10 planes", 1, () => kernels.planesDot(y, planes, 8, w, wMask, BATCH, size)],
    ];
    const ours = kinds.map(() => []);
    const theirs = [];
    for (let round = 0; round < ROUNDS; round++) {
      kinds.forEach(([, , work], i) => {
        ours[i].push(cpuSeconds(work));
      });
      theirs.push(built ? Number(peer(join(folder, "popcount"), [String(size)])) : null);
    }
    // Two operations a weight, whatever the number of planes.
    const gops = (seconds) => (2 * BATCH * size * size) / seconds / 1e9;
    const other = built ? gops(median(theirs)) : null;
    kinds.forEach(([label], i) => {
      console.log(`${size} x ${size}, batch ${BATCH}, ${label}: ${gops(median(ours[i])).toFixed(0)} GOP/s`);
    });
    console.log(
      `${size} x ${size}, batch ${BATCH}, C++ binary x binary: ${other === null ? "no g++" : `${other.toFixed(0)} GOP/s`}`,
    );
    first ??= outcome(
      "popcount",
      "GOP/s",
      gops(median(ours[0])),
      other,
      ROUNDS,
      "1024 x 1024, batch 64, binary, peer plain C++ -O3 -mpopcnt",
    );
  }
  rmSync(folder, { recursive: true, force: true });
  return first;
};
