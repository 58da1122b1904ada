import { integer, type Parameters, quantity, type Summary, type ValuesOf } from "#src/montecarlo/index";
import { showQuantity } from "../../units/show.ts";
import { parseWidths } from "../networks/network-parameters.ts";

const positive = (unit: string, value: number, says: string, source: string) =>
  quantity(unit, value, [1e-30, unit === "J" ? 1 : 1e30], says, source);

const CHOSEN = "chosen: the rate-based network that reaches the same accuracy, docs/equilibrium-propagation.md";

/** What the energy estimate assumes, all of it. */
export const ENERGY_PARAMETERS = {
  deliveryEnergy: positive(
    "J",
    12.7e-12,
    "of a spike's delivery to one neuron, all of a chip's overheads in it",
    "12.7 pJ: ODIN, 28 nm, learning on chip (title of Frenkel et al., IEEE TBioCAS 13, 145); digital chips span 1.5 to 45 pJ (pmc.ncbi.nlm.nih.gov/articles/PMC10326429, table 3)",
  ),
  updateEnergy: positive("J", 12.7e-12, "of moving one weight", "assumed to be that of a delivery"),
  gpuPeak: positive(
    "1",
    15e12,
    "operations a second of the GPU compared with, single precision",
    "NVIDIA V100, 300 W board at its launch: 15 TFLOP/s (trade press, 2017)",
  ),
  gpuPower: positive("W", 300, "of that GPU", "the same"),
  gpuUse: quantity(
    "1",
    0.01,
    [1e-9, 1],
    "share of the peak that it reaches at its full power",
    "assumed: layers of a hundred neurons fill little of it; not measured",
  ),
  gpuFreeSteps: integer(20, [1, 1e6], "free steps of the rate-based network on the GPU", CHOSEN),
  gpuNudgedSteps: integer(10, [1, 1e6], "its nudged steps", CHOSEN),
} as const satisfies Parameters;

type EnergyValues = ValuesOf<typeof ENERGY_PARAMETERS>;

/** Events of one image: deliveries between layers, those of the input, weights moved, weights of the input moved. */
export interface ImageEvents {
  readonly deliveries: number;
  readonly inputDeliveries: number;
  readonly updates: number;
  readonly inputUpdates: number;
}

export const eventEnergy = (e: ImageEvents, p: Pick<EnergyValues, "deliveryEnergy" | "updateEnergy">): number =>
  (e.deliveries + e.inputDeliveries) * p.deliveryEnergy + (e.updates + e.inputUpdates) * p.updateEnergy;

/** Operations of an image by rate-based EP of the same widths, dense, the input's product once: inference, training. */
const rateOperations = (
  widths: readonly number[],
  { gpuFreeSteps, gpuNudgedSteps }: Pick<EnergyValues, "gpuFreeSteps" | "gpuNudgedSteps">,
): { readonly inference: number; readonly training: number } => {
  const [inputs, first] = widths;
  const upper = widths.slice(2).reduce((sum, n, l) => sum + n * widths[l + 1], 0);
  const product = 2 * inputs * first;
  // A multiplication and an addition, both ways, a step.
  const step = 4 * upper;
  const inference = product + gpuFreeSteps * step;
  // Outer products: of the input once (the difference of the two ends), of the other layers at either end; and the weights moved.
  const outer = 2 * inputs * first + 4 * upper + 2 * (inputs * first + upper);
  return { inference, training: inference + gpuNudgedSteps * step + outer };
};

const si = (joules: number): string => showQuantity(Number(joules.toPrecision(3)), "J");

const count = (n: number): string =>
  n === 0 ? "0" : n >= 1e4 ? `${(n / 1e3).toFixed(0)}k` : n >= 100 ? n.toFixed(0) : n.toPrecision(3);

/** The table of events and energies of an image, with everything that was assumed. */
export const energySummary = (
  label: string,
  inference: ImageEvents,
  training: ImageEvents,
  p: EnergyValues & { readonly widths: string; readonly input: string },
): Summary => {
  const gpu = rateOperations(parseWidths(p.widths), p);
  const perOperation = p.gpuPower / (p.gpuPeak * p.gpuUse);
  const row = (name: string, events: ImageEvents, operations: number): string[] => {
    const own = eventEnergy(events, p);
    const other = operations * perOperation;
    return [
      name,
      count(events.deliveries),
      count(events.inputDeliveries),
      count(events.updates + events.inputUpdates),
      si(own),
      si(other),
      String(Number((other / own).toPrecision(2))),
      String(Number(((other * p.gpuUse) / own).toPrecision(2))),
    ];
  };
  const input =
    p.input === "spikes"
      ? "every input spike counts for each neuron it reaches"
      : "a constant current of a lit pixel counts as one delivery to each neuron an image, as if read once and held, and moves as many weights once";
  return {
    title: `Energy an image, an estimate${label ? `: ${label}` : ""}`,
    columns: ["of one image", "deliveries", "+ input's", "+ moved", "spikes", "GPU", "ratio", "at peak"],
    rows: [row("classified", inference, gpu.inference), row("learned", training, gpu.training)],
    notes: [
      `Spikes: ${si(p.deliveryEnergy)} a delivery (deliveryEnergy), between layers and, beside them, of the input, and ${si(p.updateEnergy)} a weight moved (updateEnergy), nothing else; ${input}.`,
      `GPU: rate-based EP of the same widths, ${gpuSteps(p)}, ${count(gpu.inference)} and ${count(gpu.training)} operations an image, at ${(100 * p.gpuUse).toPrecision(2)} % (gpuUse, assumed, not measured) of ${(p.gpuPeak / 1e12).toPrecision(3)} TFLOP/s and ${p.gpuPower} W: ${si(perOperation)} an operation. "at peak": the ratio if it reached all of its peak.`,
      "A chip's clock, leakage, memory for images and communication are in neither column; where a chip reports them in its energy an event they are in the first.",
    ],
  };
};

const gpuSteps = ({ gpuFreeSteps, gpuNudgedSteps }: EnergyValues): string =>
  `${gpuFreeSteps} free and ${gpuNudgedSteps} nudged steps`;
