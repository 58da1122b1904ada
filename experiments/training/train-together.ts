import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { LabelledImages } from "#src/datasets/labelled-images";
import {
  Diverged,
  type NetworkDesign,
  type NetworkTraining,
  type NetworkTrainingState,
  SLICES,
  sharedArrays,
  type TrainedNetwork,
  trainingSteps,
} from "#src/learning/index";
import { geometryOf, placeNetwork, weightedLayers } from "#src/networks/network";
import { sizeOf } from "#src/networks/shapes";
import { meetingRoom } from "./meeting.ts";
import type { ThreadNews, ThreadOrder } from "./thread.ts";

/** Most threads that one training can use: the slices of a batch. */
export const MOST_THREADS = SLICES;

/** Products of weights and values of a step that are worth a thread of their own: half a millisecond's. Chosen. */
const WORTH_A_THREAD = 1e7;

/** Threads that a training of such batches is worth, of those that there are. */
export const usefulThreads = (design: NetworkDesign, batch: number, processors: number): number => {
  const products = weightedLayers(placeNetwork(design)).reduce(
    (sum, { layer, from, to }) => sum + sizeOf(to) * geometryOf(layer, from).inputs,
    0,
  );
  // Forwards, and back by weights and by values.
  const worth = Math.floor((3 * products * batch) / WORTH_A_THREAD);
  return Math.max(1, Math.min(MOST_THREADS, processors, worth));
};

interface Watch {
  readonly onEpoch: (state: NetworkTrainingState) => void;
  readonly onBatch: (done: number, whole: number) => void;
}

/** The same images in memory that threads share. */
const shared = (of: LabelledImages): LabelledImages => {
  const copied = (bytes: Uint8Array): Uint8Array => {
    const copy = new Uint8Array(new SharedArrayBuffer(bytes.length) as unknown as ArrayBuffer);
    copy.set(bytes);
    return copy;
  };
  return { ...of, images: copied(of.images), labels: copied(of.labels) };
};

const errorOf = ({ name, message }: { readonly name: string; readonly message: string }): Error => {
  if (name === "Diverged") return new Diverged(message);
  return name === "RangeError" ? new RangeError(message) : new Error(message);
};

/**
 * Trains a network by several threads: the bytes are those of one, and of any number of them.
 *
 * @throws what `trainNetwork` throws; Error where a thread died.
 */
export const trainTogether = async (
  training: NetworkTraining,
  from: NetworkTrainingState | null,
  threads: number,
  { onEpoch, onBatch }: Watch,
): Promise<TrainedNetwork> => {
  const compiled = fileURLToPath(new URL("./thread.js", import.meta.url));
  if (!existsSync(compiled))
    throw new Error(`threads run the compiled program, which is not built: ${compiled}. Run npm run build.`);
  const arrays = sharedArrays(trainingSteps(training.design), (bytes) => new SharedArrayBuffer(bytes));
  const room = meetingRoom();
  const given = { ...training, train: shared(training.train), test: shared(training.test) };
  const workers = Array.from({ length: threads }, (_, rank) => {
    const order: ThreadOrder = { training: given, from, exchange: { ...arrays, rank, ranks: threads }, room };
    return new Worker(compiled, { workerData: order });
  });
  try {
    return await new Promise<TrainedNetwork>((resolve, reject) => {
      for (const worker of workers) {
        worker.on("error", reject);
        worker.on("exit", (code) => {
          if (code !== 0) reject(new Error(`a thread of the training ended with code ${code}.`));
        });
        worker.on("message", (news: ThreadNews) => {
          try {
            if (news.kind === "epoch") onEpoch(news.state);
            else if (news.kind === "batch") onBatch(news.done, news.whole);
            else if (news.kind === "trained") resolve(news.trained);
            else reject(errorOf(news));
          } catch (error) {
            reject(error);
          }
        });
      }
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
};
