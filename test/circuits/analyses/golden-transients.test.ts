import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { compileCircuit } from "#circuits/analyses/circuit";
import { transient } from "#circuits/analyses/transient";
import { parseNetlist } from "#circuits/netlist/parse-netlist";

/*
 * ngspice 39 (trapezoidal, reltol 1e-6, steps of at most 100 ps) on the same equations as B-sources; an independent
 * TR-BDF2 program agrees with it to 0.1 mV and 1e-4. Agreement asked: 0.5 mV from the start of the sense phase on,
 * crossing times within 1e-3 relative.
 */
const folder = new URL("../../references/pcsa/", import.meta.url);

describe.each(readdirSync(folder))("%s", (file) => {
  const reference = JSON.parse(readFileSync(new URL(file, folder), "utf8"));
  const { netlist, analysis } = parseNetlist(reference, file);
  if (!analysis?.times || !analysis.crossings) throw new Error(`${file} has no transient analysis`);
  const { senseStart, voltages, firstCrossing } = reference.expected;
  const result = transient(compileCircuit(netlist), {
    stop: analysis.stop,
    times: analysis.times,
    tolerance: 1e-6,
    crossings: analysis.crossings,
  });
  if (!result.ok) throw new Error(result.reason);

  test("voltages agree with ngspice within 0.5 mV in the sense phase", () => {
    let worst = 0;
    for (const node of Object.keys(voltages))
      result.times.forEach((time, i) => {
        if (time >= senseStart) worst = Math.max(worst, Math.abs(result.voltages[node][i] - voltages[node][i]));
      });
    if (process.env["RRAMLAB_SHOW"])
      console.log(file, "dV", worst, "steps", result.steps, result.rejected, result.iterations);
    expect(worst).toBeLessThan(0.5e-3);
  });
  test("first crossings agree with ngspice within 1e-3", () => {
    for (const [node, seconds] of Object.entries<number | null>(firstCrossing)) {
      const ours = result.crossings[node];
      if (seconds === null) expect(ours).toBeNull();
      else {
        if (process.env["RRAMLAB_SHOW"]) console.log(file, (ours as number) / seconds - 1);
        expect(Math.abs((ours as number) / seconds - 1)).toBeLessThan(1e-3);
      }
    }
  });
});
