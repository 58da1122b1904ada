import type { Command } from "commander";
import type { DataSet } from "#src/datasets/labelled-images";
import {
  classifyFloat,
  isWeighted,
  type Network,
  shareOfZeros,
  type TrainingRecord,
  type WeightErrors,
  type WeightedLayer,
} from "#src/networks/index";
import { chipsAndImages } from "#src/numerics/chips-and-images";
import { wilson } from "#src/numerics/wilson";
import { fold, rootKey } from "#src/random/index";
import { loadDataSet } from "../../files/load-data-set.ts";
import { pixelsText } from "../../files/network-source.ts";
import { checkWritable, writeUserFile } from "../../files/user-file.ts";
import { Misuse, orMisuse } from "../../misuse.ts";
import {
  checkData,
  cleanClassesOf,
  createEvaluator,
  type ErrorMode,
  type LayerErrors,
  type Others,
  type Thresholding,
} from "../../studies/networks/evaluator.ts";
import { percent } from "../../studies/results/index.ts";
import { parseCount } from "../arguments.ts";
import { answer } from "../output.ts";
import { PIXELS_FLAG, readModel } from "./network-option.ts";
import { oneOf } from "./one-of.ts";
import { accuracyOnChip, askedReading, CHIP_SAYS, ERRORS_SAY, isOfAmplifier } from "./reading-option.ts";
import { parseErrors } from "./weight-errors-option.ts";

interface EvaluateFlags {
  readonly data?: string;
  readonly errors?: string;
  readonly chip?: string;
  readonly mode: string;
  readonly thresholds: string;
  readonly others: string;
  readonly pixels?: string;
  readonly reshape?: boolean;
  readonly chips: string;
  readonly forms?: boolean;
  readonly predictions?: string;
  readonly seed: string;
  readonly json?: boolean;
}

const isHarmful = ({ type1, type2, type3 }: WeightErrors): boolean => type1 + type2 + type3 > 0;

/** Test images: those that are named, or those that a network of this program says it was trained beside. */
const dataOf = (path: string, asked: string | undefined, trained: TrainingRecord | null): DataSet => {
  const where = asked ?? trained?.data ?? null;
  if (where === null)
    throw new Misuse(
      trained
        ? `model ${path} was trained on "${trained.dataSet}"; say where test images are with --data FOLDER.`
        : `model ${path} does not say what it was trained on; say where test images are with --data NAME, FOLDER, FILE.npz or IMAGES.npy,LABELS.npy.`,
    );
  return loadDataSet(where);
};

/** @throws Misuse for read errors of weights that have none. */
const checkHarm = (path: string, layers: readonly WeightedLayer[], errors: LayerErrors): void => {
  if (layers.every(({ weights }) => weights.kind === "float"))
    throw new Misuse(`model ${path} has float weights: read errors are of binary and ternary ones.`);
  const zeroless = layers.every(({ weights }) => weights.kind === "binary");
  if (zeroless && layers.some(({ name }) => errors(name).type2 + errors(name).type3 > 0))
    throw new Misuse("--errors: binary weights have no zero; only type1 (a flip) befalls them.");
};

const writePredictions = (path: string, labels: Uint8Array, classes: Uint8Array): void => {
  const rows = [...classes].map((predicted, image) => `${image},${labels[image]},${predicted}\n`);
  writeUserFile(path, ["image,label,predicted\n", ...rows].join(""));
};

export const addEvaluate = (program: Command): void => {
  program
    .command("evaluate")
    .description("accuracy of a network on test images, with read errors where asked")
    .argument("<model>", "file of `rramlab train`, .onnx, or a layer file beside arrays (.yaml)")
    .option(
      "--data <set>",
      "name, folder, FILE.npz or IMAGES.npy,LABELS.npy (default: the set it was trained on, where known by name)",
    )
    .option("--errors <list>", `probability per weight of the affected state: ${ERRORS_SAY}`)
    .option("--chip <name>", CHIP_SAYS)
    .option("--mode <mode>", "frozen (once a chip) or redrawn (every read)", "frozen")
    .option("--thresholds <kind>", "trained, or re-estimated on the chip", "trained")
    .option(
      "--others <choice>",
      "with errors, layers that arrays cannot hold: refused, or digital beside them",
      "refused",
    )
    .option(...PIXELS_FLAG)
    .option("--reshape", "take images of another arrangement, but as many values, in their order")
    .option("--forms", "also in floating point: how many images it takes for another class")
    .option("--predictions <file>", "write what each image is taken for, without errors: image, label, predicted")
    .option("--chips <n>", "chips with errors of their own", "20")
    .option("--seed <text>", "any text", "rramlab")
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      "\nExamples:\n  rramlab evaluate tnn.safetensors --errors type1=0.01,type3=0.05\n  rramlab evaluate network.onnx --data ~/mnist --pixels 0.1307/0.3081",
    )
    .action(async (path: string, flags: EvaluateFlags, command: Command) => {
      oneOf("--mode", flags.mode, ["frozen", "redrawn"]);
      oneOf("--thresholds", flags.thresholds, ["trained", "re-estimated"]);
      oneOf("--others", flags.others, ["refused", "digital"]);
      const isAsked = flags.chip !== undefined || (flags.errors !== undefined && isOfAmplifier(flags.errors));
      const errorsOf = await parseErrors(isAsked ? undefined : flags.errors);
      const { model, imported } = readModel(path, flags.pixels);
      const { network, trained } = model;
      const layers = network.layers.filter(isWeighted);
      const asked = isAsked ? await askedReading(flags, network) : null;
      const errors = asked?.errors ?? errorsOf(layers.map(({ name }) => name));
      const isHarmed = asked !== null || layers.some(({ name }) => isHarmful(errors(name)));
      if (asked?.told) process.stderr.write(`${asked.told}\n`);
      if (asked?.cells)
        for (const [option, flag] of [
          ["mode", "--mode"],
          ["chips", "--chips"],
        ])
          if (command.getOptionValueSource(option) === "cli")
            throw new Misuse(`${flag}: --chip is one chip, whose errors stay; leave ${flag} out.`);
      if (asked?.cells && flags.thresholds === "re-estimated")
        throw new Misuse("--thresholds re-estimated: with --chip thresholds are as trained; leave one of them out.");
      const isOnChips = isHarmed || flags.thresholds === "re-estimated";
      if (isHarmed && !asked) checkHarm(path, layers, errors);
      if (flags.predictions !== undefined) {
        if (isOnChips)
          throw new Misuse("--predictions lists what a network without errors takes images for; leave --errors out.");
        checkWritable(flags.predictions, { option: "--predictions", reads: [path] });
      }
      const data = dataOf(path, flags.data, trained);
      orMisuse(() => checkData(network, data.test, data.name, `model ${path}`, flags.reshape ?? false));
      const zeros = shareOfZeros(network);
      const images = data.test.count;
      const clean = isOnChips ? null : orMisuse(() => cleanClassesOf(network, data.test, data.train));
      const otherwise =
        flags.forms && clean ? classifyFloat(network, data.test.images).filter((c, b) => c !== clean[b]).length : null;
      const chips = parseCount("--chips", flags.chips, 2);
      const cells = asked?.cells ?? null;
      const found = cells
        ? sharesOf(Math.round(images * accuracyOnChip(network, data, cells)), images)
        : clean
          ? cleanResult(clean, data.test.labels)
          : chipsResult(network, data, errors, flags, chips);
      if (flags.predictions !== undefined && clean) writePredictions(flags.predictions, data.test.labels, clean);
      const without = clean
        ? null
        : cleanResult(
            orMisuse(() => cleanClassesOf(network, data.test, data.train)),
            data.test.labels,
          );
      const over =
        clean || cells ? "Wilson interval over images" : `mean of ${chips} chips, interval over chips and images`;
      answer(
        flags.json ?? false,
        {
          ...found,
          images,
          zeros,
          ...(without
            ? { chips: cells ? 1 : chips, clean: without.accuracy, loss: without.accuracy - found.accuracy }
            : {}),
          ...(otherwise === null ? {} : { otherwise }),
          dataSet: data.name,
          trained,
          imported,
        },
        [
          `accuracy ${percent(found.accuracy)} % [${percent(found.low)}, ${percent(found.high)}] (${over}) on ${images} images of ${data.name}${clean ? `; ${found.right} right` : ""}`,
          ...(without
            ? [
                `without errors ${percent(without.accuracy)} %: ${percent(without.accuracy - found.accuracy)} points are lost${flags.errors === undefined ? "" : ` to ${flags.errors} (docs/glossary.md)`}`,
              ]
            : []),
          `zeros a layer: ${zeros.map((z) => `${(100 * z).toFixed(0)} %`).join(", ")}`,
          ...(otherwise === null
            ? []
            : [
                `in floating point ${otherwise} of ${images} images are taken for another class${otherwise > 0 ? " (a sum exactly on a threshold is rounded there)" : ""}`,
              ]),
          ...(imported ? [imported, pixelsText(flags.pixels ?? "").replace("(pixels)", "(--pixels)")] : []),
          ...(trained
            ? [
                `trained on ${trained.dataSet}, seed "${trained.seed}", ${trained.epochs} epochs${trained.recipe?.includes("from ") ? ` (${trained.recipe})` : ""}`,
              ]
            : []),
        ].join("\n"),
      );
    });
};

interface Result {
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
  /** Images classified right; of several chips nothing. */
  readonly right: number | null;
}

const cleanResult = (classes: Uint8Array, labels: Uint8Array): Result => {
  const right = classes.reduce((sum, c, b) => sum + (c === labels[b] ? 1 : 0), 0);
  return sharesOf(right, labels.length);
};

const sharesOf = (right: number, images: number): Result => {
  const { low, high } = wilson(right, images);
  return { accuracy: right / images, low, high, right };
};

const chipsResult = (
  network: Network,
  { train, test }: DataSet,
  errors: LayerErrors,
  flags: EvaluateFlags,
  chips: number,
): Result => {
  const evaluator = orMisuse(() => createEvaluator(network, test, train, flags.others as Others));
  orMisuse(() => evaluator.check(errors));
  const key = fold(rootKey(flags.seed), "chip");
  const values = Array.from({ length: chips }, (_, chip) =>
    evaluator.accuracy(errors, flags.mode as ErrorMode, flags.thresholds as Thresholding, fold(key, chip)),
  );
  const { estimate, low, high } = chipsAndImages(values, test.count);
  return { accuracy: estimate, low, high, right: null };
};
