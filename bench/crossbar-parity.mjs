// node bench/crossbar-parity.mjs: the crossbar solver beside badcrossbar's answers (test/references/crossbar), a line each.
import { readdirSync, readFileSync } from "node:fs";
import { createCrossbarSolver, parseCrossbar } from "rramlab";

const folder = new URL("../test/references/crossbar/", import.meta.url);
console.log("| array | wires, ohm | iterations | largest difference | largest bound |");
for (const file of readdirSync(folder)) {
  const reference = JSON.parse(readFileSync(new URL(file, folder), "utf8"));
  const { design, conductances, inputs } = parseCrossbar(reference, file);
  const solver = createCrossbarSolver(design);
  solver.program(conductances);
  let [worst, bound, iterations] = [0, 0, 0];
  inputs.forEach((input, k) => {
    const solution = solver.solve(input);
    if (!solution.ok) throw new Error(`${file}: ${solution.reason}`);
    iterations = Math.max(iterations, solution.iterations);
    bound = Math.max(bound, solution.residual);
    reference.expected.outputCurrents[k].forEach((ampere, j) => {
      worst = Math.max(worst, Math.abs(solution.currents[j] / ampere - 1));
    });
  });
  const wires = `${reference.wordLineResistance} / ${reference.bitLineResistance}`;
  console.log(
    `| ${file.replace(".json", "")} | ${wires} | ${iterations} | ${worst.toExponential(1)} | ${bound.toExponential(1)} |`,
  );
}
