import type { Command } from "commander";
import { compileCircuit, parseNetlist, transient } from "#circuits/index";
import { rootKey } from "#src/random/index";
import { readUserJson } from "../files/read-file.ts";
import { Misuse, orMisuse } from "../misuse.ts";
import { parseQuantity } from "../units/parse.ts";
import { showQuantity } from "../units/show.ts";
import { answer } from "./output.ts";
import { SolveFailed } from "./solve-failed.ts";

const DEFAULT_POINTS = 201;

export const addTransient = (program: Command): void => {
  program
    .command("transient")
    .description("solve a netlist in time (format: docs/transient.md)")
    .argument("<file>", "netlist as JSON, or - for standard input")
    .option("--tolerance <volt>", "local error a step", "1e-6")
    .option("--stop <time>", "end; overrides the netlist's analysis, and drops its later times")
    .option("--threshold <volt>", "report when nodes first fall below this; overrides the netlist's crossings")
    .option("--after <time>", "count crossings from this time", "0")
    .option("--noise <interval>", "thermal noise, constant over intervals of this length")
    .option("--seed <text>", "of the noise", "rramlab")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", "\nExample:\n  rramlab transient netlist.json --tolerance 1e-6 --json")
    .action(
      async (
        file: string,
        flags: {
          tolerance: string;
          stop?: string;
          threshold?: string;
          after: string;
          noise?: string;
          seed: string;
          json?: boolean;
        },
      ) => {
        if (/\.(cir|ckt|sp|spi|spice|net)$/i.test(file))
          throw new Misuse(
            `${file}: a netlist here is JSON (docs/transient.md); a SPICE deck runs by: rramlab spice run ${file}`,
          );
        const { netlist, analysis } = orMisuse(() => parseNetlist(readUserJson(file, "netlist"), file));
        const stop = flags.stop === undefined ? analysis?.stop : await parseQuantity(flags.stop, "s", "--stop");
        if (stop === undefined)
          throw new Misuse(
            `${file} has no analysis; add { "analysis": { "kind": "transient", "stop": ... } } or --stop.`,
          );
        const circuit = orMisuse(() => compileCircuit(netlist));
        const asGiven = flags.stop === undefined ? analysis?.times : analysis?.times?.filter((t) => t <= stop);
        // Rounding must not carry the last time past the end.
        const times =
          asGiven ??
          Array.from({ length: DEFAULT_POINTS }, (_, i) => Math.min(stop, (stop * i) / (DEFAULT_POINTS - 1)));
        const asked = flags.threshold
          ? {
              nodes: circuit.nodes,
              threshold: await parseQuantity(flags.threshold, "V", "--threshold"),
              after: await parseQuantity(flags.after, "s", "--after"),
            }
          : analysis?.crossings;
        const tolerance = await parseQuantity(flags.tolerance, "V", "--tolerance");
        const interval = flags.noise === undefined ? null : await parseQuantity(flags.noise, "s", "--noise");
        const noise = interval === null ? {} : { noise: { interval, key: rootKey(flags.seed) } };
        const result = orMisuse(() =>
          transient(circuit, { stop, times, tolerance, ...(asked ? { crossings: asked } : {}), ...noise }),
        );
        if (!result.ok) {
          throw new SolveFailed(
            `${netlist.title}: ${result.reason} at ${showQuantity(result.time, "s")}${result.node === null ? "" : `, node ${result.node}`}, after ${result.iterations} Newton iterations (last update ${result.residual.toPrecision(2)} V).`,
          );
        }
        const voltages = Object.fromEntries(Object.entries(result.voltages).map(([node, v]) => [node, [...v]]));
        const document = {
          ok: true,
          times: [...result.times],
          voltages,
          crossings: result.crossings,
          steps: result.steps,
          rejected: result.rejected,
          iterations: result.iterations,
        };
        const last = result.times.length - 1;
        const lines = [
          `${netlist.title}: ${result.steps} steps (${result.rejected} rejected), ${result.iterations} Newton iterations`,
          ...circuit.nodes.map(
            (node) =>
              `  ${node.padEnd(8)} ${result.voltages[node][last].toFixed(6)} V at ${showQuantity(result.times[last], "s")}`,
          ),
          ...Object.entries(result.crossings).map(
            ([node, at]) =>
              `  ${node.padEnd(8)} ${at === null ? "never falls below the threshold" : `falls below the threshold after ${showQuantity(at, "s")}`}`,
          ),
        ];
        answer(flags.json ?? false, document, lines.join("\n"));
      },
    );
};
