import { type LabState, START } from "../state/lab-parameters.ts";

interface Step {
  readonly title: string;
  readonly says: string;
  readonly show: { readonly read?: Partial<LabState["read"]>; readonly page?: Partial<LabState["page"]> };
  /** What is looked at: an element's id. */
  readonly at: string;
}

/** Why a zero is a matter of timing: the story of the papers' ternary cells, told with the sliders. */
export const STEPS: readonly Step[] = [
  {
    title: "A weight is a race",
    says: "Two resistances hold a weight. Both outputs are charged; then each falls through its cell. Low | high is +1: Q falls first, and the latch holds Qb up.",
    show: { page: { bench: "read", weight: "+1" } },
    at: "figure-schematic",
  },
  {
    title: "A zero is a matter of timing",
    says: "High | high is 0: both outputs droop slowly. Look early enough and both are still high: neither has fallen, the cell holds 0.",
    show: { page: { bench: "read", weight: "0" } },
    at: "figure-waveforms",
  },
  {
    title: "Too late",
    says: "By 10 ns the latch has chosen a side for many zeros, by whatever mismatch and spread decide: they read as +1 or −1. That is type 3.",
    show: { page: { bench: "read", weight: "0" }, read: { strobe: 10e-9 } },
    at: "figure-rates",
  },
  {
    title: "Too early, or too weak",
    says: "At 0.7 V everything slows down. At 3 ns hardly a ±1 has fallen yet: they read as 0, type 2. The window moved, the strobe did not.",
    show: { page: { bench: "read", weight: "+1", map: "strobe", shown: "misread" }, read: { supply: 0.7 } },
    at: "figure-rates",
  },
  {
    title: "What a network makes of it",
    says: "The same amplifier reads every weight of two networks. At 0.78 V, 3 ns, chips of both lose accuracy; see which digits, and what each one's best strobe gives back.",
    show: { page: { bench: "network", strobes: "common" }, read: { supply: 0.78 } },
    at: "bench-network",
  },
];

/** The state that a step shows: what it says, and all else as at the start. */
export const stateOfStep = (step: number, seed: string): LabState => {
  const { read, page } = STEPS[step].show;
  return { read: { ...START.read, ...read }, page: { ...START.page, ...page, seed }, device: null };
};
