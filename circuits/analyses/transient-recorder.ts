import { named } from "#src/words/named";
import type { Node } from "../netlist/netlist.ts";
import type { Circuit } from "./circuit.ts";
import { curveAt, integralsTo, type Step, stepValue } from "./step-curve.ts";
import type { Transient, TransientOptions } from "./transient-contract.ts";

interface Recorder {
  step(s: Step): void;
  finish(x: Float64Array): Pick<Transient, "times" | "voltages" | "crossings" | "energies">;
}

/** Collects what a transient was asked for, step by step. */
export const createRecorder = (circuit: Circuit, options: TransientOptions, start: Float64Array): Recorder => {
  const { crossings, energyAt = [] } = options;
  const times = Float64Array.from(options.times);
  const names: Node[] = [...circuit.nodes, ...circuit.drivenNodes];
  const rows = names.map((node) => circuit.index.get(node) as number);
  const voltages = names.map(() => new Float64Array(times.length));
  let nextTime = 0;
  const report = (value: (row: number) => number): void => {
    rows.forEach((row, k) => {
      voltages[k][nextTime] = value(row);
    });
    nextTime++;
  };
  while (nextTime < times.length && times[nextTime] <= 0) report((row) => start[row]);

  const watched = (crossings?.nodes ?? []).map((node) => ({ node, row: circuit.index.get(node) as number }));
  const found = named<number | null>(watched.map(({ node }) => [node, null]));

  const sourceNames = [...circuit.sources, ...circuit.branches].map((s) => s.name);
  const delivered = new Float64Array(sourceNames.length);
  const energies = sourceNames.map(() => new Float64Array(energyAt.length));
  let nextEnergy = 0;
  const drawn = new Float64Array(circuit.total);

  const watchCrossings = (s: Step): void => {
    if (!crossings || s.end <= crossings.after) return;
    const from = Math.max(0, (crossings.after - s.start) / s.length);
    for (const { node, row } of watched) {
      if (found[node] !== null) continue;
      const value = (at: number): number => stepValue(s, row, at);
      let above = value(from) >= crossings.threshold ? from : Number.NaN;
      for (const place of [s.inner, 1]) {
        if (place <= from) continue;
        if (value(place) >= crossings.threshold) above = place;
        else if (!Number.isNaN(above)) {
          let below = place;
          for (let k = 0; k < 60; k++) {
            const half = (above + below) / 2;
            if (value(half) >= crossings.threshold) above = half;
            else below = half;
          }
          found[node] = s.start + below * s.length - crossings.after;
          break;
        }
      }
    }
  };

  // Power through a source is its voltage times all that its node draws, chained sources and charge included.
  const power = (x: Float64Array, draws: Float64Array, add: (source: number, watt: number) => void): void => {
    drawn.set(draws);
    for (let k = circuit.sources.length - 1; k >= 0; k--) {
      const { node, base } = circuit.sources[k];
      add(k, (x[node] - x[base]) * drawn[node]);
      drawn[base] += drawn[node];
    }
  };
  const chargeMoved = new Float64Array(circuit.total);
  const between = new Float64Array(circuit.total);
  const toInner = new Float64Array(sourceNames.length);
  const gained = new Float64Array(sourceNames.length);

  // Work of the sources' charges on the way from one point of the step to the next.
  const moveCharges = (s: Step, from: 0 | 1, out: Float64Array): void => {
    for (let r = 0; r < circuit.total; r++) {
      chargeMoved[r] = s.charges[from + 1][r] - s.charges[from][r];
      between[r] = (s.x[from][r] + s.x[from + 1][r]) / 2;
    }
    power(between, chargeMoved, (source, joule) => {
      out[source] += joule;
    });
  };

  /**
   * Energy from the step's start to its inner stage and to its end: integrals of the parabola through the powers. What the
   * method's own weights moved of charge beside that, which is what charges the nodes, is taken at the step's mean voltage.
   */
  const gather = (s: Step): void => {
    const [inner, whole] = [integralsTo(s.inner, s.inner), integralsTo(1, s.inner)];
    toInner.fill(0);
    gained.fill(0);
    for (let k = 0; k < 3; k++) {
      const add = (source: number, watt: number): void => {
        toInner[source] += inner[k] * s.length * watt;
        gained[source] += whole[k] * s.length * watt;
      };
      power(s.x[k], s.currents[k], add);
      circuit.branches.forEach(({ plus, minus, row }, b) => {
        add(circuit.sources.length + b, -(s.x[k][plus] - s.x[k][minus]) * s.x[k][row]);
      });
    }
    for (let r = 0; r < circuit.total; r++) {
      chargeMoved[r] = 0;
      for (let k = 0; k < 3; k++) chargeMoved[r] += (s.weights[k] - whole[k]) * s.length * s.currents[k][r];
      between[r] = (s.x[0][r] + s.x[2][r]) / 2;
    }
    power(between, chargeMoved, (source, joule) => {
      toInner[source] += s.inner * joule;
      gained[source] += joule;
    });
    circuit.branches.forEach(({ plus, minus, row }, b) => {
      let coulomb = 0;
      for (let k = 0; k < 3; k++) coulomb += (s.weights[k] - whole[k]) * s.length * s.x[k][row];
      const joule = -(between[plus] - between[minus]) * coulomb;
      toInner[circuit.sources.length + b] += s.inner * joule;
      gained[circuit.sources.length + b] += joule;
    });
    moveCharges(s, 0, toInner);
    moveCharges(s, 0, gained);
    moveCharges(s, 1, gained);
  };

  const addEnergy = (s: Step): void => {
    if (nextEnergy >= energyAt.length) return;
    gather(s);
    for (; nextEnergy < energyAt.length && energyAt[nextEnergy] <= s.end; nextEnergy++) {
      const place = (energyAt[nextEnergy] - s.start) / s.length;
      energies.forEach((e, k) => {
        e[nextEnergy] = delivered[k] + curveAt(0, toInner[k], gained[k], s.inner, place);
      });
    }
    for (let k = 0; k < delivered.length; k++) delivered[k] += gained[k];
  };

  return {
    step: (s) => {
      for (; nextTime < times.length && times[nextTime] <= s.end; ) {
        const place = (times[nextTime] - s.start) / s.length;
        report((row) => stepValue(s, row, place));
      }
      watchCrossings(s);
      addEnergy(s);
      options.watch?.(s);
    },
    finish: (x) => {
      while (nextTime < times.length) report((row) => x[row]);
      for (; nextEnergy < energyAt.length; nextEnergy++)
        energies.forEach((e, k) => {
          e[nextEnergy] = delivered[k];
        });
      return {
        times,
        voltages: named(names.map((node, k) => [node, voltages[k]])),
        crossings: found,
        energies: named(sourceNames.map((name, k) => [name, energies[k]])),
      };
    },
  };
};
