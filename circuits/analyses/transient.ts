import { breakpoints, longestStep } from "../elements/waveform.ts";
import type { Node } from "../netlist/netlist.ts";
import { checkTimes } from "./check-times.ts";
import type { Circuit } from "./circuit.ts";
import { driveInto } from "./circuit-equations.ts";
import { solveOperatingPoint, startFrom } from "./operating-point.ts";
import { MOST_STEPS, type Transient, type TransientFailure, type TransientOptions } from "./transient-contract.ts";
import { createRecorder } from "./transient-recorder.ts";
import { createStepper } from "./transient-stepper.ts";

/**
 * Integrates d/dt q(x) + i(x, t) = 0 by TR-BDF2 with adaptive steps: a trapezoidal stage to t + gamma h, then a BDF2
 * stage to t + h; L-stable, second order.
 *
 * Source: Bank, Coughran, Fichtner, Grosse, Rose, Smith, IEEE Trans. Electron Devices 32, 1992 (1985); gamma, the
 * embedded third-order formula and the error estimate filtered by the Newton matrix after Hosea and Shampine, Appl.
 * Numer. Math. 20, 21 (1996). Steps land on the sources' corners and restart small there. Between steps voltages follow
 * the parabola through the two stages, whose error is below the step's.
 *
 * @throws RangeError for a tolerance, time or node that makes no sense; numerical failure is a value.
 */
export const transient = (circuit: Circuit, options: TransientOptions): Transient | TransientFailure => {
  checkOptions(circuit, options);
  const { stop, settled } = options;
  const x = new Float64Array(circuit.total);
  const failure = startInto(x, circuit);
  if (failure) return failure;
  const stepper = createStepper(circuit, options, x);
  const { met } = stepper;
  const recorder = createRecorder(circuit, options, x);
  const at = (node: Node): number => circuit.index.get(node) as number;
  const mostSteps = options.mostSteps ?? MOST_STEPS;
  const { corners, cap } = stretchesOf(circuit, options);
  const smallest = stop * 1e-15;
  const restart = stop * 1e-6;
  let [time, h, steps, rejected] = [0, restart, 0, 0];
  const fail = (reason: TransientFailure["reason"]): TransientFailure => ({
    ok: false,
    reason,
    time,
    node: circuit.nodes[met.worst] ?? null,
    residual: met.residual,
    iterations: met.iterations,
  });
  const done = (): Transient => ({ ok: true, ...recorder.finish(x), steps, rejected, iterations: met.iterations });
  const isSettled = (): boolean => {
    if (!settled || time <= settled.after) return false;
    const [a, b] = settled.nodes.map((node) => x[at(node)]);
    return Math.min(a, b) < settled.low && Math.max(a, b) > settled.high;
  };

  for (const corner of corners) {
    h = Math.min(h, restart);
    stepper.forget();
    while (time < corner) {
      if (steps + rejected >= mostSteps) return fail("too many steps");
      const until = Math.min(corner, stepper.noiseUntil(time));
      // Two even steps to a near corner instead of a long one and a sliver.
      const rest = until - time;
      const length = h >= rest ? rest : 1.5 * h > rest ? rest / 2 : h;
      const landing = length === rest;
      const end = landing ? until : time + length;
      const error = stepper.attempt(time, length, end);
      if (!(error <= 1)) {
        rejected++;
        h = length * (error < Number.POSITIVE_INFINITY ? Math.max(0.2, 0.8 / Math.cbrt(error)) : 0.25);
        if (h < smallest) return fail(met.singular ? "singular matrix" : "step too small");
        continue;
      }
      steps++;
      recorder.step({ start: time, length, end, ...stepper.curve });
      stepper.advance(length);
      time = end;
      const factor = error > 0 ? Math.min(4, 0.8 / Math.cbrt(error)) : 4;
      // A step cut short by a corner says little about the next one.
      h = Math.min(cap, landing || length < h ? Math.max(h, length * factor) : length * factor);
      if (isSettled()) return done();
    }
  }
  return done();
};

/** The state that a transient starts from, or why there is none. */
const startInto = (x: Float64Array, circuit: Circuit): TransientFailure | null => {
  const { initial } = circuit.netlist;
  if (initial === null) {
    const point = solveOperatingPoint(circuit);
    if (!point.ok) return { ...point, reason: "no operating point", time: 0 };
    x.set(point.x);
  } else x.set(startFrom(circuit, initial));
  driveInto(x, circuit, 0);
  return null;
};

/** Times that steps land on, and the longest step. @throws RangeError for sines that need too many. */
const stretchesOf = (
  circuit: Circuit,
  { stop, longestStep: asked = Number.POSITIVE_INFINITY }: TransientOptions,
): { readonly corners: readonly number[]; readonly cap: number } => {
  const waveforms = [...circuit.sources, ...circuit.branches, ...circuit.currentSources].map((s) => s.waveform);
  const corners = [...new Set([...waveforms.flatMap((w) => breakpoints(w, stop)), stop])].sort((a, b) => a - b);
  const least = Math.min(...waveforms.map(longestStep));
  if (stop / least > MOST_STEPS)
    throw new RangeError(
      `transient of "${circuit.netlist.title}": its sine sources need ${(stop / least).toPrecision(2)} steps; at most ${MOST_STEPS}.`,
    );
  return { corners, cap: Math.min(stop / 50, least, asked) };
};

const checkOptions = (circuit: Circuit, options: TransientOptions): void => {
  const where = `transient of "${circuit.netlist.title}"`;
  checkTimes(where, options.stop, options.times);
  if (!(options.tolerance >= 1e-9 && options.tolerance <= 0.1))
    throw new RangeError(`${where}: tolerance is ${options.tolerance} V; expected 1e-9 .. 0.1 V.`);
  const interval = options.noise?.interval ?? options.stop;
  if (!(interval > 0 && options.stop / interval <= MOST_STEPS))
    throw new RangeError(
      `${where}: noise interval is ${interval} s; expected > 0 s, and at most ${MOST_STEPS} of them before ${options.stop} s.`,
    );
  const asked = [
    ...(options.crossings?.nodes ?? []),
    ...(options.pairs ?? []).flat(),
    ...(options.settled?.nodes ?? []),
  ];
  for (const node of asked)
    if (!circuit.index.has(node))
      throw new RangeError(
        `${where}: no node "${node}"; there are: ${[...circuit.nodes, ...circuit.drivenNodes].join(", ")}.`,
      );
};
