// A crossbar with line resistance, every current to 1e-9: this solver, SciPy's sparse LU on the same nodal equations (Debian:
// apt-get install python3-scipy), and badcrossbar where that Python has it. A new array each time: programming included.
import { createCrossbarSolver, readInput, rootKey, uniform } from "rramlab";
import { fold, normal } from "rramlab/random";
import { cpuSeconds, median, outcome, peer } from "./measure.mjs";

const ROUNDS = 5;
const SEED = "bench crossbar";
const WIRES = { heavy: [2, 1], light: [0.2, 0.1] };
const CASES = [
  ["heavy", 64],
  ["heavy", 128],
  ["heavy", 256],
  ["heavy", 512],
  ["heavy", 1024],
  ["light", 128],
  ["light", 256],
  ["light", 512],
];
const COMPARED = 256;

/** Half of the devices lognormal about 10 kohm, half about 150 kohm, as in the published comparisons. */
const devices = (n) => {
  const key = rootKey(SEED);
  return Float64Array.from({ length: n * n }, (_, k) =>
    uniform(fold(key, "state"), k) < 0.5
      ? 1 / (10e3 * Math.exp(0.1 * normal(fold(key, "spread"), k)))
      : 1 / (150e3 * Math.exp(0.4 * normal(fold(key, "spread"), k))),
  );
};
const voltages = (n) => Float64Array.from({ length: n }, (_, i) => 0.3 * uniform(fold(rootKey(SEED), "volts"), i));

const design = (n, [word, bit]) => ({
  rows: n,
  columns: n,
  wordLines: { segmentResistance: word, ends: "left", terminalResistance: 0 },
  bitLines: { segmentResistance: bit, ends: "bottom", terminalResistance: 0 },
});

const ours = (n, wires, conduction) => {
  const solver = createCrossbarSolver(design(n, wires), { conduction });
  const g = devices(n);
  const input = readInput(voltages(n), n);
  let solution;
  const solve = () => {
    solver.program(g);
    solution = solver.solve(input);
  };
  for (let k = 0; k < 3; k++) solve();
  return { seconds: () => cpuSeconds(solve), solution: () => solution };
};

/** CPU seconds of SciPy, and its currents, for the same array. */
const scipy = (n, [word, bit]) => {
  const program = `
import os, sys, time, json
os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np, scipy.sparse as sp
from scipy.sparse.linalg import splu
n, rw, rb = ${n}, ${word}, ${bit}
data = np.frombuffer(sys.stdin.buffer.read()); g = data[:n*n]; v = data[n*n:]
begin = time.process_time()
cell = np.arange(n*n).reshape(n, n); w = cell; b = cell + n*n
a = [w[:, :-1].ravel(), b[:-1].ravel(), w.ravel()]; z = [w[:, 1:].ravel(), b[1:].ravel(), b.ravel()]
c = [np.full(n*(n-1), 1/rw), np.full(n*(n-1), 1/rb), g]
a, z, c = map(np.concatenate, (a, z, c))
diagonal = np.bincount(a, c, 2*n*n) + np.bincount(z, c, 2*n*n)
diagonal[w[:, 0]] += 1/rw; diagonal[b[-1]] += 1/rb
k = np.arange(2*n*n)
matrix = sp.csc_matrix((np.concatenate([diagonal, -c, -c]), (np.concatenate([k, a, z]), np.concatenate([k, z, a]))))
right = np.zeros(2*n*n); right[w[:, 0]] = v/rw
x = splu(matrix, permc_spec="MMD_AT_PLUS_A", options=dict(SymmetricMode=True), diag_pivot_thresh=0.0).solve(right)
seconds = time.process_time() - begin
print(json.dumps([seconds, (x[b[-1]]/rb).tolist()]))`;
  const text = peer(
    "/usr/bin/python3",
    ["-c", program],
    Buffer.from(new Float64Array([...devices(n), ...voltages(n)]).buffer),
  );
  return text === null ? null : JSON.parse(text);
};

const badcrossbar = (n, [word, bit]) => {
  const program = `
import sys, time, numpy as np, badcrossbar
n = ${n}; data = np.frombuffer(sys.stdin.buffer.read()); g = data[:n*n].reshape(n, n); v = data[n*n:].reshape(n, 1)
begin = time.process_time()
badcrossbar.compute(v, 1/g, r_i_word_line=${word}, r_i_bit_line=${bit})
print(time.process_time() - begin)`;
  const text = peer(
    "/usr/bin/python3",
    ["-c", program],
    Buffer.from(new Float64Array([...devices(n), ...voltages(n)]).buffer),
  );
  return text === null ? null : Number(text.trim().split("\n").at(-1));
};

const milliseconds = (seconds) => `${(1e3 * seconds).toPrecision(3)} ms`;

export default () => {
  let result;
  for (const [name, n] of CASES) {
    const { seconds, solution } = ours(n, WIRES[name]);
    const mine = [];
    const theirs = [];
    let worst = null;
    const rounds = n > 512 ? 3 : ROUNDS;
    for (let round = 0; round < rounds; round++) {
      mine.push(seconds());
      const found = n <= COMPARED ? scipy(n, WIRES[name]) : null;
      if (!found) continue;
      theirs.push(found[0]);
      worst = Math.max(...found[1].map((ampere, j) => Math.abs(solution().currents[j] / ampere - 1)));
    }
    const other = theirs.length > 0 ? median(theirs) : null;
    const { iterations, residual } = solution();
    console.log(
      `${name} ${n} x ${n}: ${milliseconds(median(mine))}, ${iterations} iterations, bound ${residual.toExponential(1)}` +
        (other === null
          ? ""
          : `; SciPy ${milliseconds(other)}, ratio ${(other / median(mine)).toFixed(0)}, currents differ by ${worst.toExponential(1)}`),
    );
    if (name === "heavy" && n === COMPARED)
      result = outcome(
        "crossbar",
        "arrays/s",
        1 / median(mine),
        other === null ? null : 1 / other,
        rounds,
        `256 x 256, heavy wires, new array and one input, every current to 1e-9, seed "${SEED}"; peer SciPy's sparse LU${other === null ? ": python3-scipy is not installed" : ""}`,
      );
  }
  for (const fieldVoltage of [0.25, 0.1])
    for (const n of [128, 256, 512]) {
      const linear = ours(n, WIRES.heavy);
      const bent = ours(n, WIRES.heavy, { kind: "sinh", fieldVoltage });
      const [a, b] = [[], []];
      for (let round = 0; round < 3; round++) {
        a.push(linear.seconds());
        b.push(bent.seconds());
      }
      console.log(
        `sinh cells, V0 ${fieldVoltage} V, heavy ${n} x ${n}: ${milliseconds(median(b))}, ${(median(b) / median(a)).toFixed(1)} times ohmic, ${bent.solution().newton} Newton steps`,
      );
    }
  const bad = badcrossbar(128, WIRES.heavy);
  console.log(`badcrossbar, heavy 128 x 128: ${bad === null ? "not installed" : milliseconds(bad)}`);
  // Memory is read in the same process: the largest solver held beside an empty one's arrays.
  const before = process.memoryUsage().rss;
  const held = createCrossbarSolver(design(1024, WIRES.heavy));
  held.program(devices(1024));
  held.solve(readInput(voltages(1024), 1024));
  console.log(`1024 x 1024 adds ${((process.memoryUsage().rss - before) / 2 ** 20).toFixed(0)} MiB to the process`);
  return result;
};
