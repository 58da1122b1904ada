// One training by several threads: wall seconds of a step of the network of laborieux-2020, F = 16, batches of 128.
import { availableParallelism } from "node:os";
import { MOST_THREADS, trainTogether } from "../dist/experiments/training/train-together.js";
import { RECIPE } from "../dist/src/learning/index.js";
import { rootKey, uniformsInto } from "../dist/src/random/index.js";
import { conditions, median, outcome } from "./measure.mjs";
import { design, STEP_BATCH } from "./training-step.mjs";

const ROUNDS = 5;
const STEPS = 12;

const images = (count) => {
  const pixels = 3 * 32 * 32;
  const values = new Float32Array(count * pixels);
  uniformsInto(values, rootKey("threads"));
  return {
    count,
    pixels,
    sides: [3, 32, 32],
    classes: 10,
    images: Uint8Array.from(values, (x) => 256 * x),
    labels: Uint8Array.from({ length: count }, (_, b) => b % 10),
  };
};

const recipe = { ...RECIPE, epochs: 1, batch: STEP_BATCH, learningRate: 0.01, schedule: { kind: "constant" } };

/** Wall seconds a step, the first ones left out: threads start and kernels are compiled in them. */
const secondsWith = async (threads, train, test) => {
  const at = [];
  const training = { design, recipe, train, test, key: rootKey("threads") };
  await trainTogether(training, null, threads, { onEpoch: () => {}, onBatch: () => at.push(performance.now()) });
  return (at[at.length - 1] - at[2]) / (at.length - 3) / 1000;
};

export default async () => {
  const [train, test] = [images(STEPS * STEP_BATCH), images(16)];
  const counts = [1, 2, 4, MOST_THREADS].filter((threads) => threads <= availableParallelism());
  const found = counts.map(() => []);
  for (let round = 0; round < ROUNDS; round++)
    for (const [k, threads] of counts.entries()) found[k].push(await secondsWith(threads, train, test));
  const one = median(found[0]);
  for (const [k, threads] of counts.entries()) {
    const own = median(found[k]);
    console.log(
      `${threads} ${threads === 1 ? "thread" : "threads"}: ${(1000 * own).toFixed(0)} ms a step, ${(one / own).toFixed(2)} times as fast as one`,
    );
  }
  console.log(conditions().replace("CPU seconds of one thread", "wall seconds"));
  const two = found[1] ? median(found[1]) : one;
  return outcome("threads", "steps/s", 1 / two, 1 / one, ROUNDS, "two threads of one training; peer: one thread");
};
