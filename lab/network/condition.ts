import { binaryErrors, type ReadCounts, sumCounts, ternaryErrors } from "#circuits/index";
import { bestStrobes } from "#experiments/studies/networks/network-reads";
import { CALIBRATION_SAMPLES, CANDIDATES } from "#experiments/studies/sensing/strobe-choice";
import type { WeightErrors } from "#src/networks/index";
import type { PageValues } from "../state/lab-parameters.ts";
import { type Job, job, type Source } from "../work/crew.ts";
import type { ChipAnswer, NetworkFile, Setting } from "../work/task.ts";

export const KINDS = ["binary", "ternary"] as const;
export type Kind = (typeof KINDS)[number];

/** Networks that are shown, by the kind of their weights. */
export type Shown = Readonly<Partial<Record<Kind, NetworkFile>>>;

/** What an amplifier makes of networks: where it is read, its errors, and chips in order; null: not drawn yet. */
export interface Condition {
  readonly strobes: Readonly<Record<Kind, number>>;
  readonly errors: Readonly<Record<Kind, WeightErrors>>;
  readonly chips: Readonly<Record<Kind, readonly (ChipAnswer | null)[]>>;
}

/** Samples that read errors are counted on: the default of `ternary-versus-binary`. */
export const READ_SAMPLES = 1000;
const SLICE = 100;

interface Counting {
  readonly stream: "calibration" | "samples";
  readonly strobes: readonly number[];
  readonly samples: number;
}

interface ConditionOptions {
  readonly strobes: PageValues["strobes"];
  readonly chips: number;
  readonly readsLevel: number;
  readonly chipLevel: (index: number) => number;
  readonly told: (condition: Condition) => void;
}

/**
 * Networks on chips at one condition, as `ternary-versus-binary` of the same seed computes them: strobes where each network is to be read at
 * its best, read errors, then chip after chip of each network.
 */
export const conditionOf = (setting: Setting, shown: Shown, options: ConditionOptions): Source => {
  const { params, seed } = setting;
  const files = KINDS.flatMap((kind) => (shown[kind] ? [{ kind, file: shown[kind] }] : []));
  // Best strobes are looked for whatever is shown: the study's transients end at the latest of all three.
  let counting: Counting | null = { stream: "calibration", strobes: CANDIDATES, samples: CALIBRATION_SAMPLES };
  let strobes: Record<Kind, number> = { binary: params.strobe, ternary: params.strobe };
  let from = 0;
  let counted = 0;
  let sums: readonly ReadCounts[] | null = null;
  let condition: Condition | null = null;
  let chip = 0;

  const conclude = ({ stream, strobes: at }: Counting, counts: readonly ReadCounts[]): void => {
    if (stream === "calibration") {
      const best = bestStrobes(counts);
      if (options.strobes === "best") strobes = best;
      counting = {
        stream: "samples",
        strobes: [...new Set([params.strobe, best.ternary, best.binary])].sort((a, b) => a - b),
        samples: READ_SAMPLES,
      };
      from = 0;
      counted = 0;
      sums = null;
      return;
    }
    counting = null;
    const of = (kind: Kind): ReadCounts => counts[at.indexOf(strobes[kind])];
    condition = {
      strobes,
      errors: { binary: binaryErrors(of("binary")), ternary: ternaryErrors(of("ternary")) },
      chips: { binary: [], ternary: [] },
    };
    options.told(condition);
  };
  const takeReads = (own: Counting): Job => {
    const slice = { from, count: Math.min(SLICE, own.samples - from) };
    from += slice.count;
    return job({ kind: "reads", setting, stream: own.stream, strobes: own.strobes, ...slice }, (found) => {
      sums = sums ? sums.map((sum, s) => sumCounts([sum, found[s]])) : found;
      counted += slice.count;
      if (counted === own.samples) conclude(own, sums);
    });
  };
  const takeChip = (known: Condition): Job => {
    const { kind, file } = files[chip % files.length];
    const index = Math.floor(chip / files.length);
    chip += 1;
    return job({ kind: "chip", file, errors: known.errors[kind], seed, index }, (answer) => {
      const before = condition as Condition;
      const own = [...before.chips[kind]];
      while (own.length < index) own.push(null);
      own[index] = answer;
      condition = { ...before, chips: { ...before.chips, [kind]: own } };
      options.told(condition);
    });
  };
  return {
    level: () => {
      if (counting) return from < counting.samples ? options.readsLevel : null;
      const index = Math.floor(chip / files.length);
      return files.length > 0 && index < options.chips ? options.chipLevel(index) : null;
    },
    take: () => (counting ? takeReads(counting) : takeChip(condition as Condition)),
  };
};

/** Accuracies of the chips 0, 1, ... that are all there: those of a run of as many trials. */
export const accuraciesOf = (condition: Condition | null, kind: Kind): number[] => {
  const found: number[] = [];
  for (const answer of condition?.chips[kind] ?? []) {
    if (!answer) break;
    found.push(answer.accuracy);
  }
  return found;
};
