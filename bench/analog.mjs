// A perceptron 784-256-10 on differential pairs with read noise of every device, images with a fifth of their pixels lit:
// milliseconds of one core an image, beside NumPy drawing every device for every image (Debian: apt-get install python3-numpy).
import { programAnalogArray, rootKey, uniform } from "rramlab";
import { fold, normalsInto } from "rramlab/random";
import { conditions, cpuSeconds, median, outcome, peer } from "./measure.mjs";

const ROUNDS = 5;
const IMAGES = 256;
const SEED = "bench analog";
const WIDTHS = [784, 256, 10];
const NOISE = 0.02;

const design = {
  mapping: "differential pair",
  conductances: [1e-6, 1e-4],
  levels: null,
  slices: 1,
  readVoltage: 0.2,
  input: { kind: "voltage", bits: null },
  converter: null,
  tile: { rows: 1024, columns: 1024 },
  wires: null,
  programmingError: 0.1,
  readNoise: NOISE,
};

const key = rootKey(SEED);
const images = Float32Array.from({ length: IMAGES * WIDTHS[0] }, (_, k) =>
  uniform(fold(key, "lit"), k) < 0.2 ? uniform(fold(key, "grey"), k) : 0,
);

const perceptron = (of) => {
  const arrays = WIDTHS.slice(1).map((outputs, l) => {
    const inputs = WIDTHS[l];
    const weights = new Float32Array(inputs * outputs);
    normalsInto(weights, fold(key, l), 0, 1 / Math.sqrt(inputs));
    return programAnalogArray(of, { inputs, outputs, weights, largestInput: l === 0 ? 1 : 4 }, fold(key, "chip"));
  });
  const hidden = new Float32Array(IMAGES * WIDTHS[1]);
  const scores = new Float32Array(IMAGES * WIDTHS[2]);
  return () => {
    arrays[0].multiplyInto(hidden, images, IMAGES, fold(key, "first"));
    for (let i = 0; i < hidden.length; i++) hidden[i] = Math.max(0, hidden[i]);
    arrays[1].multiplyInto(scores, hidden, IMAGES, fold(key, "second"));
  };
};

/** CPU seconds an image with a noisy matrix drawn for each. */
const numpy = () => {
  const program = `
import os
os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np, time
r = np.random.default_rng(1); g = [(r.uniform(1e-6, 1e-4, (a, b)), r.uniform(1e-6, 1e-4, (a, b))) for a, b in ((784, 256), (256, 10))]
x = r.random((16, 784)) * (r.random((16, 784)) < 0.2)
begin = time.process_time()
for image in x:
    h = image
    for p, q in g:
        h = np.maximum(0, h @ (p*(1 + ${NOISE}*r.standard_normal(p.shape)) - q*(1 + ${NOISE}*r.standard_normal(q.shape))))
print((time.process_time() - begin) / len(x))`;
  const text = peer("/usr/bin/python3", ["-c", program]);
  return text === null ? null : Number(text);
};

export default () => {
  const converter = { kind: "SAR", bits: 8, range: { kind: "full" }, gain: 0, offset: 0, mismatch: 0 };
  const cases = {
    "no noise": { ...design, readNoise: 0 },
    "read noise": design,
    "read noise, tiles of 128 x 128": { ...design, tile: { rows: 128, columns: 128 } },
    "read noise, 8-bit converters, tiles of 128 x 128": { ...design, converter, tile: { rows: 128, columns: 128 } },
  };
  let result;
  for (const [name, of] of Object.entries(cases)) {
    const read = perceptron(of);
    read();
    const mine = [];
    const theirs = [];
    for (let round = 0; round < ROUNDS; round++) {
      mine.push(cpuSeconds(read) / IMAGES);
      if (name === "read noise") theirs.push(numpy());
    }
    const other = theirs.length === 0 || theirs.includes(null) ? null : median(theirs);
    console.log(
      `${name}: ${(1e3 * median(mine)).toPrecision(3)} ms an image${other === null ? "" : `; NumPy, every device drawn: ${(1e3 * other).toPrecision(3)} ms`}`,
    );
    if (name === "read noise")
      result = outcome(
        "analog",
        "images/s",
        1 / median(mine),
        other === null ? null : 1 / other,
        ROUNDS,
        `784-256-10, read noise ${NOISE} of every device, batch ${IMAGES}, seed "${SEED}"; peer NumPy drawing every device of both sides an image${other === null ? ": not installed" : ""}`,
      );
  }
  console.log(conditions());
  return result;
};
