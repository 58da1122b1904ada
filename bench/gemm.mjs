// f32 matrix product against NumPy with OpenBLAS (Debian: apt-get install python3-numpy libopenblas0-pthread), one thread each.
import { createKernels, rowMajor } from "../dist/src/kernels/kernels.js";
import { cpuSeconds, median, outcome, peer } from "./measure.mjs";

const ROUNDS = 5;
const SIZES = [
  [512, 512, 512],
  [256, 512, 784],
  [128, 512, 512],
  [50, 64, 784],
];

const numpy = (m, n, k) => {
  const program = `
import os
os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy, time
a = numpy.random.rand(${m}, ${k}).astype("f"); b = numpy.random.rand(${k}, ${n}).astype("f")
a @ b
start = time.process_time(); calls = 0
while time.process_time() - start < 0.2:
    a @ b; calls += 1
print((time.process_time() - start) / calls)`;
  const text = peer("/usr/bin/python3", ["-c", program]);
  return text === null ? null : Number(text);
};

export default () => {
  const kernels = createKernels(16 * 2 ** 20);
  let first;
  for (const [m, n, k] of SIZES) {
    const result = kernels.scoped(() => {
      const [a, b, c] = [kernels.float32(m * k), kernels.float32(k * n), kernels.float32(m * n)];
      a.fill(0.5);
      b.fill(0.25);
      const ours = [];
      const theirs = [];
      for (let round = 0; round < ROUNDS; round++) {
        ours.push(cpuSeconds(() => kernels.gemm(c, rowMajor(a, k), rowMajor(b, n), m, n, k)));
        theirs.push(numpy(m, n, k));
      }
      const gigaflops = (seconds) => (2 * m * n * k) / seconds / 1e9;
      const other = theirs.includes(null) ? null : gigaflops(median(theirs));
      console.log(
        `${m} x ${n} x ${k}: ${gigaflops(median(ours)).toFixed(1)} GFLOP/s, NumPy ${other === null ? "not installed" : other.toFixed(1)}`,
      );
      return outcome("gemm", "GFLOP/s", gigaflops(median(ours)), other, ROUNDS, "f32, 512^3, peer NumPy with OpenBLAS");
    });
    first ??= result;
  }
  return first;
};
