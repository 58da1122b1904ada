import type { Figure } from "#src/report/figure";
import type { WordTable } from "#src/report/page";
import { showMeasured, showTime } from "../../units/show.ts";
import type { SeriesFit } from "./fit-series.ts";

const three = (x: number): string => String(Number(x.toPrecision(3)));

/** Ratio of the model's spectrum to the measured one: its largest factor either way over the bins. */
const worstFactor = ({ spectrum, modelled }: SeriesFit): number =>
  Math.max(...modelled.map((m, k) => Math.max(m / spectrum.powers[k], spectrum.powers[k] / m)));

const medianFactor = ({ spectrum, modelled }: SeriesFit): number => {
  const factors = modelled.map((m, k) => Math.exp(Math.abs(Math.log(m / spectrum.powers[k])))).sort((a, b) => a - b);
  return factors[factors.length >> 1];
};

export const seriesTable = (fits: readonly SeriesFit[]): WordTable => ({
  title: "Noise of cells read again and again",
  columns: ["series", "median", "sigma ln R", "1/f sigma", "slope", "white", "trap", "off by"],
  rows: fits.map((fit) => [
    fit.name.replace(/^(conductance|resistance) at /, "").replace(/ \((S|ohm)\)$/, ""),
    showMeasured(fit.medianResistance, "ohm"),
    three(fit.logSigma),
    three(fit.fluctuators.logSigma),
    three(fit.fluctuators.slope),
    three(fit.readToRead),
    fit.trap
      ? `${three(fit.trap.noise.logAmplitude)}, ${showTime(fit.trap.noise.captureTime)} / ${showTime(fit.trap.noise.emissionTime)}`
      : "-",
    `${medianFactor(fit).toFixed(2)} / ${worstFactor(fit).toFixed(1)}`,
  ]),
  notes: [
    `sigma ln R: of the whole series, slow drift included; 1/f sigma: of the fluctuators between ${three(fits[0].fluctuators.slowest)} and ${three(fits[0].fluctuators.fastest)} 1/s; white: new in every read. A trap: what it adds to ln R, capture / emission time, where two levels stand out whose dwell times are exponential. Off by: median / largest factor between the model's spectrum and the measured one.`,
    "One cell a series: that other cells of a state have the same sigma and slope is assumed.",
  ],
});

export const spectrumFigure = (fits: readonly SeriesFit[]): Figure => ({
  title: "Spectra of ln R: measured and modelled",
  caption:
    "One-sided spectra by Welch's method, bins even on the logarithm of frequency; lines: Machlup's closed form of the trap, the sum of the fluctuators' Lorentzians (mean over cells) and white noise.",
  x: { label: "frequency", unit: "Hz", scale: "log" },
  y: { label: "spectrum of ln R", unit: "1/Hz", scale: "log" },
  series: fits.flatMap((fit) => {
    const name = showMeasured(Number(fit.medianResistance.toPrecision(2)), "ohm");
    return [
      {
        name: `${name}, measured`,
        x: fit.spectrum.frequencies,
        y: fit.spectrum.powers,
        dash: "none" as const,
        marks: true,
      },
      { name: `${name}, model`, x: fit.spectrum.frequencies, y: fit.modelled, dash: "solid" as const, marks: false },
    ];
  }),
});
