// node bench/moving-neighbours.mjs: pulses on arrays of filaments beside one netlist of all of them (the library's own transient, tolerance
// 1e-5), random data and devices, gaps of 1.7 and 0.15 nm, 1 us, lines of 1 ohm a cell, drivers of 200 ohm; then CPU time up to 64 x 64.
import {
  BIAS_SCHEMES,
  bernoulli,
  compileCircuit,
  filamentDevice,
  fold,
  lengthNode,
  pulseArray,
  pulsedArrayNetlist,
  rootKey,
  sampleFilamentArray,
  sky130,
  sky130Reram,
  transient,
  transistorParams,
} from "rramlab";
import { printTable } from "./measure.mjs";

const SEED = "bench moving neighbours";
const [WEAK, STRONG] = [3.3e-9, 4.85e-9];
const ONE_T_ONE_R = "1T1R";
const gate = { width: 1e-6, length: sky130.gateLength };

const arrayOf = (size, kind, voltage, pattern) => {
  const line = { segmentResistance: 1, terminalResistance: 200 };
  const access =
    kind === ONE_T_ONE_R
      ? { kind, params: transistorParams(sky130, "tt", "access", gate.width), gate }
      : { kind: "cross-point", scheme: kind };
  const design = {
    lines: { rows: size, columns: size, wordLines: { ...line, ends: "left" }, bitLines: { ...line, ends: "bottom" } },
    access,
    device: filamentDevice,
    filament: sky130Reram,
    ambient: 300,
    largestTemperature: 3000,
  };
  const key = fold(rootKey(SEED), pattern);
  const array = sampleFilamentArray(design, { logCurrent: 0.2, barrier: 0.01 }, WEAK, fold(key, "devices"));
  const lengths = array.lengths.map((_, k) => (bernoulli(fold(key, "pattern"), 0.5, k) ? STRONG : WEAK));
  lengths[size - 1] = voltage > 0 ? WEAK : STRONG;
  return { ...array, lengths };
};
const pulseOf = (size, voltage) => ({
  row: 0,
  column: size - 1,
  voltage,
  width: 1e-6,
  edge: 10e-9,
  gateVoltage: voltage > 0 ? 1.7 : 2.5,
});
const timed = (work) => {
  const before = process.cpuUsage().user;
  const result = work();
  return { result, seconds: (process.cpuUsage().user - before) / 1e6 };
};

const compared = (size, kind, voltage, pattern) => {
  const array = arrayOf(size, kind, voltage, pattern);
  const pulse = pulseOf(size, voltage);
  const ours = timed(() => pulseArray(array, pulse));
  const stop = pulse.width + 4 * pulse.edge;
  const whole = timed(() =>
    transient(compileCircuit(pulsedArrayNetlist(array, pulse)), {
      stop,
      times: [stop],
      tolerance: 1e-5,
      energyAt: [stop],
    }),
  );
  if (!ours.result.ok || !whole.result.ok) throw new Error(`${kind} ${size} ${voltage}: no answer`);
  const lengths = array.lengths.map((_, k) => 1e-9 * whole.result.voltages[lengthNode(`F${k}`)][0]);
  const joule = Object.values(whole.result.energies).reduce((sum, [e]) => sum + e, 0);
  const selected = size - 1;
  const ways = lengths.map((length, k) => (k === selected ? 0 : length - array.lengths[k]));
  const furthest = ways.reduce((best, way, k) => (Math.abs(way) > Math.abs(ways[best]) ? k : best), 0);
  const own = ours.result.array.lengths;
  return {
    energy: Math.abs(ours.result.energy / joule - 1),
    gap: Math.abs((5e-9 - own[selected]) / (5e-9 - lengths[selected]) - 1),
    // A millionth of a nanometre is what both leave.
    way:
      Math.abs(ways[furthest]) < 1e-15 ? 0 : Math.abs((own[furthest] - array.lengths[furthest]) / ways[furthest] - 1),
    ours: ours.seconds,
    whole: whole.seconds,
  };
};

const SIZES = [4, 6, 8];
const percent = (share) => `${(100 * share).toFixed(3)} %`;
const seconds = (s) => `${s.toPrecision(2)} s`;
const rows = [];
for (const kind of [...BIAS_SCHEMES, ONE_T_ONE_R])
  for (const voltage of [2.4, -2.6]) {
    const found = SIZES.flatMap((size) =>
      [0, 1, 2].map((pattern) => ({ size, ...compared(size, kind, voltage, pattern) })),
    );
    const most = (name) => Math.max(...found.map((one) => one[name]));
    const large = found.filter(({ size }) => size === 8);
    const mean = (name) => large.reduce((sum, one) => sum + one[name], 0) / large.length;
    rows.push([
      kind,
      voltage > 0 ? "SET" : "RESET",
      percent(most("energy")),
      percent(most("gap")),
      percent(most("way")),
      seconds(mean("ours")),
      seconds(mean("whole")),
    ]);
  }
console.log(`Largest differences from one netlist, sizes ${SIZES.join(", ")}, three patterns each (seed "${SEED}")\n`);
printTable(["access", "pulse", "energy", "far gap", "furthest way", "CPU, 8 x 8", "netlist"], rows);

const growth = [];
for (const kind of [...BIAS_SCHEMES, ONE_T_ONE_R])
  for (const voltage of [2.4, -2.6])
    growth.push([
      kind,
      voltage > 0 ? "SET" : "RESET",
      ...[8, 16, 32, 64].map((size) => {
        const array = arrayOf(size, kind, voltage, 0);
        const { result, seconds: taken } = timed(() => pulseArray(array, pulseOf(size, voltage)));
        return result.ok ? seconds(taken) : result.reason;
      }),
    ]);
console.log("\nCPU time of a pulse\n");
printTable(["access", "pulse", "8 x 8", "16 x 16", "32 x 32", "64 x 64"], growth);
