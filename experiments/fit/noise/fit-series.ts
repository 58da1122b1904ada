import { type Fluctuators, fluctuatorSpectrum, type TelegraphNoise, telegraphSpectrum } from "#devices/index";
import { fitLog } from "#src/numerics/log-fits";
import { minimise } from "#src/numerics/minimise";
import { momentsOf, standardDeviation } from "#src/numerics/moments";
import { sortedQuantile } from "#src/numerics/ranks";
import { type BinnedSpectrum, welchSpectrum } from "#src/numerics/spectrum";

/** A trap that was seen in a series. */
interface SeenTrap {
  readonly noise: TelegraphNoise;
  readonly switches: number;
  /** Standard deviation of dwell times over their mean: 1 where they are exponential. */
  readonly dwellVariation: number;
}

export interface SeriesFit {
  readonly name: string;
  /** [ohm] */
  readonly medianResistance: number;
  readonly reads: number;
  readonly rate: number;
  /** Standard deviation of ln R over the whole series. */
  readonly logSigma: number;
  readonly trap: SeenTrap | null;
  readonly fluctuators: Fluctuators;
  /** Standard deviation of what is new in every read. */
  readonly readToRead: number;
  readonly spectrum: BinnedSpectrum;
  /** Of the model, at the spectrum's frequencies. */
  readonly modelled: readonly number[];
}

/** Fewer reads show less than two decades of a spectrum. */
const FEWEST_READS = 1024;
/** Values that the search for two levels looks at. */
const LOOKED_AT = 4000;
/** Two levels: this far apart in the wider one's standard deviations, the rarer one so frequent, seen to switch so often. */
const [APART, RAREST, SWITCHES] = [3, 0.005, 20];
const PER_DECADE = 2;
/** Dwell times whose variation is further from that of exponential ones are not those of a trap by itself. */
const VARIATION = 1.6;
/** A bin of the spectrum counts as its estimates do, up to so many: beyond, the model's own faults are larger than theirs. */
const MOST_WEIGHT = 20;

/** The trap of a series with two levels of ln R, by a threshold with hysteresis; null where none stands out. */
const trapIn = (logs: Float64Array, rate: number): { readonly trap: SeenTrap; readonly full: Uint8Array } | null => {
  const stride = Math.max(1, Math.floor(logs.length / LOOKED_AT));
  const some = logs.filter((_, i) => i % stride === 0).sort();
  if (some[0] === some[some.length - 1]) return null;
  const fit = fitLog("two lognormals", some);
  if (fit.kind !== "two lognormals") return null;
  const [rare, usual] = [...fit.components].sort((a, b) => a.share - b.share);
  const apart = rare.mean - usual.mean;
  if (Math.abs(apart) < APART * Math.max(rare.sigma, usual.sigma) || rare.share < RAREST) return null;
  const full = new Uint8Array(logs.length);
  let state = Math.abs(logs[0] - rare.mean) < Math.abs(logs[0] - usual.mean) ? 1 : 0;
  const dwells: [number[], number[]] = [[], []];
  let since = 0;
  for (let i = 0; i < logs.length; i++) {
    const place = (logs[i] - usual.mean) / apart;
    const next = state === 0 ? (place > 0.75 ? 1 : 0) : place < 0.25 ? 0 : 1;
    if (next !== state) {
      dwells[state].push((i - since) / rate);
      since = i;
      state = next;
    }
    full[i] = state;
  }
  const switches = dwells[0].length + dwells[1].length;
  if (switches < SWITCHES) return null;
  const means = dwells.map((list) => momentsOf(list).mean);
  const variations = dwells.map((list) => standardDeviation(momentsOf(list)) / momentsOf(list).mean);
  return {
    full,
    trap: {
      noise: { logAmplitude: apart, captureTime: means[0], emissionTime: means[1] },
      switches,
      dwellVariation: (variations[0] + variations[1]) / 2,
    },
  };
};

/** Fluctuators and white noise whose spectrum is nearest to a measured one, in logarithms. */
const fluctuatorsOf = (
  spectrum: BinnedSpectrum,
  reads: number,
  rate: number,
  sigma: number,
): { readonly fluctuators: Fluctuators; readonly white: number } => {
  const [slowest, fastest] = [(2 * Math.PI * rate) / reads, Math.PI * rate];
  const modelAt = ([logSigma, slope, white]: readonly number[]) => ({
    fluctuators: {
      logSigma: Math.exp(logSigma),
      slope: 2 / (1 + Math.exp(-slope)),
      slowest,
      fastest,
      perDecade: PER_DECADE,
    },
    white: Math.exp(white),
  });
  const error = (at: readonly number[]): number => {
    const { fluctuators, white } = modelAt(at);
    return spectrum.frequencies.reduce((sum, f, k) => {
      const model = fluctuatorSpectrum(fluctuators, f, rate) + (2 * white * white) / rate;
      const weight = Math.min(MOST_WEIGHT, spectrum.counts[k]);
      return sum + weight * (Math.log(model) - Math.log(spectrum.powers[k])) ** 2;
    }, 0);
  };
  const nudge = 1e-5;
  const { at } = minimise(
    (x, gradient) => {
      for (let k = 0; k < 3; k++) {
        const moved = (by: number): number => error(Array.from(x, (value, j) => (j === k ? value + by : value)));
        gradient[k] = (moved(nudge) - moved(-nudge)) / (2 * nudge);
      }
      return error(Array.from(x));
    },
    { at: Float64Array.of(Math.log(sigma), 0, Math.log(sigma / 10)) },
    1e-8,
    300,
  );
  return modelAt(Array.from(at));
};

/**
 * Noise of one cell that was read again and again: a trap where two levels stand out, fluctuators and white noise for the rest.
 *
 * @param resistances [ohm], evenly spaced in time.
 * @param rate Reads a second [Hz].
 * @throws RangeError for fewer reads than a spectrum needs.
 */
export const fitSeries = (name: string, resistances: Float64Array, rate: number): SeriesFit => {
  const reads = resistances.length;
  if (reads < FEWEST_READS)
    throw new RangeError(`${name}: ${reads} reads; at least ${FEWEST_READS} are needed for a spectrum.`);
  const logs = resistances.map(Math.log);
  const sigma = standardDeviation(momentsOf(logs));
  if (!(sigma > 0)) throw new RangeError(`${name}: all ${reads} reads are equal; no noise can be fitted.`);
  const seen = trapIn(logs, rate);
  const found = seen && seen.trap.dwellVariation < VARIATION ? seen : null;
  const rest = found ? logs.map((x, i) => x - found.full[i] * found.trap.noise.logAmplitude) : logs;
  const window = 2 ** Math.floor(Math.log2(reads / 3));
  const restSigma = Math.max(1e-9, standardDeviation(momentsOf(rest)));
  const { fluctuators, white } = fluctuatorsOf(welchSpectrum(rest, rate, window), reads, rate, restSigma);
  const spectrum = welchSpectrum(logs, rate, window);
  const digits = (x: number): number => Number(x.toPrecision(4));
  const rounded: Fluctuators = {
    ...fluctuators,
    logSigma: digits(fluctuators.logSigma),
    slope: digits(fluctuators.slope),
    slowest: digits(fluctuators.slowest),
    fastest: digits(fluctuators.fastest),
  };
  const trap = found && {
    ...found.trap,
    noise: {
      logAmplitude: digits(found.trap.noise.logAmplitude),
      captureTime: digits(found.trap.noise.captureTime),
      emissionTime: digits(found.trap.noise.emissionTime),
    },
  };
  return {
    name,
    medianResistance: Math.exp(sortedQuantile(Float64Array.from(logs).sort(), 0.5)),
    reads,
    rate,
    logSigma: sigma,
    trap,
    fluctuators: rounded,
    readToRead: digits(white),
    spectrum,
    modelled: spectrum.frequencies.map(
      (f) =>
        fluctuatorSpectrum(rounded, f, rate) +
        (trap ? telegraphSpectrum(trap.noise, f, rate) : 0) +
        (2 * white * white) / rate,
    ),
  };
};
