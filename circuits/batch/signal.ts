import type { Circuit } from "../analyses/circuit.ts";
import type { Waveform } from "../elements/waveform.ts";

/** How a value moves between two corners of its waveform: not at all, on a line, or on a line and one sine. */
type Motion = "still" | "linear" | "sine";

/**
 * Everything that sources impose, in order: voltages of the driven nodes, differences held by floating voltage sources,
 * currents of current sources. Each is a sum of source waveforms.
 */
export interface Signal {
  /** Index into `Drive.waveforms`, and sign. */
  readonly terms: readonly { readonly source: number; readonly sign: 1 | -1 }[];
  readonly motion: Motion;
}

export interface Drive {
  readonly names: readonly string[];
  readonly waveforms: readonly Waveform[];
  /** Driven nodes, ground first; then branches; then current sources. */
  readonly signals: readonly Signal[];
}

const motionOf = (waveforms: readonly Waveform[]): Motion => {
  if (waveforms.some((w) => w.kind === "sin")) return "sine";
  return waveforms.some((w) => w.kind !== "dc") ? "linear" : "still";
};

/** What a circuit's sources impose, or null where two sines add up in one voltage. */
export const driveOf = (circuit: Circuit): Drive | null => {
  const { size, sources, branches, currentSources } = circuit;
  const waveforms = [...sources, ...branches, ...currentSources].map((s) => s.waveform);
  const terms: { source: number; sign: 1 | -1 }[][] = circuit.drivenNodes.map(() => []);
  sources.forEach(({ node, base, sign }, source) => {
    terms[node - size] = [...terms[base - size], { source, sign }];
  });
  const own = [...branches, ...currentSources].map((_, i) => [{ source: sources.length + i, sign: 1 as const }]);
  const signals = [...terms, ...own].map(
    (t): Signal => ({ terms: t, motion: motionOf(t.map((x) => waveforms[x.source])) }),
  );
  const sines = (s: Signal): number => s.terms.filter((t) => waveforms[t.source].kind === "sin").length;
  if (signals.some((s) => sines(s) > 1)) return null;
  return { names: [...sources, ...branches, ...currentSources].map((s) => s.name), waveforms, signals };
};
