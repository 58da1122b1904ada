import { afterPulse, pulsedConductance, samplePulsed } from "#devices/index";
import { rootKey } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import type { WordTable } from "#src/report/page";
import type { PulseFit } from "./fit-pulses.ts";

const four = (x: number): string => String(Number(x.toPrecision(4)));

export const pulseTables = ({ numbers, cells, device }: PulseFit): WordTable[] => {
  const asymmetry = device.pulses.reset / device.pulses.set;
  const bend = (device.nonlinearity.set + device.nonlinearity.reset) / 2;
  return [
    {
      title: `Pulses: ${cells} device${cells === 1 ? "" : "s"}`,
      columns: ["number", "value [95 %]"],
      rows: numbers.map(({ name, value, low, high }) => [
        name,
        Number.isFinite(low) ? `${four(value)} [${four(low)}, ${four(high)}]` : four(value),
      ]),
      notes: [
        `For the studies that learn: --set highResistance=${four(1 / device.least)} --set lowResistance=${four(1 / device.most)} --set pulses=${Math.max(1, Math.round(device.pulses.set))} --set asymmetry=${four(asymmetry)} --set nonlinearity=${four(bend)} --set cycleToCycle=${four(device.cycleToCycle)} --set deviceToDevice=${four(device.spread.logStep)}.`,
      ],
    },
  ];
};

/** Conductances of the mean device under so many pulses, without noise. */
const meanCourse = ({ device }: PulseFit, direction: 1 | -1, first: number, count: number): number[] => {
  const quiet = {
    ...samplePulsed({ ...device, spread: { logStep: 0, bounds: 0, nonlinearity: 0 } }, rootKey("mean")),
    cycleToCycle: 0,
    states: null,
  };
  let x = Math.min(1, Math.max(0, (first - device.least) / (device.most - device.least)));
  return Array.from({ length: count }, (_, k) => {
    if (k > 0) x = afterPulse(quiet, x, direction, 0, 0);
    return pulsedConductance(quiet, x);
  });
};

export const pulseFigure = (fit: PulseFit): Figure => {
  const some = ([1, -1] as const).flatMap((direction) => {
    const own = fit.branches.filter((branch) => branch.direction === direction);
    return own.length > 0 ? [own.reduce((a, b) => (b.conductances.length > a.conductances.length ? b : a))] : [];
  });
  return {
    title: "Conductance against pulses: measured and fitted",
    caption: "The longest course of either direction; lines: the mean device without noise, from the same start.",
    x: { label: "pulse", unit: "", scale: "linear" },
    y: { label: "conductance", unit: "uS", scale: "linear" },
    series: some.flatMap(({ direction, conductances, cell }) => {
      const x = conductances.map((_, i) => i);
      const name = `${direction > 0 ? "up" : "down"}${cell ? `, ${cell}` : ""}`;
      const course = meanCourse(fit, direction, conductances[0], conductances.length);
      return [
        { name: `${name}, measured`, x, y: conductances.map((g) => 1e6 * g), dash: "none" as const, marks: true },
        { name: `${name}, fitted`, x, y: course.map((g) => 1e6 * g), dash: "solid" as const, marks: false },
      ];
    }),
  };
};
