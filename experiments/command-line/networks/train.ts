import type { Command } from "commander";
import { KNOWN_DATA_SETS } from "#src/datasets/registry";
import { defaultLearningRate, trainPerceptron } from "#src/learning/index";
import { accuracyOf, classifyFloat, shareOfZeros } from "#src/networks/index";
import { wilson } from "#src/numerics/intervals";
import { fold, rootKey } from "#src/random/index";
import { loadDataSet } from "../../files/load-data-set.ts";
import { checkWritable } from "../../files/user-file.ts";
import { checkNetworkName, writeUserNetwork } from "../../files/write-network.ts";
import { Misuse, orMisuse } from "../../misuse.ts";
import { packageVersion } from "../../run/code-hash.ts";
import { designFor } from "../../studies/networks/network-parameters.ts";
import { percent } from "../../studies/results/index.ts";
import { parseQuantity } from "../../units/parse.ts";
import { parseCount } from "../arguments.ts";
import { answer } from "../output.ts";
import { oneOf } from "./one-of.ts";

interface TrainFlags {
  readonly data: string;
  readonly layers: string;
  readonly weights: string;
  readonly activations: string;
  readonly epochs: string;
  readonly batch?: string;
  readonly learningRate?: string;
  readonly seed: string;
  readonly out?: string;
  readonly json?: boolean;
}

export const addTrain = (program: Command): void => {
  program
    .command("train")
    .description("train a float, binary or ternary network and write its model file")
    .option("--data <dir>", "a name of `rramlab data list`, or a folder of IDX files", "mnist-10k")
    .option("--layers <widths>", "neurons a layer, inputs first", "784-64-64-10")
    .option("--weights <kind>", "float, binary or ternary", "ternary")
    .option("--activations <kind>", "binary or ternary (float weights use relu)", "binary")
    .option("--epochs <n>", "passes over the training images", "10")
    .option("--batch <n>", "images a step (default: 50 up to 20,000 images, else 128)")
    .option("--learning-rate <rate>", "start of the cosine schedule (default: 0.01, float 0.001)")
    .option("--seed <text>", "any text", "rramlab")
    .option("--out <file>", "model file, .safetensors or .onnx (default: model.safetensors)")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", "\nExample:\n  rramlab train --weights ternary --layers 784-64-64-10 --out tnn.safetensors")
    .action(async (flags: TrainFlags) => {
      oneOf("--weights", flags.weights, ["float", "binary", "ternary"]);
      oneOf("--activations", flags.activations, ["binary", "ternary"]);
      const design = orMisuse(() => designFor(flags.layers, flags.weights, flags.activations));
      const out = flags.out ?? "model.safetensors";
      checkNetworkName(out);
      checkWritable(out, { named: flags.out !== undefined });
      const data = loadDataSet(flags.data);
      const epochs = parseCount("--epochs", flags.epochs, 1);
      const batch =
        flags.batch === undefined ? (data.train.count > 20_000 ? 128 : 50) : parseCount("--batch", flags.batch, 2);
      const learningRate =
        flags.learningRate === undefined
          ? defaultLearningRate(design)
          : await parseQuantity(flags.learningRate, "1", "--learning-rate");
      if (!(learningRate > 0 && learningRate <= 1))
        throw new Misuse(`--learning-rate ${learningRate}: expected above 0, at most 1.`);
      const network = orMisuse(() =>
        trainPerceptron(
          design,
          { epochs, batch, learningRate },
          data.train,
          fold(rootKey(flags.seed), "network"),
          (epoch, loss) => {
            process.stderr.write(`epoch ${epoch}/${epochs}: loss ${loss.toFixed(4)}\n`);
          },
        ),
      );
      const named = KNOWN_DATA_SETS.some((d) => d.name === flags.data) && flags.data !== "mnist" ? flags.data : null;
      const trained = {
        dataSet: data.name,
        data: named,
        seed: flags.seed,
        epochs,
        batch,
        learningRate,
        version: packageVersion(),
      };
      writeUserNetwork(out, { network, trained }, `rramlab ${packageVersion()}`);
      const right = accuracyOf(classifyFloat(network, data.test.images), data.test.labels);
      const interval = wilson(Math.round(right * data.test.count), data.test.count);
      const zeros = shareOfZeros(network);
      const document = {
        out,
        accuracy: right,
        low: interval.low,
        high: interval.high,
        images: data.test.count,
        zeros,
        trained,
      };
      answer(
        flags.json ?? false,
        document,
        [
          `${flags.weights} weights, ${flags.layers}, ${epochs} epochs, seed "${flags.seed}"`,
          `test accuracy ${percent(right)} % [${percent(interval.low)}, ${percent(interval.high)}] on ${data.test.count} images of ${data.name}`,
          `zeros a layer: ${zeros.map((z) => `${(100 * z).toFixed(0)} %`).join(", ")}`,
          `model: ${out}`,
        ].join("\n"),
      );
    });
};
