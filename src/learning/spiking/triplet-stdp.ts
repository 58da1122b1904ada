import { fold, type Key, uniform } from "#src/random/index";

/**
 * Triplet spike-timing-dependent plasticity (J.-P. Pfister, W. Gerstner, J. Neurosci. 26, 9673, 2006). Two traces of the neuron before
 * the synapse, r1 and r2, and two of the one after it, o1 and o2, fall with their time constants and rise by 1 at each of its spikes
 * (all-to-all), or are set to 1 (nearest spike):
 *
 *     spike before:  dw = -o1 (A2- + A3- r2)        spike after:  dw = +r1 (A2+ + A3+ o2)
 *
 * with a neuron's own slow trace as it was just before its spike.
 */
export interface TripletRule {
  /** Of pairs and of triplets: potentiation at a spike after, depression at a spike before [change of the weight]. */
  readonly pairPotentiation: number;
  readonly tripletPotentiation: number;
  readonly pairDepression: number;
  readonly tripletDepression: number;
  /** Of r1, r2, o1, o2 [s]. */
  readonly fastBefore: number;
  readonly slowBefore: number;
  readonly fastAfter: number;
  readonly slowAfter: number;
  readonly interactions: "all-to-all" | "nearest";
}

/** tau+ and tau- of every published fit [s]. */
const [TAU_PLUS, TAU_MINUS] = [16.8e-3, 33.7e-3];

const rule = (
  interactions: TripletRule["interactions"],
  amplitudes: readonly [a2Plus: number, a3Plus: number, a2Minus: number, a3Minus: number],
  slowBefore: number,
  slowAfter: number,
): TripletRule => ({
  pairPotentiation: amplitudes[0],
  tripletPotentiation: amplitudes[1],
  pairDepression: amplitudes[2],
  tripletDepression: amplitudes[3],
  fastBefore: TAU_PLUS,
  slowBefore,
  fastAfter: TAU_MINUS,
  slowAfter,
  interactions,
});

/**
 * The fits of that paper, as NEST's triplet synapse and a public reimplementation carry them (read there, the paper was not); a slow
 * time that a minimal model has no use for is written as 100 ms.
 */
export const TRIPLET_RULES = {
  "visual cortex": rule("all-to-all", [5e-10, 6.2e-3, 7e-3, 2.3e-4], 101e-3, 125e-3),
  "visual cortex (minimal)": rule("all-to-all", [0, 6.5e-3, 7.1e-3, 0], 100e-3, 114e-3),
  hippocampus: rule("all-to-all", [6.1e-3, 6.7e-3, 1.6e-3, 1.4e-3], 946e-3, 27e-3),
  "hippocampus (minimal)": rule("all-to-all", [5.3e-3, 8e-3, 3.5e-3, 0], 100e-3, 40e-3),
  "hippocampus (nearest)": rule("nearest", [4.6e-3, 9.1e-3, 3e-3, 7.5e-9], 575e-3, 47e-3),
} as const satisfies Readonly<Record<string, TripletRule>>;

/** @throws RangeError for time constants or amplitudes that cannot be. */
export const checkTriplet = (r: TripletRule): void => {
  for (const name of ["fastBefore", "slowBefore", "fastAfter", "slowAfter"] as const)
    if (!(r[name] > 0 && r[name] < Number.POSITIVE_INFINITY))
      throw new RangeError(`triplet rule: ${name} ${r[name]} s; expected more than 0.`);
  for (const name of ["pairPotentiation", "tripletPotentiation", "pairDepression", "tripletDepression"] as const)
    if (!(r[name] >= 0 && r[name] < Number.POSITIVE_INFINITY))
      throw new RangeError(`triplet rule: ${name} ${r[name]}; expected 0 or more.`);
};

/**
 * Change of a weight by these spikes, exact in time.
 *
 * @param before, after Times of the spikes of the two neurons [s], ascending; of spikes at one time the one before comes first.
 */
export const tripletChange = (r: TripletRule, before: ArrayLike<number>, after: ArrayLike<number>): number => {
  checkTriplet(r);
  const raised = (trace: number): number => (r.interactions === "nearest" ? 1 : trace + 1);
  let [r1, r2, o1, o2, weight, now, i, j] = [0, 0, 0, 0, 0, 0, 0, 0];
  while (i < before.length || j < after.length) {
    const isBefore = j >= after.length || before[i] <= after[j];
    const time = isBefore ? before[i] : after[j];
    const passed = i + j === 0 ? 0 : time - now;
    now = time;
    r1 *= Math.exp(-passed / r.fastBefore);
    r2 *= Math.exp(-passed / r.slowBefore);
    o1 *= Math.exp(-passed / r.fastAfter);
    o2 *= Math.exp(-passed / r.slowAfter);
    if (isBefore) {
      weight -= o1 * (r.pairDepression + r.tripletDepression * r2);
      [r1, r2] = [raised(r1), raised(r2)];
      i++;
    } else {
      weight += r1 * (r.pairPotentiation + r.tripletPotentiation * o2);
      [o1, o2] = [raised(o1), raised(o2)];
      j++;
    }
  }
  return weight;
};

/** Change by `pairings` pairs of spikes at a frequency [Hz], the one after `lag` later (or, negative, earlier) [s]. */
export const pairingChange = (r: TripletRule, frequency: number, lag: number, pairings = 60): number => {
  const times = Array.from({ length: pairings }, (_, k) => k / frequency);
  const shifted = times.map((t) => t + Math.abs(lag));
  return lag >= 0 ? tripletChange(r, times, shifted) : tripletChange(r, shifted, times);
};

/**
 * Mean change a second under independent Poisson spikes [1/s], all-to-all:
 *
 *     rb ra [tau+ (A2+ + A3+ ra tau_y) - tau- (A2- + A3- rb tau_x)]
 */
export const tripletDrift = (r: TripletRule, before: number, after: number): number =>
  before *
  after *
  (r.fastBefore * (r.pairPotentiation + r.tripletPotentiation * after * r.slowAfter) -
    r.fastAfter * (r.pairDepression + r.tripletDepression * before * r.slowBefore));

/**
 * Rate of the neuron after the synapse at which depression turns into potentiation, as in the rule of Bienenstock, Cooper and Munro
 * [Hz]: where `tripletDrift` is 0. Below 0 there is none.
 */
export const tripletThreshold = (r: TripletRule, before: number): number =>
  ((r.fastAfter / r.fastBefore) * (r.pairDepression + r.tripletDepression * before * r.slowBefore) -
    r.pairPotentiation) /
  (r.tripletPotentiation * r.slowAfter);

/** Times of a Poisson process of this rate up to `duration` [Hz, s]. */
export const poissonTimes = (key: Key, rate: number, duration: number): Float64Array => {
  const own = fold(key, "intervals");
  const times: number[] = [];
  for (let t = 0, k = 0; ; k++) {
    t -= Math.log(uniform(own, k)) / rate;
    if (!(t < duration)) return Float64Array.from(times);
    times.push(t);
  }
};
