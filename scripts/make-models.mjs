// Makes the networks that ship with the program, each with its log beside it.
//   node scripts/make-models.mjs                                   those for digits (MNIST-10k), a minute
//   node scripts/make-models.mjs --run FOLDER [--out FOLDER]       those of a finished run of laborieux-2020: a binary and a ternary one, seed 0, F = 16
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readPart, readPlan } from "../dist/experiments/files/run-folder.js";
import { loadStudy } from "../dist/experiments/registry.js";
import { packageVersion } from "../dist/experiments/run/code-hash.js";
import { paramsAt, usesAt } from "../dist/src/montecarlo/index.js";
import { writeNetwork } from "../dist/src/networks/index.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const program = join(root, "dist", "experiments", "command-line", "main.js");
const FILTERS = 16;

const digits = (out) => {
  for (const weights of ["binary", "ternary"]) {
    const name = `digits-${weights}`;
    const args = ["train", "--weights", weights, "--epochs", "10", "--out", `models/${name}.safetensors`];
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd: root, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    writeFileSync(join(out, `${name}.log`), `$ rramlab ${args.join(" ")}\n${stderr}${stdout}`);
  }
};

const images = async (folder, out) => {
  const plan = readPlan(folder);
  const { uses } = (await loadStudy("laborieux-2020")).prepare.trained;
  const dataSet = plan.dataSets[0];
  for (const weights of ["binary", "ternary"]) {
    const point = plan.points.findIndex((_, k) => {
      const at = paramsAt(plan, k);
      return at.weights === weights && at.seed === 0 && at.filters === FILTERS && at.activation === "binary";
    });
    const { epochs, batch, learningRate, images: most } = paramsAt(plan, point);
    if (most !== 0) throw new Error(`${folder}: trained on ${most} images; the networks that ship see all.`);
    const trained = readPart(folder, plan, { part: "trained", uses: usesAt(plan, point, uses) });
    const record = {
      dataSet: dataSet.name,
      data: null,
      seed: `${plan.seed}, laborieux-2020, seed 0`,
      epochs,
      batch,
      learningRate,
      recipe: `adam, cosine over ${epochs} epochs, images flipped and moved by up to 4 pixels`,
      version: packageVersion(),
    };
    const name = `cifar-${weights}`;
    writeFileSync(join(out, `${name}.safetensors`), writeNetwork({ network: trained.network, trained: record }));
    const told = trained.epochs.map(
      ({ epoch, loss, accuracy }) =>
        `epoch ${epoch}/${epochs}: loss ${loss.toFixed(4)}, test accuracy ${(100 * accuracy).toFixed(2)} %`,
    );
    writeFileSync(
      join(out, `${name}.log`),
      [
        "$ rramlab run laborieux-2020 --data CIFAR --out RUN && node scripts/make-models.mjs --run RUN",
        `${weights} weights, binary activations, F = ${FILTERS}, seed "${plan.seed}", training 0`,
        `${dataSet.name}, the JPEG-75 copy of CIFAR-10, sha256 ${dataSet.sha256}`,
        ...told,
        "",
      ].join("\n"),
    );
  }
};

const { values } = parseArgs({ options: { run: { type: "string" }, out: { type: "string" } } });
const out = resolve(values.out ?? join(root, "models"));
if (values.run) await images(resolve(values.run), out);
else digits(out);
