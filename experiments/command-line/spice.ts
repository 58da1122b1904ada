import type { Command } from "commander";
import {
  type Netlist,
  parseNetlist,
  REFERENCE_SIZING,
  rcLadder,
  readSpice,
  ringOscillator,
  runSpice,
  type SpiceFailure,
  type SpiceRun,
  senseNetlist,
  sramRead,
  writeSpice,
} from "#circuits/index";
import { sky130 as technology } from "#devices/index";
import { readUserJson, readUserText } from "../files/read-file.ts";
import { Misuse, orMisuse } from "../misuse.ts";
import { parseQuantity } from "../units/parse.ts";
import { showQuantity } from "../units/show.ts";
import { writeAnswer } from "./answer-channel.ts";
import { Answered } from "./answered.ts";
import { answer } from "./output.ts";

const CONDITIONS = { technology, corner: "tt", supply: 1.2, temperature: 300.15 } as const;

/** Circuits that can be exported by name, and how long a look at them takes [s]. */
const CIRCUITS: Readonly<Record<string, { readonly netlist: () => Netlist; readonly stop: number }>> = {
  "sense-amplifier": {
    netlist: () => senseNetlist({ ...REFERENCE_SIZING, ...CONDITIONS }, [8e3, 200e3]),
    stop: 100e-9,
  },
  "sram-read": { netlist: () => sramRead(CONDITIONS), stop: 5e-9 },
  "ring-oscillator": { netlist: () => ringOscillator(CONDITIONS, 5), stop: 5e-9 },
  "rc-ladder": { netlist: () => rcLadder(10, 1e3, 10e-15), stop: 5e-9 },
};

const failureText = (f: SpiceFailure): string => {
  const when = f.time === undefined ? "" : ` at ${showQuantity(f.time, "s")}`;
  const where = f.node === null ? "" : `, node ${f.node}`;
  return `${f.reason}${when}${where}, after ${f.iterations} iterations (residual ${f.residual.toPrecision(2)})`;
};

const asDocument = (r: SpiceRun): object => {
  const arrays = (record: Readonly<Record<string, Float64Array>>): Record<string, number[]> =>
    Object.fromEntries(Object.entries(record).map(([name, values]) => [name, [...values]]));
  return {
    ...(r.parameter === null ? {} : { parameter: r.parameter, value: r.value }),
    ...(r.operatingPoint ? { operatingPoint: r.operatingPoint } : {}),
    ...(r.sweep ? { sweep: r.sweep.ok ? { ...r.sweep, voltages: arrays(r.sweep.voltages) } : r.sweep } : {}),
    ...(r.transient
      ? {
          transient: r.transient.ok
            ? { ...r.transient, times: [...r.transient.times], voltages: arrays(r.transient.voltages) }
            : r.transient,
        }
      : {}),
  };
};

/** Node names with their numbers in order: n2 before n10. */
const inOrder = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(record).sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));

const asText = (r: SpiceRun): string[] => {
  const lines: string[] = r.parameter === null ? [] : [`${r.parameter} = ${r.value}`];
  const volts = (v: number): string => `${v.toFixed(6)} V`;
  const row = (name: string, text: string): string => `  ${name.padEnd(12)} ${text}`;
  if (r.operatingPoint) {
    lines.push("operating point");
    if (r.operatingPoint.ok) lines.push(...inOrder(r.operatingPoint.voltages).map(([node, v]) => row(node, volts(v))));
    else lines.push(`  ${failureText(r.operatingPoint)}`);
  }
  if (r.sweep?.ok) {
    const { source, values, voltages } = r.sweep;
    lines.push(`sweep of ${source} from ${values[0]} to ${values[values.length - 1]}, ${values.length} points`);
    lines.push(...inOrder(voltages).map(([node, v]) => row(node, `${volts(v[0])} .. ${volts(v[v.length - 1])}`)));
  } else if (r.sweep) lines.push("sweep", `  ${failureText(r.sweep)}`);
  if (r.transient?.ok) {
    const { times, voltages, measures } = r.transient;
    lines.push(`transient, at ${showQuantity(times[times.length - 1], "s")} (every point with --json)`);
    lines.push(...inOrder(voltages).map(([node, v]) => row(node, volts(v[v.length - 1]))));
    const found = Object.entries(measures);
    if (found.length > 0) lines.push("measures, s and V");
    lines.push(
      ...found.map(([name, v]) => row(name, v === null ? "does not happen" : String(Number(v.toPrecision(6))))),
    );
  } else if (r.transient) lines.push("transient", `  ${failureText(r.transient)}`);
  return lines;
};

const isFailed = (r: SpiceRun): boolean => [r.operatingPoint, r.sweep, r.transient].some((a) => a !== null && !a.ok);

const netlistFile = (name: string): { netlist: Netlist; stop: number | undefined } => {
  const { netlist, analysis } = parseNetlist(readUserJson(name, "netlist"), name);
  return { netlist, stop: analysis?.stop };
};

/** A deck of our subset becomes one that ngspice runs: our transistors as subcircuits. */
const deckFile = (name: string): { netlist: Netlist; stop: number | undefined } => {
  const text = readUserText(name, "deck ");
  try {
    const { netlist, transient } = readSpice(text);
    return { netlist, stop: transient?.stop };
  } catch (error) {
    throw error instanceof RangeError ? new RangeError(`${name}: ${error.message}`) : error;
  }
};

export const addSpice = (program: Command): void => {
  const spice = program.command("spice").description("SPICE decks out and in (docs/spice.md)");
  spice
    .command("export")
    .description(
      `write a deck that ngspice runs: ${Object.keys(CIRCUITS).join(", ")}, a netlist file or a deck of ours`,
    )
    .argument(
      "<circuit>",
      "name of a circuit, a netlist as .json (- for standard input), or a deck of the subset that spice run reads",
    )
    .option("--stop <time>", "end of the transient; the netlist's own where it has one")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", "\nExample:\n  rramlab spice export ring-oscillator > ring.cir && ngspice -b ring.cir")
    .action(async (name: string, flags: { stop?: string; json?: boolean }) => {
      const known = Object.hasOwn(CIRCUITS, name) ? CIRCUITS[name] : null;
      if (!known && name !== "-" && !/[./]/.test(name))
        throw new Misuse(
          `no circuit is called ${name}; there are: ${Object.keys(CIRCUITS).join(", ")}, or a netlist file.`,
        );
      const { netlist, stop: own } = known
        ? { netlist: known.netlist(), stop: known.stop }
        : orMisuse(() => (/\.json$|^-$/i.test(name) ? netlistFile(name) : deckFile(name)));
      const stop = flags.stop === undefined ? own : await parseQuantity(flags.stop, "s", "--stop");
      const deck = orMisuse(() => writeSpice(netlist, stop === undefined ? {} : { stop, lines: [".print tran all"] }));
      // A deck's lines are not to be broken like sentences.
      if (flags.json) answer(true, { deck }, "");
      else writeAnswer(deck);
    });
  spice
    .command("run")
    .description("read a deck of the documented subset and do what it asks")
    .argument("<file>", "deck, or - for standard input")
    .option("--tolerance <volt>", "local error a step", "1e-5")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", "\nExample:\n  rramlab spice run inverter.cir --json")
    .action(async (file: string, flags: { tolerance: string; json?: boolean }) => {
      const tolerance = await parseQuantity(flags.tolerance, "V", "--tolerance");
      const deck = readUserText(file, "deck ");
      const runs = orMisuse(() => {
        try {
          return runSpice(deck, { tolerance });
        } catch (error) {
          throw error instanceof RangeError ? new RangeError(`${file}: ${error.message}`) : error;
        }
      });
      const failed = runs.filter(isFailed).length;
      answer(flags.json ?? false, { ok: failed === 0, runs: runs.map(asDocument) }, runs.flatMap(asText).join("\n"));
      if (failed > 0) throw new Answered(`${file}: ${failed} of ${runs.length} runs failed numerically.`);
    });
};
