import type { Command } from "commander";
import { closest } from "fastest-levenshtein";
import { KNOWN_DATA_SETS } from "#src/datasets/registry";
import { defaultLearningRate, trainPerceptron } from "#src/learning/index";
import {
  accuracyOf,
  checkErrors,
  classifyFloat,
  classifySingle,
  isWeighted,
  NO_ERRORS,
  shareOfZeros,
  type WeightErrors,
  writeNetwork,
} from "#src/networks/index";
import { chipsAndImages } from "#src/numerics/chips-and-images";
import { wilson } from "#src/numerics/intervals";
import { fold, rootKey } from "#src/random/index";
import { named, ownOf } from "#src/words/named";
import { suggestion } from "#src/words/suggestion";
import { loadDataSet } from "../files/load-data-set.ts";
import { DEFAULT_PIXELS, importText, networkSource, type OpenedNetwork, pixelsOf } from "../files/network-source.ts";
import { checkWritable, writeUserFile } from "../files/user-file.ts";
import { Misuse, orMisuse } from "../misuse.ts";
import { packageVersion } from "../run/code-hash.ts";
import {
  checkData,
  createEvaluator,
  type ErrorMode,
  type LayerErrors,
  type Others,
  type Thresholding,
} from "../studies/networks/evaluator.ts";
import { designFor } from "../studies/networks/network-parameters.ts";
import { percent } from "../studies/results/index.ts";
import { parseQuantity } from "../units/parse.ts";
import { parseCount } from "./arguments.ts";
import { answer } from "./output.ts";

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

const oneOf = (option: string, value: string, known: readonly string[]): void => {
  if (!known.includes(value))
    throw new Misuse(`${option} ${value}: expected ${known.join(", ")}. Did you mean "${closest(value, known)}"?`);
};

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
    .option("--out <file>", "model file (default: model.safetensors)")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", "\nExample:\n  rramlab train --weights ternary --layers 784-64-64-10 --out tnn.safetensors")
    .action(async (flags: TrainFlags) => {
      oneOf("--weights", flags.weights, ["float", "binary", "ternary"]);
      oneOf("--activations", flags.activations, ["binary", "ternary"]);
      const design = orMisuse(() => designFor(flags.layers, flags.weights, flags.activations));
      const out = flags.out ?? "model.safetensors";
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
      writeUserFile(out, writeNetwork({ network, trained }));
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

/**
 * `--errors`: rates of all layers, and those given for one ("conv1:type1=0.01"), which are all that befalls it; of the layers that a
 * network has.
 */
const parseErrors = async (text: string | undefined): Promise<(layers: readonly string[]) => LayerErrors> => {
  const all: Record<string, number> = { ...NO_ERRORS };
  const own = named<Record<string, number>>();
  const given = new Set<string>();
  for (const part of text?.split(",") ?? []) {
    const colon = part.lastIndexOf(":");
    const layer = colon < 0 ? null : part.slice(0, colon).trim();
    const [name, value = "", ...more] = part
      .slice(colon + 1)
      .split("=")
      .map((s) => s.trim());
    if (!Object.hasOwn(all, name))
      throw new Misuse(
        `--errors ${part}: expected type1, type2 or type3 with a probability, e.g. type1=0.01,type3=0.05. Did you mean "${closest(name, Object.keys(all))}"?`,
      );
    if (more.length > 0)
      throw new Misuse(`--errors ${part}: expected ${name} with one probability, e.g. ${name}=0.01.`);
    const once = layer === null ? name : `${layer}:${name}`;
    if (given.has(once)) throw new Misuse(`--errors: ${once} is given twice.`);
    given.add(once);
    const rate = await parseQuantity(value, "1", `--errors ${once}`);
    if (layer === null) all[name] = rate;
    else {
      own[layer] ??= { ...NO_ERRORS };
      own[layer][name] = rate;
    }
  }
  const checked = ({ type1, type2, type3 }: Record<string, number>): WeightErrors => {
    const errors = { type1, type2, type3 };
    orMisuse(() => checkErrors(errors));
    return errors;
  };
  const everywhere = checked(all);
  const byLayer = named(Object.entries(own).map(([layer, errors]) => [layer, checked(errors)] as const));
  return (layers) => {
    const strange = Object.keys(byLayer).find((layer) => !layers.includes(layer));
    if (strange !== undefined)
      throw new Misuse(
        `--errors ${strange}: no layer "${strange}" has weights; expected ${layers.join(", ")}.${suggestion(strange, layers)}`,
      );
    return (layer) => ownOf(byLayer, layer) ?? everywhere;
  };
};

/** @param pixels What a pixel is to a network that another program wrote. */
const readModel = (path: string, pixels: string | undefined): OpenedNetwork => {
  const source = networkSource(path, "model ");
  if (pixels !== undefined && !source.isForeign)
    throw new Misuse(
      `--pixels ${pixels}: model ${path} is a file of this program and says itself what a pixel is to it.`,
    );
  return source.open(pixelsOf(pixels ?? DEFAULT_PIXELS));
};

interface EvaluateFlags {
  readonly data?: string;
  readonly errors?: string;
  readonly mode: string;
  readonly thresholds: string;
  readonly others: string;
  readonly pixels?: string;
  readonly chips: string;
  readonly forms?: boolean;
  readonly seed: string;
  readonly json?: boolean;
}

export const addEvaluate = (program: Command): void => {
  program
    .command("evaluate")
    .description("accuracy of a model on test images, with read errors where asked")
    .argument("<model>", "model file of `rramlab train`")
    .option("--data <dir>", "data set (default: the one it was trained on, where known by name)")
    .option(
      "--errors <list>",
      "type1=P,type2=P,type3=P: probability per weight of the affected state; conv1:type1=P: of one layer alone",
    )
    .option("--mode <mode>", "frozen (once a chip) or redrawn (every read)", "frozen")
    .option("--thresholds <kind>", "trained, or re-estimated on the chip", "trained")
    .option("--others <choice>", "layers that arrays cannot hold: refused, or digital beside them", "refused")
    .option(
      "--pixels <map>",
      `what a pixel is to a network of another program: 0..1, -1..1, 0..255, or mean/deviation (default: ${DEFAULT_PIXELS})`,
    )
    .option("--forms", "also in floating point: how many images it takes for another class")
    .option("--chips <n>", "chips with errors of their own", "20")
    .option("--seed <text>", "any text", "rramlab")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", "\nExample:\n  rramlab evaluate tnn.safetensors --errors type1=0.01,type3=0.05")
    .action(async (path: string, flags: EvaluateFlags) => {
      oneOf("--mode", flags.mode, ["frozen", "redrawn"]);
      oneOf("--thresholds", flags.thresholds, ["trained", "re-estimated"]);
      oneOf("--others", flags.others, ["refused", "digital"]);
      const errorsOf = await parseErrors(flags.errors);
      const { model, report } = readModel(path, flags.pixels);
      const { network, trained } = model;
      const layers = network.layers.filter(isWeighted);
      const errors = errorsOf(layers.map(({ name }) => name));
      const where = flags.data ?? trained?.data ?? null;
      if (where === null)
        throw new Misuse(
          trained
            ? `model ${path} was trained on "${trained.dataSet}"; say where test images are with --data FOLDER.`
            : `model ${path} does not say what it was trained on; say where test images are with --data NAME or FOLDER.`,
        );
      const data = loadDataSet(where);
      orMisuse(() => checkData(network, data.test, data.name, `model ${path}`));
      const rates = layers.map((layer) => ({ layer, rates: errors(layer.name) }));
      const isHarmed = ({ type1, type2, type3 }: WeightErrors): boolean => type1 + type2 + type3 > 0;
      const harmed = rates.some(({ rates: of }) => isHarmed(of));
      const isFloat = layers.every(({ weights }) => weights.kind === "float");
      if (isFloat && harmed)
        throw new Misuse(`model ${path} has float weights: read errors are of binary and ternary ones.`);
      if (
        layers.every(({ weights }) => weights.kind === "binary") &&
        rates.some(({ rates: of }) => of.type2 + of.type3 > 0)
      )
        throw new Misuse("--errors: binary weights have no zero; only type1 (a flip) befalls them.");
      const zeros = shareOfZeros(network);
      const images = data.test.count;
      const clean = (accuracy: number) => ({
        accuracy,
        ...bounds(wilson(Math.round(accuracy * images), images)),
        images,
        zeros,
      });
      let otherwise: number | null = null;
      let result: { accuracy: number; low: number; high: number; images: number; zeros: number[]; chips?: number };
      if (isFloat) {
        // Perceptrons as their training reports them; convolutions would take the executor minutes.
        const isDense = layers.every(({ kind }) => kind === "dense");
        const classes = (isDense ? classifyFloat : classifySingle)(network, data.test.images);
        result = clean(accuracyOf(classes, data.test.labels));
      } else {
        const evaluator = orMisuse(() => createEvaluator(network, data.test, data.train, flags.others as Others));
        if (harmed) orMisuse(() => evaluator.check(errors));
        if (flags.forms)
          otherwise = classifyFloat(network, data.test.images).filter((c, b) => c !== evaluator.cleanClasses[b]).length;
        if (!harmed && flags.thresholds === "trained") result = clean(evaluator.clean);
        else {
          const chips = parseCount("--chips", flags.chips, 2);
          const key = fold(rootKey(flags.seed), "chip");
          const values = Array.from({ length: chips }, (_, chip) =>
            evaluator.accuracy(errors, flags.mode as ErrorMode, flags.thresholds as Thresholding, fold(key, chip)),
          );
          const interval = chipsAndImages(values, images);
          result = { accuracy: interval.estimate, ...bounds(interval), images, zeros, chips };
        }
      }
      const over = result.chips
        ? `mean of ${result.chips} chips, interval over chips and images`
        : "Wilson interval over images";
      answer(
        flags.json ?? false,
        { ...result, ...(otherwise === null ? {} : { otherwise }), dataSet: data.name, trained },
        [
          `accuracy ${percent(result.accuracy)} % [${percent(result.low)}, ${percent(result.high)}] (${over}) on ${images} images of ${data.name}`,
          `zeros a layer: ${zeros.map((z) => `${(100 * z).toFixed(0)} %`).join(", ")}`,
          ...(otherwise === null
            ? []
            : [
                `in floating point ${otherwise} of ${images} images are taken for another class${otherwise > 0 ? " (a sum exactly on a threshold is rounded there)" : ""}`,
              ]),
          ...(report ? [importText(report)] : []),
          ...(trained ? [`trained on ${trained.dataSet}, seed "${trained.seed}", ${trained.epochs} epochs`] : []),
        ].join("\n"),
      );
    });
};

const bounds = ({ low, high }: { readonly low: number; readonly high: number }): { low: number; high: number } => ({
  low,
  high,
});
