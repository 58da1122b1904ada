import { parentPort, workerData } from "node:worker_threads";
import {
  Diverged,
  type Exchange,
  type NetworkTraining,
  type NetworkTrainingState,
  type TrainedNetwork,
  trainNetwork,
} from "#src/learning/index";
import { breakUp, Forsaken, meet } from "./meeting.ts";

/** What a thread is given: its part in a training, and memory that all share. */
export interface ThreadOrder {
  readonly training: NetworkTraining;
  readonly from: NetworkTrainingState | null;
  readonly exchange: Omit<Exchange, "meet">;
  readonly room: Int32Array;
}

/** What threads tell; the first one alone tells of epochs and batches, and what was trained. */
export type ThreadNews =
  | { readonly kind: "epoch"; readonly state: NetworkTrainingState }
  | { readonly kind: "batch"; readonly done: number; readonly whole: number }
  | { readonly kind: "trained"; readonly trained: TrainedNetwork }
  | { readonly kind: "failed"; readonly name: string; readonly message: string };

const tell = (news: ThreadNews): void => parentPort?.postMessage(news);

const { training, from, exchange, room } = workerData as ThreadOrder;
try {
  const own: Exchange = { ...exchange, meet: () => meet(room, exchange.ranks) };
  const trained = trainNetwork(
    training,
    {
      onEpoch: (state) => tell({ kind: "epoch", state }),
      onBatch: (done, whole) => tell({ kind: "batch", done, whole }),
    },
    from,
    own,
  );
  if (exchange.rank === 0) tell({ kind: "trained", trained });
} catch (error) {
  breakUp(room);
  // Who was left alone has nothing to say of its own.
  if (!(error instanceof Forsaken)) {
    const { name, message } = error as Error;
    tell({ kind: "failed", name: error instanceof Diverged ? "Diverged" : name, message });
  }
}
