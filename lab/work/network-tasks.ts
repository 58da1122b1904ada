import type { ReadCounts } from "#circuits/index";
import { checkData, checkOnCells, createEvaluator } from "#experiments/studies/networks/evaluator";
import { countSlice } from "#experiments/studies/networks/network-reads";
import type { LabelledImages } from "#src/datasets/labelled-images";
import { importOnnx } from "#src/exchange/index";
import { partKey, trialStream } from "#src/montecarlo/index";
import {
  accuracyOf,
  describeNetwork,
  type Network,
  parseNetwork,
  showShape,
  sizeOf,
  weightKinds,
} from "#src/networks/index";
import { fold, type Key } from "#src/random/index";
import { standFor } from "./read-tasks.ts";
import type { ChipAnswer, Digits, NetworkFile, OpenedFile, TaskOf } from "./task.ts";

const DIGITS = { pixels: 784, sides: [28, 28], classes: 10 };
const NAME = "the digits of this page";

let test: LabelledImages | undefined;

export const setDigits = ({ count, images, labels }: Digits): null => {
  test = { ...DIGITS, count, images, labels };
  return null;
};

interface Opened {
  readonly file: OpenedFile;
  readonly evaluator: ReturnType<typeof createEvaluator>;
}

/** Networks that are shown: the one of each kind of weights. */
const MOST_OPEN = 3;
const opened = new Map<string, Opened>();

const networkOf = ({ name, bytes }: NetworkFile): { readonly network: Network; readonly imported: string | null } => {
  if (!/\.onnx$/i.test(name)) return { network: parseNetwork(bytes, name).network, imported: null };
  const { network, report } = importOnnx(bytes, null, name);
  return { network, imported: `from ${report.format}` };
};

const open = (file: NetworkFile): Opened => {
  const found = opened.get(file.id);
  if (found) return found;
  if (!test) throw new Error("no digits are there yet.");
  const { network, imported } = networkOf(file);
  const { shape } = network.input;
  if (sizeOf(shape) !== DIGITS.pixels)
    throw new RangeError(
      `${file.name} takes ${showShape(shape)} (${describeNetwork(network)}), and ${NAME} are 28 x 28 pixels: a network that takes 784 can read them. The command line reads others with images of their own (rramlab run network-on-chips).`,
    );
  checkData(network, test, NAME, file.name, false);
  checkOnCells(network, "refused");
  const kinds = weightKinds(network);
  const evaluator = createEvaluator(network, test, test);
  const made: Opened = {
    evaluator,
    file: {
      described: `${describeNetwork(network)}, ${kinds.join(" and ")} weights`,
      kind: kinds.includes("ternary") ? "ternary" : "binary",
      clean: evaluator.clean,
      cleanClasses: evaluator.cleanClasses,
      imported,
    },
  };
  if (opened.size >= MOST_OPEN) opened.delete(opened.keys().next().value as string);
  opened.set(file.id, made);
  return made;
};

export const network = ({ file }: TaskOf<"network">): OpenedFile => open(file).file;

/** Key of the part `reads` of a run of `ternary-versus-binary` with this seed. */
const readsKey = (seed: string): Key => partKey({ seed }, "reads");

export const reads = ({ setting, stream, strobes, from, count }: TaskOf<"reads">): readonly ReadCounts[] => {
  standFor(setting.device);
  return countSlice(setting.params, readsKey(setting.seed), stream, strobes, from, count);
};

export const chip = ({ file, errors, seed, index }: TaskOf<"chip">): ChipAnswer => {
  const classes = open(file).evaluator.classes(() => errors, "frozen", "trained", fold(trialStream({ seed }), index));
  return { classes, accuracy: accuracyOf(classes, (test as LabelledImages).labels) };
};
