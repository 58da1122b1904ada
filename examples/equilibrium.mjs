// A network that learns by Equilibrium Propagation: first on numbers, then on conductance pairs that pulses move, read with 2 % noise.
import * as lab from "rramlab";
import { plasticPairs } from "rramlab/circuits";
import { idealPulsed } from "rramlab/devices";

const key = lab.rootKey("equilibrium");
const { train, test } = lab.loadDataSet("mnist-10k");
const phi = lab.denseNetwork([784, 64, 10], "shifted logistic", { kind: "squared error", nudge: "inside" });
const phases = { estimator: "symmetric", beta: 0.5, freeSteps: 20, nudgedSteps: 8, tolerance: 0 };
const rule = { phases, optimiser: lab.PLAIN_DESCENT, learningRates: [1, 0.5] };
const plan = { epochs: 2, schedule: lab.CONSTANT, scale: lab.UNIT_SCALE, augmentation: lab.AS_THEY_ARE };
const start = lab.initialParameters(phi, lab.fold(key, "start"));
const BATCH = 50;

const layers = [];
/** Steps fall by a factor e^2 from one end of a device's range to the other. */
const device = { ...idealPulsed, nonlinearity: { set: 2, reset: 2 } };
const onCells = {
  bytes: ({ inputs, outputs }, batch) =>
    lab.synapticBytes(inputs, outputs, batch) + 8 * (inputs * outputs + batch * inputs) + 4096,
  connect: (kernels, { inputs, outputs }, index, weights, batch) => {
    const timing = { readVoltage: 0.2, readTime: 10e-9, pulseVoltage: 1.5, pulseTime: 100e-9 };
    const design = { inputs, outputs, device, largestWeight: index + 1, update: { kind: "blind" }, readNoise: 0.02 };
    const pairs = plasticPairs(kernels, { ...design, lines: null, timing }, weights, batch, lab.fold(key, index));
    layers.push(pairs);
    return lab.synapticConnection(kernels, pairs, lab.PLAIN_DESCENT, batch);
  },
};

for (const [name, substrate] of [
  ["on numbers", lab.idealSubstrate(lab.PLAIN_DESCENT)],
  ["on cells", onCells],
]) {
  const learner = lab.equilibriumLearner(phi, rule, start, substrate, BATCH);
  for (const { epoch, accuracy } of lab.trainLearner(learner, train, test, plan, key))
    console.log(`${name}, epoch ${epoch}: ${(100 * accuracy).toFixed(2)} % of ${test.count} test images`);
}
const use = layers.map((pairs) => pairs.use()).reduce(lab.addUse);
console.log(
  `${use.pulses} pulses, ${(1e6 * use.pulseEnergy).toFixed(1)} uJ; reads ${(1e6 * use.readEnergy).toFixed(1)} uJ`,
);
