import { LuDecomposition, Matrix } from "ml-matrix";
import { ownOf } from "#src/words/named";
import type { Circuit } from "../analyses/circuit.ts";
import { capacitanceMatrix } from "../analyses/circuit-equations.ts";
import { waveformAt } from "../elements/waveform.ts";
import { valueAt } from "./batch-instances.ts";
import type { BatchRun } from "./batch-run.ts";
import type { BatchStructure } from "./batch-structure.ts";
import { elementLanes } from "./element-lanes.ts";

const FEMTO = 1e15;
const MICRO = 1e6;
export const NANO = 1e9;

/** Writes what one instance is into one lane, and what its sources do from one corner to the next. */
export interface BatchLanes {
  /** All parameters of an instance; those that no instance varies were written once. */
  load(lane: number, instance: number): void;
  /** The sources' motion from corner `segment` on. */
  enter(lane: number, instance: number, segment: number): void;
  /** What the slope of watched node k would gain at the corner where `segment` begins, going back over it [V/ns]. */
  slopeBefore(instance: number, segment: number, k: number): number;
}

/** Rows of the inverse capacitance matrix of the watched nodes, or null where it has none. */
export const inverseCapacitanceRows = (circuit: Circuit, s: BatchStructure): Float64Array[] | null => {
  const held = Array.from({ length: s.size }, (_, i) => i).filter((i) => !s.algebraic[i]);
  const whole = capacitanceMatrix(circuit);
  const factors = new LuDecomposition(new Matrix(held.map((i) => held.map((j) => FEMTO * whole[i * s.size + j]))));
  // Rounding leaves a tiny pivot where capacitors alone join a set of nodes.
  const isTiny = (pivot: number, k: number): boolean =>
    !(Math.abs(pivot) >= 1e-9 * FEMTO * whole[held[k] * s.size + held[k]]);
  if (held.length > 0 && factors.upperTriangularMatrix.diagonal().some(isTiny)) return null;
  // The matrix is symmetric, and so is its inverse.
  const inverse = held.length > 0 ? factors.solve(Matrix.eye(held.length)) : new Matrix(0, 0);
  return s.watched.map((node) => {
    const row = new Float64Array(s.size);
    const place = held.indexOf(node);
    if (place < 0) return row;
    held.forEach((j, k) => {
      row[j] = inverse.get(k, place);
    });
    return row;
  });
};

export const createBatchLanes = (run: Omit<BatchRun, "options">): BatchLanes => {
  const { kernel, structure: s, layout, circuit, variations, inverse, origins, corners } = run;
  const { values, lanes } = kernel;
  const put = (slot: number, lane: number, value: number): void => {
    values[slot * lanes + lane] = value;
  };
  const all = (slot: number, value: number): void => {
    values.fill(value, slot * lanes, (slot + 1) * lanes);
  };

  // Capacitances and their inverse.
  const matrix = capacitanceMatrix(circuit);
  s.capacitances.forEach(([i, j], k) => {
    all(layout.capacitances[k], FEMTO * matrix[i * s.size + j]);
  });
  const { at, farad } = circuit.capacitors;
  /** Capacitance between two nodes of the full vector [fF]; parallel capacitors are one. */
  const between = (a: number, b: number): number => {
    const k = farad.findIndex(
      (_, c) => (at[2 * c] === a && at[2 * c + 1] === b) || (at[2 * c] === b && at[2 * c + 1] === a),
    );
    return k < 0 ? 0 : FEMTO * farad[k];
  };
  const couplingFarads = s.couplings.map(([i, driven]) => between(i, driven));
  couplingFarads.forEach((farad, k) => {
    all(layout.couplings[k], farad);
  });
  s.meteredCapacitors.forEach(([meter, other], k) => {
    all(layout.meteredCapacitances[k], between(s.size + s.metered[meter], other));
  });
  layout.inverseCapacitances.forEach((slots, k) => {
    slots.forEach((slot, j) => {
      all(slot, inverse[k][j]);
    });
  });
  const elements = elementLanes(s, layout, circuit, variations);
  elements.write(null, all);

  const { temperatures } = variations;

  // Sources: value and slope of every waveform at every corner.
  const waveforms = s.drive.waveforms;
  const branchesFrom = circuit.drivenNodes.length;
  const unit = s.drive.signals.map((_, i) => (i >= branchesFrom + s.branches.length ? MICRO : 1));
  const motion = origins.map((from, segment) =>
    waveforms.map((w) => {
      const to = corners[segment];
      if (w.kind === "sin") {
        const swings = from >= w.delay;
        return {
          value: w.offset,
          slope: 0,
          amplitude: swings ? w.amplitude : 0,
          turns: swings ? ((from - w.delay) * w.frequency) % 1 : 0,
          frequency: w.frequency / NANO,
        };
      }
      if (w.kind === "dc") return { value: w.value, slope: 0, amplitude: 0, turns: 0, frequency: 0 };
      // From two points inside: at a corner itself rounding may say what comes before or after.
      const quarter = (to - from) / 4;
      const early = waveformAt(w, from + quarter);
      const late = waveformAt(w, to - quarter);
      const slope = (late - early) / (2 * quarter * NANO);
      const value = early - slope * quarter * NANO;
      return { value, slope, amplitude: 0, turns: 0, frequency: 0 };
    }),
  );
  const scales = s.drive.names.map((name) => ownOf(variations.sourceScales, name) ?? null);
  const scaleOf = (source: number, instance: number): number => {
    const column = scales[source];
    return column ? valueAt(column, instance) : 1;
  };
  const moving = s.drive.signals.flatMap(({ motion: kind, terms }, i) =>
    kind === "still" || terms.length === 0 ? [] : [i],
  );
  const still = s.drive.signals.flatMap(({ motion: kind, terms }, i) =>
    kind === "still" && terms.length > 0 ? [i] : [],
  );

  const write = (lane: number, instance: number, segment: number, signal: number): void => {
    const at = layout.signals[signal];
    let value = 0;
    let slope = 0;
    for (const { source, sign } of s.drive.signals[signal].terms) {
      const factor = sign * scaleOf(source, instance) * unit[signal];
      const m = motion[segment][source];
      value += factor * m.value;
      slope += factor * m.slope;
      if (s.drive.signals[signal].motion === "sine" && waveforms[source].kind === "sin") {
        put(at.amplitude, lane, factor * m.amplitude);
        put(at.angular, lane, 2 * Math.PI * m.frequency);
        put(at.turns, lane, m.turns);
        put(at.frequency, lane, m.frequency);
      }
    }
    put(at.value, lane, value);
    put(at.slope, lane, slope);
  };
  const slopeAtEnd = (instance: number, signal: number, segment: number, atStart: boolean): number => {
    let sum = 0;
    const length = (corners[segment] - origins[segment]) * NANO;
    for (const { source, sign } of s.drive.signals[signal].terms) {
      const m = motion[segment][source];
      const swing =
        m.amplitude *
        2 *
        Math.PI *
        m.frequency *
        Math.cos(2 * Math.PI * (m.turns + (atStart ? 0 : m.frequency * length)));
      sum += sign * scaleOf(source, instance) * (m.slope + swing);
    }
    return sum;
  };

  return {
    load: (lane, instance) => {
      const own = (slot: number, value: number): void => put(slot, lane, value);
      if (temperatures) elements.write(valueAt(temperatures, instance), own);
      elements.vary(instance, own);
      for (const signal of still) write(lane, instance, 0, signal);
    },
    enter: (lane, instance, segment) => {
      for (const signal of moving) write(lane, instance, segment, signal);
    },
    slopeBefore: (instance, segment, k) => {
      let sum = 0;
      s.couplings.forEach(([i, driven], c) => {
        const signal = driven - s.size;
        const jump = slopeAtEnd(instance, signal, segment - 1, false) - slopeAtEnd(instance, signal, segment, true);
        sum += inverse[k][i] * couplingFarads[c] * jump;
      });
      return sum;
    },
  };
};
