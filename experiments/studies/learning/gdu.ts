import {
  AS_THEY_ARE,
  CONSTANT,
  checkComparison,
  compareGradients,
  equilibriumLearner,
  exactNetwork,
  type GradientComparison,
  idealSubstrate,
  initialParameters,
  type NetworkParameters,
  savedParameters,
  trainLearner,
  UNIT_SCALE,
} from "#src/learning/index";
import {
  defineExperiment,
  integer,
  mean,
  type NumberSpec,
  type Parameters,
  quantity,
  type Summary,
  type TableOf,
  type ValuesOf,
} from "#src/montecarlo/index";
import { ADAM } from "#src/networks/index";
import { fold, type Key } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { dataFor, dataSetRecord } from "../../files/data-sets.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { shown } from "../../units/show.ts";
import { checkNetwork } from "../networks/network-parameters.ts";
import { bare, linesOf } from "../results/index.ts";
import { rememberedFor } from "../results/remembered-for.ts";
import { EQUILIBRIUM_PARAMETERS, equilibriumNetwork } from "./equilibrium-parameters.ts";
import { firstExamples } from "./first-examples.ts";

const PARAMETERS = {
  ...EQUILIBRIUM_PARAMETERS,
  estimator: { ...EQUILIBRIUM_PARAMETERS.estimator, choices: ["one-sided", "symmetric"] },
  beta: quantity(
    "1",
    0.1,
    [1e-6, 10],
    "nudge",
    "0.1 and 0.01: the checks of github.com/Laborieux-Axel/Equilibrium-Propagation",
  ),
  epochs: integer(
    0,
    [0, 100],
    "epochs of training before the comparison (Adam 5e-4, batch 50, symmetric, nudge 0.5)",
    "0: at the start",
  ),
  examples: integer(
    20,
    [1, 10_000],
    "training images whose gradients are summed, the first of the set",
    "20: the authors' check",
  ),
  layer: integer(1, [1, 10], "layer of weights, the input's first (an axis)", "1 .. layers"),
  step: integer(0, [0, 10_000], "nudged step, the first is 1; 0: all together (an axis)", "0 .. nudgedSteps"),
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

/** What a trial reports. */
const NUMBERS = {
  cosine: mean("1", "cosine between the two gradients of a layer's weights"),
  relativeError: mean("1", "|EP - BPTT| / |BPTT|"),
  signAgreement: mean("1", "share of weights with a gradient for which both have one sign"),
  normRatio: mean("1", "|EP| / |BPTT|"),
  moved: mean("1", "largest move of a state in the free step from which backpropagation looks back"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

type NumberName = keyof typeof NUMBERS;
type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;
type Row = Table["rows"][number];

const networkOf = (params: Pick<Params, "widths" | "stateActivation" | "cost">) => equilibriumNetwork(params);

/** Layers that have states; 1 where the widths are none, which is told by the check. */
const statefulOf = (params: Pick<Params, "widths" | "cost">): number =>
  Math.max(1, params.widths.split("-").length - (params.cost === "softmax readout" ? 2 : 1));

const trainedParameters = (
  params: Pick<Params, "data" | "widths" | "stateActivation" | "cost" | "freeSteps" | "nudgedSteps" | "epochs">,
  key: Key,
): NetworkParameters => {
  const phi = networkOf(params);
  const start = initialParameters(phi, fold(key, "start"));
  if (params.epochs === 0) return start;
  const { train, test } = dataFor(params.data);
  const { freeSteps, nudgedSteps, epochs } = params;
  const phases = { estimator: "symmetric", beta: 0.5, freeSteps, nudgedSteps, tolerance: 0 } as const;
  const rule = { phases, optimiser: ADAM, learningRates: [5e-4] };
  const learner = equilibriumLearner(phi, rule, start, idealSubstrate(ADAM), 50);
  trainLearner(
    learner,
    train,
    test,
    { epochs, schedule: CONSTANT, scale: UNIT_SCALE, augmentation: AS_THEY_ARE },
    fold(key, "training"),
  );
  return savedParameters(learner.save());
};

// One comparison has rows for all of its layers and steps: it is made once.
const onceFor = rememberedFor<NetworkParameters, GradientComparison>();

const comparisonOf = (parameters: NetworkParameters, params: Params): GradientComparison => {
  const { layer: _layer, step: _step, ...rest } = params;
  return onceFor(parameters, JSON.stringify(rest), () => {
    const { freeSteps, nudgedSteps, beta } = params;
    const classes = parameters.biases[parameters.biases.length - 1].length;
    const examples = firstExamples(dataFor(params.data).train, params.examples, classes);
    const estimator = params.estimator;
    const phases = { freeSteps, nudgedSteps, beta, estimator };
    return compareGradients(exactNetwork(networkOf(params), parameters), examples, phases);
  });
};

/** Nudges up to here are small: where the order of the bias is fitted. */
const SMALL = 0.05;

/** Slope of ln y over ln x by least squares. */
const slopeOf = (x: readonly number[], y: readonly number[]): number => {
  const [u, v] = [x.map(Math.log), y.map(Math.log)];
  const mean = (z: readonly number[]): number => z.reduce((a, b) => a + b, 0) / z.length;
  const [mu, mv] = [mean(u), mean(v)];
  return u.reduce((s, a, i) => s + (a - mu) * (v[i] - mv), 0) / u.reduce((s, a) => s + (a - mu) ** 2, 0);
};

const at = (row: Row, number: NumberName): number => row.numbers[number].estimate;
/** Axes that have columns of their own. */
const TOLD = ["epochs", "estimator", "beta", "layer"] as const;
/** How curves are named. */
const WORDING = {
  epochs: (value: string) => (value === "0" ? "at the start" : value === "1" ? "after 1 epoch" : `epochs ${value}`),
  estimator: bare,
  step: (value: string) => (value === "0" ? "" : `step ${value}`),
};

const conclude = (table: Table, params: Params): Summary[] => {
  const whole = { ...table, rows: table.rows.filter((r) => r.at.step === 0) };
  // Whatever else a grid spans stands in front.
  const others = table.axes.filter((a) => a !== "step" && !TOLD.some((told) => told === a));
  const place = (r: Row): string[] => [
    ...others.map((a) => shown(PARAMETERS[a], r.point[a])),
    ...TOLD.map((a) => `${r.at[a]}`),
  ];
  const numbers = (r: Row): string[] => [
    at(r, "cosine").toFixed(6),
    at(r, "relativeError").toExponential(1),
    at(r, "signAgreement").toFixed(4),
    at(r, "normRatio").toFixed(4),
  ];
  const columns = [...others, ...TOLD];
  const measures = ["cosine", "rel. error", "signs", "norms"];
  const rows = whole.rows.map((r) => [...place(r), ...numbers(r)]);
  const single = table.rows.filter((r) => r.at.step > 0 && Number.isFinite(at(r, "cosine")));
  const says = "signs: share of weights for which both gradients have one sign; norms: |EP| / |BPTT|.";
  const fits = linesOf(whole, PARAMETERS, ["beta"], { step: WORDING.step }).flatMap(({ label, rows: mine }) => {
    const small = mine.filter((r) => r.at.beta <= SMALL);
    if (small.length < 2) return [];
    const order = slopeOf(
      small.map((r) => r.at.beta),
      small.map((r) => at(r, "relativeError")),
    );
    return [[label, order.toFixed(3), `${small.length}`]];
  });
  const moved = Math.max(0, ...table.rows.map((r) => at(r, "moved")).filter(Number.isFinite));
  return [
    ...(rows.length > 0
      ? [
          {
            title: "Equilibrium Propagation against backpropagation through time, all steps together",
            columns: [...columns, ...measures],
            rows,
            notes: [
              says,
              `Both count from states at rest: in the free step from which backpropagation looks back, ${params.nudgedSteps} before the end, a state still moved by ${moved.toExponential(1)}. Where the error does not fall with beta, take more free steps.`,
            ],
          },
        ]
      : []),
    ...(rows.length === 0
      ? [
          {
            title: "Equilibrium Propagation against backpropagation through time, step by step",
            columns: [...columns, "step", ...measures],
            rows: single.map((r) => [...place(r), `${r.at.step}`, ...numbers(r)]),
            notes: [says, "Steps at which both gradients are zero are left out."],
          },
        ]
      : []),
    ...(fits.length > 0
      ? [
          {
            title: "Order of the bias in beta: slope of ln(relative error) over ln(beta)",
            columns: ["estimate", "order", "nudges"],
            rows: fits,
            notes: [`Fitted over nudges up to ${SMALL}; theory: 1 one-sided, 2 symmetric.`],
          },
        ]
      : []),
  ];
};

const figures = (table: Table, params: Params): Figure[] => {
  const whole = table.rows.filter((r) => r.at.step === 0);
  const betas = [...new Set(whole.map((r) => r.at.beta))].sort((a, b) => a - b);
  const caption = `Summed over ${params.examples} images of ${dataSetRecord(params.data).name}, in double precision; ${params.widths}, ${params.stateActivation}, ${params.cost}.`;
  const errors: Figure[] =
    betas.length < 2
      ? []
      : [
          {
            title: "Bias of the gradient estimate against the nudge",
            caption,
            x: { label: "beta", unit: "", scale: "log" },
            y: { label: "|EP - BPTT| / |BPTT|", unit: "", scale: "log" },
            series: linesOf({ ...table, rows: whole }, PARAMETERS, ["beta"], WORDING).map(({ label, rows }) => ({
              name: label,
              x: rows.map((r) => r.at.beta),
              y: rows.map((r) => at(r, "relativeError")),
              marks: true,
            })),
          },
        ];
  const steps = table.rows.filter((r) => r.at.step > 0);
  if (steps.length === 0) return errors;
  return [
    ...errors,
    {
      title: "Agreement step by step",
      caption: `${caption} A step at which both updates are zero has no cosine. Between two layers the error comes and goes: every other step of the last one is of second order only.`,
      x: { label: "nudged step", unit: "", scale: "linear" },
      y: { label: "cosine of EP and BPTT", unit: "", scale: "linear" },
      series: linesOf({ ...table, rows: steps }, PARAMETERS, ["step"], WORDING).map(({ label, rows }) => {
        const seen = rows.filter((r) => Number.isFinite(at(r, "cosine")));
        return {
          name: label,
          x: seen.map((r) => r.at.step),
          y: seen.map((r) => at(r, "cosine")),
          marks: true,
        };
      }),
    },
  ];
};

/** Gradients of Equilibrium Propagation beside those of backpropagation through time, against the nudge. */
export const gdu = defineExperiment({
  name: "gdu",
  summary:
    "Gradients of Equilibrium Propagation beside backpropagation through time's, against the nudge; step by step.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "epochs",
    "estimator",
    "beta",
    "stateActivation",
    "cost",
    "freeSteps",
    "nudgedSteps",
    "widths",
    "layer",
    "step",
  ],
  replicates: (params) => ({ layer: Array.from({ length: statefulOf(params) }, (_, l) => l + 1) }),
  grid: (params) => {
    const epochs = [0, 1];
    return [
      { epochs, estimator: ["one-sided", "symmetric"], beta: [0.003, 0.01, 0.03, 0.1, 0.3], step: [0] },
      {
        epochs,
        estimator: ["symmetric"],
        beta: [0.1],
        step: Array.from({ length: params.nudgedSteps }, (_, t) => t + 1),
      },
    ];
  },
  deterministic: true,
  trials: 1,
  block: 1,
  numbers: NUMBERS,
  quick: { epochs: 0, examples: 5 },
  prepare: {
    parameters: {
      uses: ["data", "widths", "stateActivation", "cost", "freeSteps", "nudgedSteps", "epochs"],
      make: trainedParameters,
    },
  },
  check: (params) => {
    checkNetwork(params);
    checkComparison(params);
    const layers = statefulOf(params);
    if (params.layer > layers)
      throw new RangeError(`layer: ${params.layer}; ${params.widths} has ${layers} with states.`);
    if (params.step > params.nudgedSteps)
      throw new RangeError(`step: ${params.step}; a nudged phase has ${params.nudgedSteps} steps.`);
  },
  trial: ({ parameters }, params) => {
    const { layers, moved } = comparisonOf(parameters, params);
    const { steps, cumulated } = layers[params.layer - 1];
    const { cosine, ...rest } = params.step === 0 ? cumulated : steps[params.step - 1];
    // Where both gradients are zero there is nothing to compare.
    return { numbers: Number.isFinite(cosine) ? { cosine, ...rest, moved } : { moved } };
  },
  figures,
  conclude,
  notes: (params) => [
    `Comparison in double precision on the first ${params.examples} training images of ${dataSetRecord(params.data).name}. Backpropagation goes back through the last ${params.nudgedSteps} of ${params.freeSteps} free steps of the same dynamics${params.cost === "squared error (nudge outside)" ? "; the loss is the one that a nudge outside the activation descends, dL/du = s - y" : ""}.`,
  ],
});
