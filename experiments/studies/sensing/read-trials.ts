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

/** Of one sample's three reads at each strobe: ±1 not read right, and 0 read as ±1, under the names given. */
export const missedAndLost = <N extends string>(
  mine: readonly SampledRead[],
  strobes: readonly number[],
  nameAt: (kind: "missed" | "zeroError", strobe: number) => N,
): Partial<Record<N, RateReport>> => {
  const signed = mine.filter((read) => read.weight !== 0);
  const zeros = mine.filter((read) => read.weight === 0);
  const report: Partial<Record<N, RateReport>> = {};
  strobes.forEach((strobe, s) => {
    const missed = signed.filter((read) => read.readings[s] !== read.weight).length;
    const lost = zeros.filter((read) => read.readings[s] === 1 || read.readings[s] === -1).length;
    report[nameAt("missed", strobe)] = { events: missed, of: signed.length };
    report[nameAt("zeroError", strobe)] = { events: lost, of: zeros.length };
  });
  return report;
};
