// One read of a 2T2R cell by the sense amplifier, with mismatch: batch engine, scalar engine, and ngspice (Debian:
// apt-get install ngspice) on the same equations (behavioural sources) and on compiled BSIM4 (PTM 130 nm cards as packaged
// in eecircuit-engine). 50 ns precharge; ngspice and "whole" integrate 50 ns more, the others stop when settled.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ptm130, senseNetlist, sensePair, sensePairs, sky130, transientBatch, writeSpice } from "rramlab";
import { amplifierSamples } from "./amplifier-samples.mjs";
import { conditions, median } from "./measure.mjs";

const ROUNDS = 5;
const SENSE = 50e-9;
const SUPPLY = 1.2;
const SEED = "bench transient";
const BATCH = 4000;
const SCALAR = 100;
const SPICE = 8;

const spent = (work) => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

const control = (cell, reads) =>
  [
    "destroy all",
    ".control",
    ...Array.from({ length: SPICE }, (_, i) => [
      `alter ${cell("l")} = ${reads.left[i]}`,
      `alter ${cell("r")} = ${reads.right[i]}`,
      "run",
      "destroy all",
    ]).flat(),
    "quit",
    ".endc",
  ].slice(1);

/** CPU seconds of one deck in a process of its own, or null where ngspice is missing. */
const ngspice = (deck) => {
  const folder = mkdtempSync(join(tmpdir(), "rramlab-bench-"));
  const file = join(folder, "deck.cir");
  writeFileSync(file, deck);
  const { status, stderr } = spawnSync(
    "bash",
    ["-c", `TIMEFORMAT='%U %S'; time ngspice -b ${file} > ${file}.log 2>&1`],
    {
      encoding: "utf8",
    },
  );
  rmSync(folder, { recursive: true });
  if (status === 127) return null;
  const [user, system] = stderr.trim().split("\n").at(-1).split(" ").map(Number);
  return user + system;
};

const bsim4Deck = (netlist, reads, start) => {
  const cards = readFileSync(new URL("../node_modules/eecircuit-engine/dist/models/ptm.d.ts", import.meta.url), "utf8")
    .replaceAll("\\n", "\n")
    .split(/(?=\.model )/i)
    .filter((card) => /^\.model\s+PTM130[NP]/i.test(card))
    .map((card) =>
      card
        .split("\n")
        .filter((line, i) => i === 0 || line.startsWith("+"))
        .join("\n"),
    );
  const explicit = { CQ: 3, CQB: 3, CBL: 20, CBLB: 20, CXL: 0.5, CXR: 0.5, CSL: 5 };
  const lines = netlist.elements.flatMap((e) => {
    const nodes = (e.nodes ?? [e.drain, e.gate, e.source, e.bulk]).join(" ");
    if (e.type === "mosfet")
      return [
        `${e.name} ${nodes} ${netlist.models[e.model].params.polarity === "nmos" ? "PTM130N" : "PTM130P"} w=${e.width} l=${e.length}`,
      ];
    if (e.type === "rram") return [`${e.name} ${nodes} ${e.resistance}`];
    if (e.type === "capacitor") return e.name in explicit ? [`${e.name} ${nodes} ${explicit[e.name]}f`] : [];
    const w = e.waveform;
    return [`${e.name} ${nodes} ${w.kind === "dc" ? `DC ${w.value}` : `PWL(${w.points.flat().join(" ")})`}`];
  });
  const initial = ["q", "qb", "bl", "blb", "xl", "xr", "sl"].map((n) => `.ic v(${n})=0`);
  return [
    "bsim4",
    ...cards,
    ...lines,
    ...initial,
    `.ic v(vdd)=${SUPPLY} v(wl)=${SUPPLY}`,
    `.tran 0.1n ${start + SENSE} uic`,
    ...control((s) => `r${s}`, reads),
    ".end",
    "",
  ].join("\n");
};

export default () => {
  const rows = [];
  let asked;
  for (const technology of [ptm130, sky130]) {
    const { amplifier, chips, reads } = amplifierSamples(technology, SUPPLY, BATCH, SEED);
    const start = amplifier.design.timing.precharge;
    const netlist = senseNetlist(amplifier.design, [1e4, 1e5]);
    const deck = writeSpice(netlist, { stop: start + SENSE, lines: control((s) => `r.x_r${s}.r1`, reads) });
    const bsim4 = technology === ptm130 ? bsim4Deck(netlist, reads, start) : null;
    const whole = (tolerance) =>
      transientBatch(
        amplifier.circuit,
        {
          count: BATCH,
          resistances: { RL: reads.left, RR: reads.right },
          thresholdShifts: reads.thresholdShifts,
          gainFactors: reads.gainFactors,
        },
        {
          stop: start + SENSE,
          tolerance,
          nodes: ["q", "qb"],
          times: [start + SENSE],
          crossings: { threshold: [SUPPLY / 2], after: start },
          pairs: [
            ["q", "qb"],
            ["bl", "blb"],
          ],
        },
      );
    // The kernel's optimised code takes a batch or two to arrive.
    for (let k = 0; k < 10; k++) sensePairs(amplifier, reads, [SENSE], 1e-3);
    const times = { batch: [], fine: [], wholeBatch: [], scalar: [], spice: [], bsim4: [] };
    for (let round = 0; round < ROUNDS; round++) {
      times.batch.push(spent(() => sensePairs(amplifier, reads, [SENSE], 1e-3)) / BATCH);
      times.fine.push(spent(() => sensePairs(amplifier, reads, [SENSE], 2e-4)) / BATCH);
      times.wholeBatch.push(spent(() => whole(1e-3)) / BATCH);
      times.scalar.push(
        spent(() => {
          for (let i = 0; i < SCALAR; i++)
            sensePair(amplifier, chips[i], [reads.left[i], reads.right[i]], [SENSE], 1e-3);
        }) / SCALAR,
      );
      const spice = ngspice(deck);
      if (spice !== null) times.spice.push(spice / SPICE);
      if (bsim4 !== null && spice !== null) times.bsim4.push(ngspice(bsim4) / SPICE);
    }
    const of = (name) => (times[name].length > 0 ? median(times[name]) : null);
    const ours = of("batch");
    console.log(`\n${technology.name} tt ${SUPPLY} V 27 degC, CPU a read, medians of ${ROUNDS} rounds, seed "${SEED}"`);
    for (const [name, label] of [
      ["batch", "batch f32x4, 1e-3 V, stops when settled"],
      ["fine", "batch f32x4, 2e-4 V, stops when settled"],
      ["wholeBatch", "batch f32x4, 1e-3 V, whole 100 ns"],
      ["scalar", "scalar engine, 1e-3 V, stops when settled, with energies"],
      ["spice", "ngspice, same equations, reltol 1e-3, whole 100 ns"],
      ["bsim4", "ngspice, BSIM4 compiled, reltol 1e-3, whole 100 ns"],
    ]) {
      const value = of(name);
      const shown =
        value === null
          ? "not measured"
          : `${(value * 1e6).toFixed(1).padStart(10)} us   ${(value / ours).toFixed(1).padStart(8)} x the first`;
      console.log(`  ${label.padEnd(58)} ${shown}`);
    }
    const perNanosecond = of("spice") === null ? null : of("spice") / of("wholeBatch");
    console.log(
      `  per simulated ns (whole against whole): ${perNanosecond === null ? "no ngspice" : `${perNanosecond.toFixed(0)} x`}`,
    );
    if (technology === ptm130) {
      const theirs = of("spice");
      asked = {
        name: "transient",
        unit: "us CPU a read",
        ours: Number((ours * 1e6).toPrecision(4)),
        peer: theirs === null ? null : Number((theirs * 1e6).toPrecision(4)),
        ratio: theirs === null ? null : Number((theirs / ours).toPrecision(3)),
        runs: ROUNDS,
        conditions: `${conditions()}; ptm130 1.2 V, ${BATCH} mismatch samples; peer: ngspice, same equations, no early stop, ${SPICE} runs; BSIM4 ratio ${of("bsim4") === null ? "null" : (of("bsim4") / ours).toFixed(0)}, per simulated ns ${perNanosecond?.toFixed(0) ?? "null"}${theirs === null ? "; ngspice is not installed" : ""}`,
      };
    }
    rows.push(technology.name);
  }
  return asked;
};
