// What README and docs publish: each entry is a command whose output is a figure, a table or a figure of merit there.
// run: a study of the program. script: a file of bench/, seed of its own. MNIST and CIFAR stand for folders of the data, NETWORKS for one of
// networks of others (docs/networks-elsewhere.md), MEASURED for one of measured cells (docs/relaxation.md).
// cpuMinutes: measured where `of` is the day of a record (docs/published), else estimated from what the docs say.

const RUN = "2026-11-22";
const EARLIER = "2026-11-21";
const TODAY = "2026-11-27";
const IMAGES = "2026-11-28";

const run = (name, shownIn, line, cpuMinutes, of, figures = {}) => ({
  name,
  shownIn,
  kind: "run",
  line,
  cpuMinutes,
  of,
  figures,
});
const script = (name, shownIn, line, cpuMinutes, of) => ({
  name,
  shownIn,
  kind: "script",
  line,
  cpuMinutes,
  of,
  figures: {},
});

const SPIKES = "learning-on-cells.md";

/** Titles of a run's figures begin as given. */
export const ENTRIES = [
  run(
    "ternary-versus-binary",
    ["README.md", "ternary-versus-binary.md", "runs.md"],
    "ternary-versus-binary",
    3,
    EARLIER,
    {
      "ternary-versus-binary.png": "Accuracy against supply",
    },
  ),
  run(
    "ternary-versus-binary-mnist",
    ["ternary-versus-binary.md"],
    "ternary-versus-binary --data MNIST --set batch=128 --set epochs=5",
    8,
    EARLIER,
  ),
  run(
    "ternary-versus-binary-laws",
    ["ternary-versus-binary.md"],
    'ternary-versus-binary --grid supply=0.9V,1.2V --grid "conduction=ohmic,sinh 0.43 V"',
    2,
    TODAY,
  ),
  run(
    "ternary-versus-binary-chips",
    ["chips.md"],
    'ternary-versus-binary --trials 4 --grid supply=0.9V,0.8V --grid "amplifiers=independent,column per output,column per input"',
    4,
    TODAY,
  ),
  run("pvt", ["README.md", "pvt.md"], "pvt", 6, EARLIER, { "pvt.png": "Read errors, replica column" }),
  run("pvt-activated", ["pvt.md"], 'pvt --set "activationEnergyHrs=0.05 eV"', 6, TODAY),
  run(
    "pvt-capacitance",
    ["pvt.md"],
    "pvt --grid bitLineCapacitance=20fF,60fF,200fF --grid supply=1V,1.1V --grid corner=tt,ss,ff,sf,fs --grid temperature=-40degC,27degC,125degC",
    3,
    TODAY,
  ),
  run("sensitivity", ["sensitivity.md"], "sensitivity --set device=weak", 20, RUN, {
    "sensitivity.png": "Share of the variance",
  }),
  run("high-resistance-margin", ["studies.md"], "examples/high-resistance-margin.yaml", 3, RUN, {
    "high-resistance-margin.png": "Read error rates against hrsMedianFactor",
  }),
  run("majority-read", ["studies.md"], "examples/majority-read.mjs --trials 2000", 1, RUN),
  run(
    "sense-transient",
    ["sense-transient.md", "devices.md", "transient.md", "transient-batch.md", "spice.md"],
    "sense-transient",
    0.1,
    EARLIER,
    {
      "sense-transient.png": "One read",
    },
  ),
  run(
    "sense-window",
    ["sense-window.md"],
    "sense-window --grid device=reference,weak --grid bitLineCapacitance=20fF,200fF --grid supply=0.7V:1.2V:0.1V --trials 1000",
    2,
    EARLIER,
    { "sense-window.png": "Sense window against supply" },
  ),
  run("sense-errors", ["sense-errors.md", "command-line.md", "random.md", "clusters.md"], "sense-errors", 1, EARLIER, {
    "sense-errors.png": "Read error rates against supply",
  }),
  run(
    "sense-errors-laws",
    ["sense-errors.md"],
    'sense-errors --trials 4000 --grid supply=0.9V,1.2V --grid "conduction=ohmic,sinh 0.43 V"',
    0.3,
    TODAY,
  ),
  run("memory-error-rate", ["memory-error-rate.md"], "memory-error-rate", 1, EARLIER),
  run(
    "memory-error-rate-heat",
    ["memory-error-rate.md"],
    'memory-error-rate --set device=weak --set activationEnergyHrs=0.1eV --grid "temperature=-40 degC:120 degC:20 degC"',
    1,
    EARLIER,
    { "memory-error-rate.png": "Bit error rates against temperature" },
  ),
  run("rare-errors", ["rare-errors.md"], "rare-errors", 12, EARLIER, {
    "rare-errors.png": "Probability of a read error against strobe",
  }),
  run(
    "rare-errors-slab",
    ["rare-errors.md"],
    "rare-errors --set device=weak --grid error=type2 --grid strobe=10ns --grid method=importance,subset,plain --set plainSamples=40000",
    3,
    TODAY,
  ),
  run("shared-amplifiers", ["chips.md"], "shared-amplifiers", 10, EARLIER, {
    "shared-amplifiers.png": "What sharing an amplifier costs",
  }),
  run(
    "accuracy-on-chips-output",
    ["chips.md"],
    'accuracy-versus-errors --trials 4 --set "amplifiers=column per output"',
    15,
    TODAY,
  ),
  run(
    "accuracy-on-chips-input",
    ["chips.md"],
    'accuracy-versus-errors --trials 4 --set "amplifiers=column per input"',
    15,
    TODAY,
  ),
  run("accuracy-versus-errors", ["accuracy-versus-errors.md", "chips.md"], "accuracy-versus-errors", 10, EARLIER, {
    "accuracy-versus-errors.png": "Accuracy against read error rate",
  }),
  run(
    "accuracy-versus-errors-mnist",
    ["accuracy-versus-errors.md"],
    "accuracy-versus-errors --data MNIST --set batch=128 --set epochs=5 --set widths=784-512-512-10 --set seeds=1 --trials 10",
    40,
    EARLIER,
  ),
  run(
    "network-accuracy",
    ["figures-of-merit.md", "networks.md"],
    "network-accuracy --data MNIST --set batch=128 --set epochs=5 --grid widths=784-64-64-10,784-128-128-10,784-256-256-10,784-512-512-10 --grid weights=binary,ternary",
    18,
    TODAY,
    { "network-accuracy.png": "Test accuracy against width" },
  ),
  run(
    "network-on-chips",
    ["networks-elsewhere.md"],
    "network-on-chips --set network=NETWORKS/TFC_1W2A.onnx --data MNIST --trials 20 --grid supply=0.8V,0.9V,1.0V,1.2V --grid strobe=1ns,1.5ns,2ns,3ns,5ns,10ns",
    2,
    TODAY,
    { "network-on-chips.png": "Accuracy on chips against supply" },
  ),
  run("sense-window-devices", ["README.md"], "sense-window --grid device=reference,weak", 0.5, IMAGES, {
    "sense-window-devices.png": "Sense window against supply",
  }),
  run("gdu-digits", ["README.md"], "gdu", 0.5, IMAGES, { "gdu-digits.png": "Bias of the gradient" }),
  run(
    "digits-on-chips",
    ["README.md"],
    "network-on-chips --set network=models/digits-ternary.safetensors --grid supply=0.8V,0.9V,1.0V,1.2V --grid strobe=1ns,1.5ns,2ns,3ns,5ns,10ns",
    1,
    IMAGES,
    { "digits-on-chips.png": "Accuracy on chips" },
  ),
  run(
    "network-on-chips-binary",
    ["networks-elsewhere.md"],
    "network-on-chips --set network=NETWORKS/TFC_1W1A.onnx --data MNIST --trials 20 --grid supply=0.8V,0.9V,1.0V,1.2V --grid strobe=1ns,1.5ns,2ns,3ns,5ns,10ns",
    2,
    TODAY,
  ),
  script(
    "foreign-networks",
    ["figures-of-merit.md", "networks-elsewhere.md"],
    "bench/foreign-networks.mjs NETWORKS MNIST",
    2,
    TODAY,
  ),
  run("layer-sensitivity", ["networks.md"], "layer-sensitivity", 2, TODAY, {
    "layer-sensitivity.png": "Accuracy lost by errors in one layer",
  }),
  run(
    "network-accuracy-ternary-activations",
    ["networks.md"],
    "network-accuracy --data MNIST --set batch=128 --set epochs=5 --set activation=ternary --grid widths=784-64-64-10,784-128-128-10 --grid weights=binary,ternary",
    20,
    TODAY,
  ),
  run("array-size-limit", ["array-size-limit.md"], "array-size-limit", 0.2, RUN, {
    "array-size-limit.png": "Strobes that serve a whole column",
  }),
  run(
    "array-size-limit-precharge",
    ["array-size-limit.md"],
    "array-size-limit --grid rows=1024,2048 --grid prechargeTime=5us,50us",
    0.3,
    TODAY,
  ),
  run("ir-drop", ["analog-multiply.md"], "ir-drop", 3, RUN, { "ir-drop.png": "Test accuracy against line resistance" }),
  run("analog-versus-digital", ["analog-multiply.md"], "analog-versus-digital", 1, RUN, {
    "analog-versus-digital.png": "Accuracy against converter bits",
  }),
  run("write-disturb", ["programming.md"], "write-disturb", 1.5, RUN, {
    "write-disturb.png": "Pulses until a neighbour is disturbed, RESET",
  }),
  run("gdu", ["equilibrium-propagation.md"], "gdu --data MNIST", 0.5, RUN, {
    "gdu-bias.png": "Bias of the gradient estimate against the nudge",
  }),
  run("ernoult-2019", ["equilibrium-propagation.md"], "ernoult-2019 --data MNIST", 12, RUN),
  run(
    "ernoult-2020",
    ["equilibrium-propagation.md"],
    "ernoult-2020 --data MNIST --set epochs=20 --grid model=C-EP-1h,C-VF-1h",
    35,
    RUN,
    { "ernoult-2020.png": "Test accuracy against epochs" },
  ),
  run("laborieux-2021", ["figures-of-merit.md", "equilibrium-propagation.md"], "laborieux-2021 --data MNIST", 2, RUN),
  run(
    "laborieux-small",
    ["equilibrium-propagation.md"],
    "laborieux-2021 --grid model=small-one-sided,small-random-sign,small-symmetric --set images=5000 --set testImages=1000 --set epochs=4 --set seeds=2 --set tolerance=1e-4 --data CIFAR",
    24,
    RUN,
    { "laborieux-small.png": "Test accuracy against epochs" },
  ),
  run("laborieux-2020", ["figures-of-merit.md", "training.md"], "laborieux-2020 --data CIFAR", 110, IMAGES, {
    "laborieux-2020.png": "Test accuracy against epochs",
  }),
  run(
    "laborieux-2020-widths",
    ["training.md"],
    "laborieux-2020 --data CIFAR --grid filters=16,8 --grid weights=binary,ternary --set seeds=3",
    85,
    IMAGES,
    {
      "laborieux-2020-cells.png": "At equal cells",
      "laborieux-2020-energy.png": "At equal energy",
      "laborieux-2020-accuracy.png": "At equal accuracy",
    },
  ),
  run(
    "laborieux-2020-activations",
    ["training.md"],
    "laborieux-2020 --data CIFAR --set activation=ternary --set seeds=1 --grid weights=binary,ternary",
    24,
    IMAGES,
  ),
  run(
    "cifar-type1",
    ["training.md"],
    'network-on-chips --set network=models/cifar-ternary.safetensors --data CIFAR --set images=500 --trials 20 --set "mode=given rates" --set type2=0 --set type3=0 --grid type1=0.0001,0.001,0.01,0.03,0.1',
    1,
    IMAGES,
  ),
  run(
    "cifar-type2",
    ["training.md"],
    'network-on-chips --set network=models/cifar-ternary.safetensors --data CIFAR --set images=500 --trials 20 --set "mode=given rates" --set type1=0 --set type3=0 --grid type2=0.0001,0.001,0.01,0.03,0.1',
    1,
    IMAGES,
  ),
  run(
    "cifar-type3",
    ["training.md"],
    'network-on-chips --set network=models/cifar-ternary.safetensors --data CIFAR --set images=500 --trials 20 --set "mode=given rates" --set type1=0 --set type2=0 --grid type3=0.0001,0.001,0.01,0.03,0.1',
    1,
    IMAGES,
  ),
  run(
    "cifar-flips",
    ["training.md"],
    'network-on-chips --set network=models/cifar-binary.safetensors --data CIFAR --set images=500 --trials 20 --set "mode=given rates" --grid type1=0.0001,0.001,0.01,0.03,0.1',
    1,
    IMAGES,
  ),
  run(
    "cifar-arrays",
    ["training.md"],
    "network-on-chips --data CIFAR --set images=500 --trials 20 --grid network=models/cifar-ternary.safetensors,models/cifar-binary.safetensors --grid supply=0.8V,0.9V,1.0V,1.2V --grid device=strong,reference,weak,measured-c,measured-a --set samples=1000",
    10,
    IMAGES,
  ),
  run(
    "cifar-layers-ternary",
    ["training.md"],
    "layer-sensitivity --set network=models/cifar-ternary.safetensors --data CIFAR --set images=500 --set rate=0.03",
    5,
    IMAGES,
    { "cifar-layers.png": "Accuracy lost by errors in one layer" },
  ),
  run(
    "cifar-layers-binary",
    ["training.md"],
    "layer-sensitivity --set network=models/cifar-binary.safetensors --data CIFAR --set images=500 --set rate=0.03",
    5,
    IMAGES,
  ),
  script("cifar-errors", ["training.md"], "scripts/draw-cifar-errors.mjs", 0.1, IMAGES),
  run("ep-on-rram", [SPIKES], "ep-on-rram --set seeds=5", 19, TODAY, { "ep-on-rram.png": "Learning on cells: states" }),
  run("eqspike", ["figures-of-merit.md", "eqspike.md"], "eqspike --data MNIST", 6, RUN, {
    "eqspike.png": "EqSpike: test accuracy against epochs",
  }),
  run(
    "eqspike-300",
    ["figures-of-merit.md", "eqspike.md"],
    "eqspike --data MNIST --set widths=784-300-10 --set epochs=20 --set rateDecay=0.85",
    8,
    RUN,
  ),
  run(
    "eqspike-immediate",
    ["eqspike.md"],
    "eqspike --data MNIST --set updates=immediate --set batch=1 --set learningRates=0.002 --set rateDecay=0.94 --set freeSteps=240 --set epochs=25",
    7,
    RUN,
  ),
  run(
    "eqspike-moved",
    ["eqspike.md"],
    "eqspike --data MNIST --set widths=784-500-10 --set move=1 --set epochs=24 --set rateDecay=0.86",
    14,
    RUN,
  ),
  run(
    "eqspike-spiking-inputs",
    ["eqspike.md"],
    "eqspike --data MNIST --set input=spikes --set epochs=8 --set rateDecay=0.7 --set seeds=2",
    12,
    RUN,
  ),
  run(
    "eqspike-kinds",
    ["eqspike.md"],
    "eqspike --data MNIST --set epochs=10 --set rateDecay=0.75 --set seeds=2 --grid estimator=alternating,symmetric,one-sided",
    6,
    RUN,
  ),
  run("eqspike-drift", ["eqspike.md"], "eqspike-drift --data MNIST --set images=20000", 8, RUN, {
    "eqspike-drift.png": "",
  }),
  run("eqspike-gradients", ["eqspike.md"], "eqspike-gradients --data MNIST --set seeds=5 --set examples=200", 15, RUN, {
    "eqspike-gradients.png": "What spikes teach, beside gradients",
  }),
  run("eqspike-dynamics", ["eqspike.md"], "eqspike-dynamics", 0.2, RUN, {
    "eqspike-raster.png": "Spikes of one image",
    "eqspike-membranes.png": "Membranes",
    "eqspike-rates.png": "Rates as learning sees them",
  }),
  run("eqspike-plasticity", ["eqspike.md"], "eqspike-plasticity --data MNIST", 6, RUN, {
    "eqspike-pair-kernel.png": "What an isolated pair of spikes teaches",
    "eqspike-plasticity.png": "What spikes teach in a nudged phase",
  }),
  run("eqspike-on-rram", [SPIKES], "eqspike-on-rram --data MNIST", 50, RUN, {
    "eqspike-on-rram.png": "EqSpike on cells: pulses",
  }),
  run("eqspike-on-rram-carried", [SPIKES], "eqspike-on-rram --data MNIST --set rounding=carried", 59, TODAY),
  run(
    "eqspike-on-rram-register",
    [SPIKES],
    "eqspike-on-rram --data MNIST --set rounding=carried --grid states=256,64,32,16",
    12,
    RUN,
  ),
  run(
    "eqspike-on-rram-immediate",
    [SPIKES],
    "eqspike-on-rram --data MNIST --set updates=immediate --set batch=1 --set learningRates=0.004 --set freeSteps=240 --set images=10000 --set epochs=3 --set seeds=1 --grid rounding=stochastic,carried",
    8,
    RUN,
  ),
  run("triplet-stdp", ["spiking-rules.md"], "triplet-stdp", 0.5, RUN, {
    "triplet-stdp.png": "Triplet STDP against the frequency of pairings",
  }),
  run("soft-lif", ["spiking-rules.md"], "soft-lif --data MNIST", 10, TODAY, {
    "soft-lif.png": "Soft LIF: what spiking costs",
  }),
  run("surrogate-in-the-loop", ["spiking-rules.md"], "surrogate-in-the-loop", 12, RUN, {
    "surrogate-in-the-loop.png": "Training with the chip in the loop",
  }),
  run("interval-coverage", ["statistics.md"], "interval-coverage", 4, RUN, {
    "interval-coverage.png": "Coverage of 95 % intervals: precision 0.1",
  }),
  run(
    "interval-coverage-chips",
    ["statistics.md"],
    "interval-coverage --grid rate=0.5,0.8,0.9,0.95 --grid chips=2,5,20 --grid spread=0,0.05,0.2 --set samples=2000",
    2,
    TODAY,
  ),
  run("retention", ["relaxation.md"], "retention", 4, TODAY, {
    "retention.png": "Accuracy after rest: measured-c",
    "retention-errors.png": "Read errors after rest: measured-c",
  }),
  run("read-over-time", ["relaxation.md"], "read-over-time", 1, TODAY, {
    "read-over-time.png": "Verdicts that change",
  }),
  run("ternary-versus-binary-measured", ["relaxation.md"], "ternary-versus-binary --device measured-c", 3, TODAY),
  script("measured-c", ["relaxation.md"], "scripts/make-measured-sets.mjs MEASURED --check measured-c", 1, TODAY),
  script("measured-a", ["relaxation.md"], "scripts/make-measured-sets.mjs MEASURED --check measured-a", 3, TODAY),
  script("relaxation", ["relaxation.md"], "bench/relaxation.mjs MEASURED", 3, TODAY),
  script("relaxation-figure", ["relaxation.md"], "scripts/draw-relaxation.mjs MEASURED", 1, TODAY),
  script("crossbar-maps", ["crossbars.md"], "scripts/draw-maps.mjs", 0.1, RUN),
  script("fit", ["fit.md"], "scripts/draw-fit.mjs", 0.5, RUN),
  script("chip", ["figures-of-merit.md", "chips.md"], "bench/chip.mjs 1000 1000", 1, EARLIER),
  script("rare-errors-bench", ["figures-of-merit.md", "rare-errors.md"], "bench/rare-errors.mjs", 2, EARLIER),
  script("sense-accuracy", ["figures-of-merit.md", "sense-errors.md"], "bench/sense-accuracy.mjs", 2, EARLIER),
  script(
    "transient-parity",
    ["figures-of-merit.md", "transient-batch.md"],
    "bench/transient-parity.mjs 10000",
    25,
    EARLIER,
  ),
  script("crossbar-parity", ["figures-of-merit.md", "crossbars.md"], "bench/crossbar-parity.mjs", 0.5, RUN),
  script("moving-neighbours", ["programming.md"], "bench/moving-neighbours.mjs", 6, TODAY),
  script("conv-ep", ["equilibrium-propagation.md"], "bench/conv-ep.mjs --data MNIST", 28, RUN),
  ...["gemm", "popcount"].map((name) =>
    script(`bench-${name}`, ["figures-of-merit.md", "networks.md"], `bench/run.mjs ${name}`, 1, RUN),
  ),
  script("bench-errors", ["networks.md"], "bench/run.mjs errors", 1, RUN),
  script("bench-transient", ["transient-batch.md"], "bench/run.mjs transient", 15, EARLIER),
  script("bench-crossbar", ["figures-of-merit.md", "crossbars.md"], "bench/run.mjs crossbar", 1, TODAY),
  script("bench-analog", ["figures-of-merit.md", "analog-multiply.md"], "bench/run.mjs analog", 1, RUN),
  script("bench-workers", ["runs.md"], "bench/run.mjs workers", 6, RUN),
  script("bench-ep", ["figures-of-merit.md", "equilibrium-propagation.md"], "bench/run.mjs ep", 1, TODAY),
  script(
    "bench-conv",
    ["figures-of-merit.md", "equilibrium-propagation.md", "training.md"],
    "bench/run.mjs conv",
    1,
    TODAY,
  ),
  script("bench-threads", ["figures-of-merit.md", "training.md"], "bench/run.mjs threads", 1.5, IMAGES),
  script("bench-spiking", ["figures-of-merit.md", "eqspike.md"], "bench/run.mjs spiking", 3, RUN),
];
