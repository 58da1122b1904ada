import * as z from "zod";
import type { Network } from "./network.ts";

/** What a network was trained on and how: printed beside every accuracy it reaches. */
export interface TrainingRecord {
  readonly dataSet: string;
  /** Name under which the program finds the data set again; null for a folder of the user's. */
  readonly data: string | null;
  readonly seed: string;
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  /** Optimiser, schedule and augmentation in words, where they are told. */
  readonly recipe?: string | undefined;
  readonly version: string;
}

/** A network and, where it is known, how it was trained. */
export interface Model {
  readonly network: Network;
  readonly trained: TrainingRecord | null;
}

export const trainingSchema = z.object({
  dataSet: z.string(),
  data: z.string().nullable(),
  seed: z.string(),
  epochs: z.number(),
  batch: z.number(),
  learningRate: z.number(),
  recipe: z.string().optional(),
  version: z.string(),
});
