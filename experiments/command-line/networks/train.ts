import { availableParallelism } from "node:os";
import { type Command, Option } from "commander";
import { firstImages } from "#src/datasets/labelled-images";
import { KNOWN_DATA_SETS } from "#src/datasets/registry";
import { ARITHMETICS, type Arithmetic } from "#src/kernels/kernels";
import {
  checkTraining,
  Diverged,
  type NetworkTraining,
  type NetworkTrainingState,
  RECIPE,
  type Recipe,
  type RecipeOptimiser,
} from "#src/learning/index";
import { accuracyOf, describeNetwork, shareOfZeros, weightKinds } from "#src/networks/index";
import { wilson } from "#src/numerics/wilson";
import { fold, rootKey } from "#src/random/index";
import { loadDataSet } from "../../files/load-data-set.ts";
import { checkWritable } from "../../files/user-file.ts";
import { checkNetworkName, writeUserNetwork } from "../../files/write-network.ts";
import { Misuse, orMisuse } from "../../misuse.ts";
import { packageVersion } from "../../run/code-hash.ts";
import { engineArithmetic } from "../../run/engine.ts";
import { checkData, cleanClassesOf } from "../../studies/networks/evaluator.ts";
import { percent } from "../../studies/results/index.ts";
import {
  identityOf,
  readCheckpoint,
  removeCheckpoint,
  stateDigest,
  writeCheckpoint,
} from "../../training/checkpoint.ts";
import { allowFused } from "../../training/fused.ts";
import { MOST_THREADS, trainTogether, usefulThreads } from "../../training/train-together.ts";
import { parseQuantity } from "../../units/parse.ts";
import { parseCount } from "../arguments.ts";
import { answer, progressDisplay } from "../output.ts";
import { askedDesign } from "./asked-design.ts";
import { PIXELS_FLAG, readModel } from "./network-option.ts";
import { oneOf } from "./one-of.ts";
import { accuracyOnChip, askedReading, CHIP_SAYS, ERRORS_SAY, readingOf } from "./reading-option.ts";

interface TrainFlags {
  readonly data: string;
  readonly layers: string;
  readonly weights: string;
  readonly activations: string;
  readonly epochs?: string;
  readonly batch?: string;
  readonly learningRate?: string;
  readonly optimiser: string;
  readonly weightDecay?: string;
  readonly momentum?: string;
  readonly restarts?: string;
  readonly move: string;
  readonly flip?: boolean;
  readonly images?: string;
  readonly threads?: string;
  readonly arithmetic: string;
  readonly errors?: string;
  readonly chip?: string;
  readonly from?: string;
  readonly pixels?: string;
  readonly seed: string;
  readonly out?: string;
  readonly json?: boolean;
}

const numberOf = async (flag: string, text: string | undefined, or: number): Promise<number> =>
  text === undefined ? or : await parseQuantity(text, "1", flag);

const optimiserOf = async ({ optimiser, weightDecay, momentum }: TrainFlags): Promise<RecipeOptimiser> => {
  oneOf("--optimiser", optimiser, ["adam", "adamw", "sgd"]);
  if (optimiser === "adam" && weightDecay !== undefined)
    throw new Misuse(`--weight-decay ${weightDecay}: adam has none; --optimiser adamw or sgd does.`);
  if (optimiser !== "sgd" && momentum !== undefined)
    throw new Misuse(`--momentum ${momentum}: ${optimiser} has its own; --optimiser sgd takes one.`);
  if (optimiser === "adam") return { kind: "adam" };
  const decay = await numberOf("--weight-decay", weightDecay, optimiser === "adamw" ? 0.01 : 0);
  if (optimiser === "adamw") return { kind: "adamw", weightDecay: decay };
  return { kind: "sgd", momentum: await numberOf("--momentum", momentum, 0.9), weightDecay: decay };
};

const periodsOf = ({ restarts }: TrainFlags, epochs: number): readonly number[] =>
  restarts === undefined ? [epochs] : restarts.split("+").map((text) => parseCount("--restarts", text, 1));

/** @throws Misuse for flags that say what layers are beside a network that has its own. */
const checkNoDesign = (from: string, command: Command): void => {
  for (const [option, flag] of [
    ["layers", "--layers"],
    ["widths", "--widths"],
    ["weights", "--weights"],
    ["activations", "--activations"],
  ])
    if (command.getOptionValueSource(option) === "cli")
      throw new Misuse(`${flag}: the network of --from ${from} has its own layers; leave ${flag} out.`);
};

/** How weights were read while training, in words. */
const readText = ({ from, errors, chip }: TrainFlags): string[] => [
  ...(from === undefined ? [] : [`from ${from}`]),
  ...(errors === undefined ? [] : [`read with errors ${errors}`]),
  ...(chip === undefined ? [] : [`on chip ${chip}`]),
];

/** A recipe in words, for the model's file. */
const told = ({ optimiser, schedule, augmentation, arithmetic }: Recipe): string => {
  const { kind, ...more } = optimiser;
  const numbers = Object.entries(more).map(([name, value]) => `${name} ${value}`);
  const periods = schedule.kind === "cosine" ? `cosine over ${schedule.periods.join(" + ")} epochs` : "constant rate";
  const varied =
    augmentation.kind === "none"
      ? "images as they are"
      : `images ${augmentation.kind === "move" ? "moved" : "flipped and moved"} by up to ${augmentation.reach} pixels`;
  return [kind, ...numbers, periods, varied, ...(arithmetic === "strict" ? [] : [`${arithmetic} arithmetic`])].join(
    ", ",
  );
};

/** Epochs on stderr as they are done, and a bar of batches between them. */
const epochsTold = (epochs: number, how: string) => {
  let display = progressDisplay();
  return {
    onBatch: (done: number, whole: number): void => display.show({ phase: "training", done, total: whole }),
    onEpoch: (state: NetworkTrainingState): void => {
      const { epoch, loss, accuracy } = state.epochs[state.epochs.length - 1];
      display.end();
      display = progressDisplay();
      process.stderr.write(
        `epoch ${epoch}/${epochs}: loss ${loss.toFixed(4)}, test accuracy ${percent(accuracy)} %${how}, state ${stateDigest(state)}\n`,
      );
    },
    end: (): void => display.end(),
  };
};

export const addTrain = (program: Command): void => {
  program
    .command("train")
    .description("train a float, binary or ternary network and write its model file")
    .option("--data <dir>", "a name of `rramlab data list`, or a folder of IDX or CIFAR-10 files", "mnist-10k")
    .option(
      "--layers <what>",
      "neurons a layer, inputs first; vgg:F, convolutions of F, F, 2F, 2F, 4F, 4F channels; or a .json or .yaml file of layers",
      "784-64-64-10",
    )
    .addOption(new Option("--widths <what>", "the same as --layers, as studies call it").hideHelp())
    .option("--weights <kind>", "float, binary or ternary; a file of layers says it itself", "ternary")
    .option("--activations <kind>", "binary or ternary (float weights use relu)", "binary")
    .option("--epochs <n>", "passes over the training images; the last one counts (default: 10, with --from 3)")
    .option("--batch <n>", "images a step (default: 50 up to 20,000 images, else 128)")
    .option("--learning-rate <rate>", "start of the cosine schedule (default: 0.01; float, and with --from, 0.001)")
    .option("--optimiser <kind>", "adam, adamw (decay of latent weights) or sgd", "adam")
    .option("--weight-decay <x>", "of adamw (default 0.01) or sgd (default 0)")
    .option("--momentum <x>", "of sgd (default 0.9)")
    .option("--restarts <epochs>", "epochs of each cosine, the optimiser beginning anew: 100+200+400 (default: one)")
    .option("--move <pixels>", "training images moved by up to so many pixels", "0")
    .option("--flip", "training images turned left to right, every other one")
    .option("--images <n>", "the first training images only (default: all)")
    .option(
      "--threads <n>",
      `threads, the same bytes for any number, 1 .. ${MOST_THREADS} (default: as many processors as the network is worth)`,
    )
    .option(
      "--from <file>",
      "go on from a network, whose layers these are: one of `rramlab train`, or of another program",
    )
    .option(...PIXELS_FLAG)
    .option("--errors <list>", `read weights with errors, drawn anew at each step: ${ERRORS_SAY}`)
    .option("--chip <name>", CHIP_SAYS)
    .option("--arithmetic <kind>", "strict: the same bytes on every host; fused: faster, where a host has it", "strict")
    .option("--seed <text>", "any text", "rramlab")
    .option("--out <file>", "model file, .safetensors or .onnx (default: model.safetensors)")
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      '\nA training that was stopped goes on from OUT.checkpoint, kept after every epoch.\n\nExamples:\n  rramlab train --weights ternary --layers 784-64-64-10 --out tnn.safetensors\n  rramlab train --data cifar-10 --layers vgg:16 --epochs 6 --move 4 --flip\n  rramlab train --from tnn.safetensors --errors type1=0.05 --out tolerant.safetensors\n  rramlab train --from tnn.safetensors --errors "supply=0.8 V" --chip A --out for-chip-A.safetensors',
    )
    .action(async ({ widths, ...given }: TrainFlags & { readonly widths?: string }, command: Command) => {
      const flags = widths === undefined ? given : { ...given, layers: widths };
      oneOf("--weights", flags.weights, ["float", "binary", "ternary"]);
      oneOf("--activations", flags.activations, ["binary", "ternary"]);
      const out = flags.out ?? "model.safetensors";
      checkNetworkName(out);
      checkWritable(out, { named: flags.out !== undefined });
      const start = flags.from === undefined ? null : readModel(flags.from, flags.pixels).model.network;
      if (start) checkNoDesign(flags.from ?? "", command);
      else if (flags.pixels !== undefined)
        throw new Misuse(`--pixels ${flags.pixels}: says what a pixel is to the network of --from; give that.`);
      const epochs = parseCount("--epochs", flags.epochs ?? (start ? "3" : "10"), 1);
      const reach = parseCount("--move", flags.move, 0);
      const threadsAsked = flags.threads === undefined ? null : parseCount("--threads", flags.threads, 1);
      if (threadsAsked !== null && threadsAsked > MOST_THREADS)
        throw new Misuse(
          `--threads ${threadsAsked}: a batch is cut into ${MOST_THREADS} slices; expected 1 .. ${MOST_THREADS}.`,
        );
      oneOf("--arithmetic", flags.arithmetic, ARITHMETICS);
      const arithmetic = flags.arithmetic as Arithmetic;
      if (arithmetic === "fused") allowFused();
      const optimiser = await optimiserOf(flags);
      const data = loadDataSet(flags.data);
      const images = flags.images === undefined ? data.train.count : parseCount("--images", flags.images, 1);
      const train = firstImages(data.train, images);
      const design = start ? { input: start.input, layers: start.layers } : askedDesign(flags, data);
      if (start) orMisuse(() => checkData(start, train, data.name, `--from ${flags.from}`, false));
      const asked = await askedReading(flags, design);
      const reading = readingOf(asked, design);
      if (asked?.told) process.stderr.write(`${asked.told}\n`);
      const kinds = weightKinds(design);
      const batch =
        flags.batch === undefined ? (train.count > 20_000 ? 128 : 50) : parseCount("--batch", flags.batch, 2);
      const learningRate = await numberOf(
        "--learning-rate",
        flags.learningRate,
        start || kinds.every((kind) => kind === "float") ? 0.001 : 0.01,
      );
      const recipe: Recipe = {
        ...RECIPE,
        epochs,
        batch,
        learningRate,
        optimiser,
        arithmetic,
        schedule: { kind: "cosine", periods: periodsOf(flags, epochs) },
        augmentation: flags.flip
          ? { kind: "flip and move", reach }
          : reach > 0
            ? { kind: "move", reach }
            : RECIPE.augmentation,
      };
      const training: NetworkTraining = {
        design,
        recipe,
        train,
        test: data.test,
        key: fold(rootKey(flags.seed), "network"),
        ...(reading ? { reading } : {}),
        ...(start ? { start } : {}),
      };
      orMisuse(() => checkTraining(training));
      const threads = threadsAsked ?? usefulThreads(design, batch, availableParallelism());
      const checkpoint = `${out}.checkpoint`;
      const identity = identityOf(training, Object.values(engineArithmetic()).join(" "));
      const from = readCheckpoint(checkpoint, identity);
      if (from && from.epochs.length > 0)
        process.stderr.write(`goes on from ${checkpoint}, after epoch ${from.epochs.length} of ${epochs}\n`);
      const display = epochsTold(epochs, reading ? (reading.kind === "chip" ? " on the chip" : " with errors") : "");
      try {
        const { network } = await trainTogether(training, from, threads, {
          onBatch: display.onBatch,
          onEpoch: (state) => {
            display.onEpoch(state);
            writeCheckpoint(checkpoint, identity, state);
          },
        });
        const named =
          KNOWN_DATA_SETS.some((d) => d.name === flags.data) && !/^(mnist|cifar-10)$/.test(flags.data)
            ? flags.data
            : null;
        const trained = {
          dataSet: data.name,
          data: named,
          seed: flags.seed,
          epochs,
          batch,
          learningRate,
          recipe: [told(recipe), ...readText(flags)].join(", "),
          version: packageVersion(),
        };
        writeUserNetwork(out, { network, trained }, `rramlab ${packageVersion()}`);
        removeCheckpoint(checkpoint);
        const right = accuracyOf(cleanClassesOf(network, data.test, train), data.test.labels);
        const interval = wilson(Math.round(right * data.test.count), data.test.count);
        const zeros = shareOfZeros(network);
        const onChip = asked?.cells ? accuracyOnChip(network, data, asked.cells) : null;
        const document = {
          out,
          accuracy: right,
          ...(onChip === null ? {} : { onChip }),
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
            `${kinds.join(" and ")} weights, ${describeNetwork(design)}, ${epochs} epochs, seed "${flags.seed}"`,
            `test accuracy ${percent(right)} % [${percent(interval.low)}, ${percent(interval.high)}] on ${data.test.count} images of ${data.name}`,
            ...(onChip === null ? [] : [`on the chip ${percent(onChip)} %`]),
            `zeros a layer: ${zeros.map((z) => `${(100 * z).toFixed(0)} %`).join(", ")}`,
            `model: ${out}`,
          ].join("\n"),
        );
      } catch (error) {
        if (error instanceof Diverged) throw new Misuse(`training: ${error.message}`);
        throw error;
      } finally {
        display.end();
      }
    });
};
