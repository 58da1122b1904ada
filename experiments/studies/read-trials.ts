import type { ReadSamples, SampledRead } from "#circuits/index";
import type { RateReport, TrialResult } from "#src/montecarlo/index";

/** One trial a sample, from its three reads; a sample of which a read could not be solved is a failed trial. */
export const trialsOf = <N extends string>(
  { found, reads }: ReadSamples,
  numbersOf: (mine: readonly SampledRead[]) => Readonly<Partial<Record<N, number | RateReport>>>,
): TrialResult<N>[] => {
  const samples: SampledRead[][] = [];
  for (const read of reads) {
    samples[read.sample] ??= [];
    samples[read.sample].push(read);
  }
  return samples.map((mine): TrialResult<N> => {
    const lost = mine.find((read) => read.failed);
    if (!lost) return { numbers: numbersOf(mine) };
    const failure = found.failures.find((f) => f.instance === lost.at);
    return { failed: `${failure?.reason} at ${failure?.time} s, node ${failure?.node}` };
  });
};
