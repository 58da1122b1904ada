import { arraysIn } from "#src/kernels/declared-arrays";
import type { Kernels } from "#src/kernels/kernels";
import { fold, type Key } from "#src/random/index";
import type { Connection } from "./connection.ts";
import { softmaxInto } from "./cost.ts";
import type { Cost, PlacedLayer } from "./primitive-function.ts";
import type { Relaxation, Settled } from "./relaxation.ts";
import { LINEAR_CODE, STATE_ACTIVATIONS, type StateActivation } from "./state-activation.ts";

/** A network of any connections. */
interface Connected {
  readonly layers: readonly PlacedLayer[];
  readonly connections: readonly Connection[];
  readonly biases: readonly Float32Array[];
}

const padded = (length: number): number => 4 * Math.ceil(length / 4);

/** Arrays of a layered relaxation, whole vectors each; `stateful` layers have states. */
export const layeredArrays = (layers: readonly PlacedLayer[], stateful: number, batch: number) => {
  const lengths = layers.map(({ outputs }) => padded(batch * outputs));
  const every = lengths.slice(0, stateful);
  const scores = lengths[lengths.length - 1];
  return { states: every, next: every, free: every, inputDrive: lengths[0], scores, errors: scores };
};

/**
 * Relaxation of a network of any connections, a layer at a time: the general form, for convolutions, softmax readouts and weights
 * on cells, and the twin that the fused kernel is tested against. Every read of a connection has a key of its own; the input's is
 * made once an image and held. Where there is a tolerance every image stops by itself.
 */
export const layeredRelaxation = (
  kernels: Kernels,
  { layers, connections, biases }: Connected,
  activation: StateActivation,
  cost: Cost,
  batch: number,
): Relaxation => {
  const readout = cost.kind === "softmax readout";
  const stateful = readout ? layers.length - 1 : layers.length;
  const { outputs: classes } = layers[layers.length - 1];
  const arrays = arraysIn(kernels, layeredArrays(layers, stateful, batch));
  let { states, next } = arrays;
  const { free, inputDrive, scores, errors } = arrays;
  const targets = new Float32Array(batch * classes);
  const code = STATE_ACTIVATIONS[activation].code;
  const outputCode = cost.kind === "cross-entropy" ? LINEAR_CODE : code;
  let count = 0;

  /** The kernel takes whole vectors: what lies behind the last image in one of them is put back. */
  const activateRows = (u: Float32Array, length: number, kind: number): void => {
    const whole = padded(length);
    const behind = u.slice(length, whole);
    const rows = u.subarray(0, whole);
    kernels.activate(rows, rows, kind);
    u.set(behind, length);
  };
  const addBiases = (u: Float32Array, l: number): void => {
    const { outputs, biases: own } = layers[l];
    const each = outputs / own;
    if (layers[l].kind === "dense")
      for (let b = 0; b < count; b++) for (let o = 0; o < outputs; o++) u[b * outputs + o] += biases[l][o];
    else
      for (let b = 0; b < count; b++)
        for (let c = 0; c < own; c++) {
          const from = b * outputs + c * each;
          for (let k = from; k < from + each; k++) u[k] += biases[l][c];
        }
  };
  /** y - p for the softmax of these scores (count x classes). */
  const softmaxErrors = (of: Float32Array): void => {
    softmaxInto(errors, of, count, classes);
    for (let k = 0; k < count * classes; k++) errors[k] = targets[k] - errors[k];
  };
  const step = (beta: number, key: Key): void => {
    for (let l = 0; l < stateful; l++) {
      const u = next[l];
      if (l === 0) u.set(inputDrive.subarray(0, count * layers[0].outputs));
      else {
        u.fill(0, 0, count * layers[l].outputs);
        connections[l].addForward(u, states[l - 1], count, fold(key, 2 * l));
        addBiases(u, l);
      }
    }
    for (let l = 0; l + 1 < stateful; l++)
      connections[l + 1].addTransposed(next[l], states[l + 1], count, fold(key, 2 * l + 1));
    const top = stateful - 1;
    if (readout && beta !== 0) {
      scores.fill(0);
      connections[stateful].addForward(scores, states[top], count, fold(key, 2 * stateful));
      addBiases(scores, stateful);
      softmaxErrors(scores);
      for (let k = 0; k < count * classes; k++) errors[k] *= beta;
      connections[stateful].addTransposed(next[top], errors, count, fold(key, 2 * stateful + 1));
    }
    const s = states[top];
    const size = count * layers[top].outputs;
    if (cost.kind === "squared error") for (let k = 0; k < size; k++) errors[k] = targets[k] - s[k];
    else if (cost.kind === "cross-entropy") softmaxErrors(s);
    const inside = readout || (cost.kind === "squared error" && cost.nudge === "outside") ? 0 : beta;
    const outside = cost.kind === "squared error" && cost.nudge === "outside" ? beta : 0;
    if (inside !== 0) for (let k = 0; k < size; k++) next[top][k] += inside * errors[k];
    for (let l = 0; l < stateful; l++)
      activateRows(next[l], count * layers[l].outputs, l === top && !readout ? outputCode : code);
    if (outside !== 0) for (let k = 0; k < size; k++) next[top][k] += outside * errors[k];
    [states, next] = [next, states];
  };
  /** Largest move of an image's states in the last step; NaN where one is no number. */
  const moveOf = (b: number): number => {
    let most = 0;
    for (let l = 0; l < stateful; l++) {
      const { outputs } = layers[l];
      for (let k = b * outputs; k < (b + 1) * outputs; k++) {
        const move = Math.abs(states[l][k] - next[l][k]);
        if (Number.isNaN(move)) return move;
        if (move > most) most = move;
      }
    }
    return most;
  };
  const swapRows = (of: Float32Array, width: number, a: number, b: number): void => {
    const kept = of.slice(a * width, (a + 1) * width);
    of.copyWithin(a * width, b * width, (b + 1) * width);
    of.set(kept, b * width);
  };
  /** Two images change places, with all that their next steps depend on. */
  const swapImages = (a: number, b: number): void => {
    if (a === b) return;
    for (let l = 0; l < stateful; l++) swapRows(states[l], layers[l].outputs, a, b);
    swapRows(inputDrive, layers[0].outputs, a, b);
    swapRows(targets, classes, a, b);
  };
  /** Steps until every image has come to rest by itself: those at rest go behind the others, and are left alone. */
  const settleEach = (beta: number, steps: number, tolerance: number, key: Key): Settled => {
    const all = count;
    const places = Uint32Array.from({ length: all }, (_, b) => b);
    let [done, moved] = [0, 0];
    for (let t = 0; t < steps && count > 0; t++) {
      step(beta, fold(key, t));
      done += count;
      for (let b = count - 1; b >= 0; b--) {
        const move = moveOf(b);
        if (Number.isNaN(move)) moved = move;
        if (move <= tolerance || t + 1 === steps) moved = Math.max(moved, move);
        if (move > tolerance) continue;
        count--;
        swapImages(b, count);
        // Both buffers hold what is at rest: the next step swaps them.
        for (let l = 0; l < stateful; l++) {
          const { outputs } = layers[l];
          next[l].set(states[l].subarray(count * outputs, (count + 1) * outputs), count * outputs);
        }
        [places[b], places[count]] = [places[count], places[b]];
      }
    }
    for (let b = 0; b < all; b++)
      while (places[b] !== b) {
        const to = places[b];
        swapImages(b, to);
        [places[b], places[to]] = [places[to], places[b]];
      }
    count = all;
    return { steps: done / all, moved };
  };
  return {
    batch,
    present: (x, y, images, key) => {
      count = images;
      targets.set(y.subarray(0, count * classes));
      inputDrive.fill(0);
      connections[0].addForward(inputDrive, x, count, fold(key, 0));
      addBiases(inputDrive, 0);
      for (const s of states) s.fill(0);
    },
    settle: (beta, steps, tolerance, key) => {
      if (tolerance > 0) return settleEach(beta, steps, tolerance, key);
      for (let t = 0; t < steps; t++) step(beta, fold(key, t));
      let moved = 0;
      for (let b = 0; b < count && !Number.isNaN(moved); b++) moved = Math.max(moved, moveOf(b));
      return { steps, moved };
    },
    keepFree: () => {
      for (let l = 0; l < stateful; l++) free[l].set(states[l]);
    },
    returnToFree: () => {
      for (let l = 0; l < stateful; l++) states[l].set(free[l]);
    },
    statesInto: (into) => {
      for (let l = 0; l < stateful; l++) into[l].set(states[l].subarray(0, count * layers[l].outputs));
    },
    addDrive: (change) => {
      for (let k = 0; k < count * layers[0].outputs; k++) inputDrive[k] += change[k];
    },
    refreshBiases: () => {},
  };
};
