// node bench/conv-ep.mjs --data FOLDER [--model P-conv|mnist-conv] [--images 10000] [--test 2000] [--minutes 20] [--seed 0]
// Convolutional Equilibrium Propagation on MNIST as accuracy against CPU minutes, free phases stopped by their residual; floating-point
// operations a second; and from them the cost of the authors' full run.
import { parseArgs } from "node:util";
import { loadDataSet } from "../dist/experiments/files/load-data-set.js";
import { firstImages, learnerOf } from "../dist/experiments/studies/papers/equilibrium-model.js";
import { MODELS as ernoult } from "../dist/experiments/studies/papers/ernoult-2019.js";
import { MODELS as laborieux } from "../dist/experiments/studies/papers/laborieux-2021.js";
import { learnerAccuracy, placeLayers, trainLearner } from "../dist/src/learning/index.js";
import { fold, rootKey } from "../dist/src/random/index.js";
import { conditions } from "./measure.mjs";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "mnist-10k" },
    model: { type: "string", default: "P-conv" },
    images: { type: "string", default: "10000" },
    test: { type: "string", default: "2000" },
    minutes: { type: "string", default: "20" },
    tolerance: { type: "string", default: "0.0001" },
    seed: { type: "string", default: "0" },
  },
});
const published = { ...ernoult, ...laborieux }[values.model];
const tolerance = Number(values.tolerance);
const model = { ...published, phases: { ...published.phases, tolerance } };
const data = loadDataSet(values.data);
const train = firstImages(data.train, Number(values.images));
const test = firstImages(data.test, Number(values.test));
const key = fold(rootKey("rramlab"), Number(values.seed));

/** Multiplications and additions of one image in a step: what is done, and what dense products of the same shapes would take. */
const layers = placeLayers(model.phi);
const [forward, back] = layers.slice(1).reduce(
  ([up, down], l) => {
    const places = l.kind === "convolution" ? l.convolved.height * l.convolved.width : 1;
    // Back through a pooled layer only the chosen places count.
    const chosen = l.kind === "convolution" && l.pool ? l.outputs / l.to.channels : places;
    return [up + 2 * l.weights * places, down + 2 * l.weights * chosen];
  },
  [0, 0],
);

const { estimator, freeSteps, nudgedSteps } = model.phases;
const nudgedPhases = estimator === "symmetric" ? 2 : 1;
const seconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
console.log(
  `${values.model}, ${estimator}, beta ${model.phases.beta}, T1 at most ${freeSteps} (stopped where no state moves by more than ${tolerance}), T2 ${nudgedSteps}, batch ${model.batch}; ${train.count} training and ${test.count} test images of ${data.name}, seed ${values.seed}`,
);
console.log("epoch  CPU minutes  accuracy %  free steps  GFLOP/s");
const learner = learnerOf(model, key);
const none = { ...test, count: 0 };
let spent = 0;
let state = null;
let rate = 0;
let steps = 0;
for (let epoch = 1; spent < 60 * Number(values.minutes); epoch++) {
  const before = seconds();
  trainLearner(learner, train, none, { ...model, epochs: epoch }, key, state, (reached) => {
    state = reached;
  });
  const took = seconds() - before;
  spent += took;
  steps = state.epochs.at(-1).freeSteps;
  rate = (train.count * (steps + nudgedPhases * nudgedSteps) * (forward + back)) / took;
  const accuracy = learnerAccuracy(learner, test, model.scale, fold(key, "test"));
  console.log(
    `${String(epoch).padEnd(5)}  ${(spent / 60).toFixed(2).padEnd(11)}  ${(100 * accuracy).toFixed(2).padEnd(10)}  ${steps.toFixed(1).padEnd(10)}  ${(rate / 1e9).toFixed(1)}`,
  );
}
const whole = 60_000 * model.epochs * (freeSteps + nudgedPhases * nudgedSteps) * (forward + back);
console.log(
  `The authors' full run (60,000 images, ${model.epochs} epochs, T1 ${freeSteps} without stopping): ${(whole / 1e15).toFixed(2)} PFLOP, ${(whole / rate / 3600).toFixed(0)} CPU hours at this rate; stopped at ${steps.toFixed(0)} free steps ${((whole / rate / 3600) * ((steps + nudgedPhases * nudgedSteps) / (freeSteps + nudgedPhases * nudgedSteps))).toFixed(0)}.`,
);
console.log(conditions());
