// Three things an array can be asked: currents with line resistance, an analog product, a programming pulse.
import * as lab from "rramlab";
import { sky130, sky130Reram, transistorParams } from "rramlab/devices";
import { fold, normal, uniform } from "rramlab/random";

const key = lab.rootKey("arrays");
const SIZE = 64;
const lines = { segmentResistance: 2, terminalResistance: 100 };
const design = {
  rows: SIZE,
  columns: SIZE,
  wordLines: { ...lines, ends: "left" },
  bitLines: { ...lines, ends: "bottom" },
};

// Conductances in siemens, row by row: half 10 kohm, half 150 kohm. Voltages of the word lines, bit lines at 0 V.
const devices = Float64Array.from({ length: SIZE * SIZE }, (_, k) =>
  uniform(fold(key, "state"), k) < 0.5 ? 1e-4 : 1 / 150e3,
);
const solver = lab.createCrossbarSolver(design, { nodes: true });
solver.program(devices);
const read = solver.solve(lab.readInput(new Float64Array(SIZE).fill(0.2), SIZE));
if (!read.ok) throw new Error(read.reason);
const { wordLines, bitLines } = solver.nodeVoltages();
const far = SIZE - 1;
console.log(
  `far cell: ${(1e3 * (wordLines[far] - bitLines[far])).toFixed(1)} of 200 mV; ${read.iterations} iterations`,
);

// A layer of 32 inputs and 8 outputs on differential pairs, 6-bit converters whose range covers training inputs' currents, 2 % read noise.
const weights = Float32Array.from({ length: 32 * 8 }, (_, k) => normal(fold(key, "weights"), k));
const x = Float32Array.from({ length: 32 }, (_, i) => uniform(fold(key, "inputs"), i));
const training = Float32Array.from({ length: 100 * 32 }, (_, k) => uniform(fold(key, "training"), k));
const array = lab.programAnalogArray(
  {
    mapping: "differential pair",
    conductances: [1e-6, 1e-4],
    levels: null,
    slices: 1,
    readVoltage: 0.2,
    input: { kind: "voltage", bits: 8 },
    converter: { kind: "SAR", bits: 6, range: { kind: "calibrated", quantile: 1 }, gain: 0, offset: 0, mismatch: 0.01 },
    tile: { rows: 128, columns: 128 },
    wires: { wordLine: 1, bitLine: 1 },
    programmingError: 0.05,
    readNoise: 0.02,
  },
  { inputs: 32, outputs: 8, weights, largestInput: 1 },
  fold(key, "chip"),
  training,
);
const y = new Float32Array(8);
array.multiplyInto(y, x, 1, fold(key, "read"));
const exact = y.map((_, o) => x.reduce((sum, v, i) => sum + v * weights[i * 8 + o], 0));
console.log(
  `product  ${[...exact].map((v) => v.toFixed(2)).join(" ")}\non array ${[...y].map((v) => v.toFixed(2)).join(" ")}`,
);

// A SET pulse on a 1T1R array of sky130 ReRAM. A filament's length is the oxide's thickness less the gap.
const access = {
  kind: "1T1R",
  params: transistorParams(sky130, "tt", "access", 1e-6),
  gate: { width: 1e-6, length: sky130.gateLength },
};
const filaments = lab.sampleFilamentArray(
  {
    lines: { ...design, rows: 8, columns: 8 },
    access,
    device: lab.filamentDevice,
    filament: sky130Reram,
    ambient: 300,
    largestTemperature: 1500,
  },
  { logCurrent: 0.1, barrier: 0.01 },
  sky130Reram.oxideThickness - 1.7e-9,
  fold(key, "filaments"),
);
const pulse = { row: 0, column: 7, voltage: 2.4, gateVoltage: 1.2, width: 1e-6, edge: 10e-9 };
const written = lab.pulseArray(filaments, pulse);
if (!written.ok) throw new Error(written.reason);
const siemens = (a) => lab.filamentConductances(a)[7];
console.log(
  `SET: ${(1e6 * siemens(filaments)).toPrecision(3)} to ${(1e6 * siemens(written.array)).toPrecision(3)} µS, ${(1e9 * written.energy).toPrecision(3)} nJ, ${written.selected.peakTemperature.toFixed(0)} K at most`,
);
