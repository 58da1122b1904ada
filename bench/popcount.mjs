// Binary and ternary dot products against a plain C++ loop with -O3 -mpopcnt (compiled here; null without g++).
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernels, kernelsFor } from "../dist/src/kernels/kernels.js";
import { foldNetwork, idealArray, integerImages, packedArrays, runInteger } from "../dist/src/networks/index.js";
import { fold, rootKey, uniform } from "../dist/src/random/index.js";
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

const KEY = rootKey("bench");

/** A network whose weights are drawn, -1, 0 and +1 alike where it is ternary. */
const drawn = (input, layers) => {
  const tensors = {};
  let channels = input.shape.channels;
  let area = input.shape.height * input.shape.width;
  for (const layer of layers) {
    const fill = (part, length, of) => {
      const key = fold(fold(KEY, layer.name), part);
      tensors[`${layer.name}.${part}`] = Float32Array.from({ length }, (_, k) => of(uniform(key, k)));
    };
    if (layer.kind === "dense" || layer.kind === "conv2d") {
      const count = layer.kind === "dense" ? layer.outputs * channels : layer.channels * channels * 9;
      fill("weight", count, (u) => (layer.weights.kind === "binary" ? (u < 0.5 ? -1 : 1) : Math.floor(3 * u) - 1));
      channels = layer.outputs ?? layer.channels;
    } else if (layer.kind === "batchNorm")
      for (const [part, of] of Object.entries({
        gain: () => 1,
        shift: (u) => u - 0.5,
        mean: () => 0,
        variance: () => 100,
      }))
        fill(part, channels, of);
    else if (layer.kind === "maxPool") area /= 4;
    else if (layer.kind === "flatten") channels *= area;
  }
  return { input, layers, tensors };
};

const conv = (name, channels, kind) => ({
  name,
  kind: "conv2d",
  channels,
  size: [3, 3],
  stride: [1, 1],
  padding: [1, 1],
  groups: 1,
  weights: { kind },
  scale: "none",
});
const norm = (name) => ({ name, kind: "batchNorm", epsilon: 1e-5 });
const active = (name, kind) => (kind === "binary" ? { name, kind: "sign" } : { name, kind: "ternary", threshold: 0.5 });
const pool = (name) => ({ name, kind: "maxPool", size: [2, 2], stride: [2, 2] });

/** Convolutions of +-1 and of ternary maps, patches and all, and images a second of a whole network. */
const convolutions = () => {
  for (const [channels, side] of [
    [64, 32],
    [128, 16],
    [256, 8],
  ])
    for (const [of, kind] of [
      ["binary", "binary"],
      ["binary", "ternary"],
      ["ternary", "ternary"],
    ]) {
      const shape = { channels, height: side, width: side };
      const layers = [active("in", of), conv("conv", channels, kind)];
      const integer = foldNetwork(drawn({ shape, scale: 2 / 255, offset: -1, quantizer: null }, layers));
      const kernels = kernelsFor(packedArrays(integer));
      const [array] = integer.arrays;
      const synapses = idealArray(kernels, array);
      const batch = 4;
      const values = Float32Array.from({ length: batch * channels * side * side }, (_, k) => {
        const u = uniform(fold(KEY, "map"), k);
        return of === "binary" ? (u < 0.5 ? -1 : 1) : Math.floor(3 * u) - 1;
      });
      const y = new Float32Array(values.length);
      const map = { values, batch, levels: array.levels, shape, geometry: array.geometry, group: 0 };
      const seconds = median(
        Array.from({ length: ROUNDS }, () => cpuSeconds(() => synapses.convolveInto(y, map, KEY))),
      );
      const gops = (2 * batch * channels * channels * 9 * side * side) / seconds / 1e9;
      console.log(
        `3 x 3 convolution, ${channels} to ${channels} channels of ${side} x ${side}, ${of} x ${kind}: ${gops.toFixed(0)} GOP/s`,
      );
    }
  for (const kind of ["binary", "ternary"]) {
    const shape = { channels: 1, height: 28, width: 28 };
    const block = (n, channels) => [
      conv(`conv${n}`, channels, kind),
      pool(`pool${n}`),
      norm(`norm${n}`),
      active(`act${n}`, kind),
    ];
    const layers = [
      ...block(1, 32),
      ...block(2, 64),
      { name: "flat", kind: "flatten" },
      { name: "dense", kind: "dense", outputs: 10, weights: { kind }, scale: "none" },
      norm("norm3"),
    ];
    const integer = foldNetwork(drawn({ shape, scale: 1 / 255, offset: 0, quantizer: null }, layers));
    const kernels = kernelsFor(packedArrays(integer));
    const synapses = integer.arrays.map((array) => idealArray(kernels, array));
    const count = 50;
    const pixels = Uint8Array.from({ length: count * 784 }, (_, k) => Math.floor(256 * uniform(fold(KEY, "image"), k)));
    const images = integerImages(integer, pixels);
    const seconds = median(
      Array.from({ length: ROUNDS }, () => cpuSeconds(() => runInteger(integer, synapses, images, KEY))),
    );
    console.log(
      `28 x 28, conv 32, pool, conv 64, pool, dense 10, ${kind} weights and activations: ${(count / seconds).toFixed(0)} images/s`,
    );
  }
};

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
  convolutions();
  return first;
};
