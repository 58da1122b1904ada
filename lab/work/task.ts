import type { ReadCounts } from "#circuits/index";
import type { Tally } from "#src/montecarlo/index";
import type { WeightErrors } from "#src/networks/index";
import type { Interval, Moments } from "#src/numerics/index";
import type { DroppedDevice, ReadValues } from "../state/lab-parameters.ts";

/** One read as it is set: parameters and, where they name one, the device that was dropped. */
export interface Setting {
  readonly params: ReadValues;
  readonly device: DroppedDevice | null;
  readonly seed: string;
}

/** Which samples of a stream. */
interface Slice {
  readonly from: number;
  readonly count: number;
}

/** A network's file as it came; shipped ones too. */
export interface NetworkFile {
  /** Unique in the page: another file has another. */
  readonly id: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Digits {
  readonly count: number;
  /** count x 784, 0 .. 255. */
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

/** What workers are asked: each answer is a pure function of its task (and of the digits, which are given once). */
export type Task =
  | { readonly kind: "device"; readonly device: DroppedDevice }
  | { readonly kind: "waveforms"; readonly setting: Setting; readonly samples: number }
  | ({ readonly kind: "rates"; readonly setting: Setting } & Slice)
  | ({ readonly kind: "energies"; readonly setting: Setting } & Slice)
  | ({
      readonly kind: "counts";
      readonly setting: Setting;
      readonly strobes: readonly number[];
    } & Slice)
  | { readonly kind: "means"; readonly moments: readonly Moments[] }
  | { readonly kind: "digits"; readonly digits: Digits }
  | { readonly kind: "network"; readonly file: NetworkFile }
  | ({
      readonly kind: "reads";
      readonly setting: Setting;
      readonly stream: "calibration" | "samples";
      readonly strobes: readonly number[];
    } & Slice)
  | {
      readonly kind: "chip";
      readonly file: NetworkFile;
      readonly errors: WeightErrors;
      readonly seed: string;
      readonly index: number;
    };

/** Reads in time: voltages after SEN's rise. */
export interface Waveforms {
  /** [s], after the start of SEN's edge. */
  readonly times: Float64Array;
  /** Of drawn samples, three reads each (+1, -1, 0): count x times [V]. */
  readonly q: Float64Array;
  readonly qb: Float64Array;
  readonly count: number;
  /** Of the setting [V]. */
  readonly supply: number;
  /** Of cells at their medians and transistors as drawn, by node, three reads (+1, -1, 0) x times [V]. */
  readonly nominal: Readonly<Record<string, Float64Array>>;
  /** Resistances of those [ohm]: low, high. */
  readonly medians: readonly [low: number, high: number];
}

export type Tallies = Readonly<Record<string, Tally>>;

export interface OpenedFile {
  /** "784-64-64-10, ternary weights". */
  readonly described: string;
  readonly kind: "binary" | "ternary";
  readonly clean: number;
  readonly cleanClasses: Uint8Array;
  /** Of a file that another program wrote, how it came in. */
  readonly imported: string | null;
}

export interface ChipAnswer {
  readonly accuracy: number;
  readonly classes: Uint8Array;
}

interface Answers {
  readonly device: { readonly name: string; readonly low: number; readonly high: number };
  readonly waveforms: Waveforms;
  readonly rates: Tallies;
  readonly energies: Tallies;
  readonly counts: readonly ReadCounts[];
  readonly means: readonly Interval[];
  readonly digits: null;
  readonly network: OpenedFile;
  readonly reads: readonly ReadCounts[];
  readonly chip: ChipAnswer;
}
export type AnswerOf<K extends Task["kind"]> = Answers[K];
export type TaskOf<K extends Task["kind"]> = Extract<Task, { readonly kind: K }>;

/** What goes to a worker and what comes back. */
export interface Ask {
  readonly id: number;
  readonly task: Task;
}
export type Told =
  | { readonly id: number; readonly answer: Answers[Task["kind"]] }
  /** `misuse`: what was asked cannot be, in a sentence; else a fault of the program. */
  | { readonly id: number; readonly error: string; readonly misuse: boolean };
