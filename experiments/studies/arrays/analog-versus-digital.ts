import { checkAnalogDesign, programAnalogNetwork, ternaryErrors } from "#circuits/index";
import {
  defineExperiment,
  idleWhere,
  integer,
  mean,
  type NumberSpec,
  type Parameters,
  quantity,
  type TableOf,
  type ValuesOf,
} from "#src/montecarlo/index";
import { accuracyOf, groupsOf } from "#src/networks/index";
import { pairedInterval } from "#src/numerics/paired-interval";
import { fold, type Key } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { dataFor, dataSetRecord } from "../../files/data-sets.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { showQuantity } from "../../units/show.ts";
import { evaluatorFor } from "../networks/evaluator.ts";
import {
  checkCells,
  idleOfFile,
  NETWORK_PARAMETERS,
  networkNotes,
  networkText,
  trainedPart,
  trainingSeeds,
} from "../networks/network-parameters.ts";
import { readsAt } from "../networks/network-reads.ts";
import { PARAMETERS as COMPARISON } from "../networks/ternary-versus-binary-parameters.ts";
import { type Line, linesOf, percent, percentBounds, sweptCurve, tableOf, valuesOf } from "../results/index.ts";
import { heatRemarks, idleRipple } from "../sensing/idle-parameters.ts";
import { checkSense } from "../sensing/sense-design.ts";
import { senseNotes } from "../sensing/sense-notes.ts";
import { SENSE_NAMES, SENSE_PARAMETERS } from "../sensing/sense-parameters.ts";
import { deviceEnergy } from "./analog-energy.ts";
import { ANALOG_PARAMETERS, analogDesignOf, READ_TIME } from "./analog-parameters.ts";

const PARAMETERS = {
  ...SENSE_PARAMETERS,
  ...NETWORK_PARAMETERS,
  ...ANALOG_PARAMETERS,
  seeds: { ...NETWORK_PARAMETERS.seeds, default: 3, source: "three, for time; five or more for a claim" },
  strobe: COMPARISON.strobe,
  samples: COMPARISON.samples,
  images: integer(
    1000,
    [1, 10000],
    "test images read on an analog chip, the first ones; digital chips read all",
    "chosen",
  ),
  readTime: READ_TIME,
  conversionTime: quantity("s", 10e-9, [1e-12, 1e-3], "of one conversion", "chosen: a hundred million a second"),
  columnsPerConverter: integer(
    8,
    [1, 4096],
    "columns that share a converter, one after the other",
    "chosen: a common choice, for the converter's area",
  ),
  converterFigureOfMerit: quantity(
    "J",
    50e-15,
    [0, 1e-9],
    "energy of a conversion over 2^bits",
    "assumed; recalled, not read: converters of moderate speed in published surveys reach 10 to 100 fJ a step",
  ),
  adderEnergy: quantity(
    "J",
    0.1e-12,
    [0, 1e-9],
    "digital accumulation of one weight times one input",
    "assumed; recalled, not read: an 8-bit addition takes 0.03 pJ at 45 nm, more in an older process",
  ),
  cycleTime: quantity(
    "s",
    50e-9,
    [1e-12, 1e-3],
    "between digital reads of successive rows, beside the strobe: precharge and margins",
    "the reference timing's precharge",
  ),
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

/** What a trial reports. */
const NUMBERS = {
  analog: mean("1", "accuracy on an analog chip"),
  digital: mean("1", "accuracy on a chip read by sense amplifiers at the ternary network's best strobe"),
  ideal: mean("1", "accuracy without errors"),
  deviceEnergy: mean("J", "of the analog devices, an image"),
  converterEnergy: mean("J", "of the converters, an image"),
  readEnergy: mean("J", "of the sense amplifiers' reads, an image"),
  adderEnergyTotal: mean("J", "of the digital accumulations, an image"),
  analogTime: mean("s", "of an image on analog arrays"),
  digitalTime: mean("s", "of an image by digital reads"),
  strobe: mean("s", "the ternary network's best strobe"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

type NumberName = keyof typeof NUMBERS;
type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;

const bitsText = (bits: number): string => (bits > 0 ? String(bits) : "none");

const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(0)} %`;

type Bits = Line<Params, NumberName>;
const analogEnergy = (at: Bits): number => at.mean("deviceEnergy") + at.mean("converterEnergy");
const digitalEnergy = (at: Bits): number => at.mean("readEnergy") + at.mean("adderEnergyTotal");
const three = (x: number, unit: string): string => showQuantity(Number(x.toPrecision(3)), unit);

const conclude = (table: Table) =>
  linesOf(table, PARAMETERS, ["seed", "converterBits"]).flatMap((line) => {
    const of = line.label ? `: ${line.label}` : "";
    return [
      tableOf(
        `Accuracy, % [95 % t interval over training seeds]${of}`,
        line.by("converterBits"),
        [
          ["bits", ({ value }) => bitsText(value)],
          ["analog", (at) => at.bracketed("analog")],
          ["digital", (at) => at.bracketed("digital")],
          [
            "analog - digital",
            (at) => {
              const d = pairedInterval(at.estimates("analog"), at.estimates("digital"));
              return percent(d.estimate) + percentBounds(d);
            },
          ],
          ["ideal", (at) => at.percent("ideal")],
        ],
        [
          "Bits: of the converters behind the columns. Pairs share the training seed. Digital: ternary weights read by sense amplifiers at the strobe that is best for them.",
        ],
      ),
      tableOf(
        `Energy and time an image${of}`,
        line.by("converterBits"),
        [
          ["bits", ({ value }) => bitsText(value)],
          ["analog", (at) => three(analogEnergy(at), "J")],
          ["of it converters", (at) => share(at.mean("converterEnergy"), analogEnergy(at))],
          ["digital", (at) => three(digitalEnergy(at), "J")],
          ["of it reads", (at) => share(at.mean("readEnergy"), digitalEnergy(at))],
          ["analog", (at) => three(at.mean("analogTime"), "s")],
          ["digital", (at) => three(at.mean("digitalTime"), "s")],
        ],
        [
          "Analog: devices and converters; drivers, digital sums and activations are left out. Digital: precharge from 0 V and sense until the strobe of every weight once an image, and its accumulation; word lines and control are left out. Tiles work side by side, layers one after the other; a convolution is read once a place. The converter's and the adder's energies are assumed parameters: the comparison is theirs.",
        ],
      ),
    ];
  });

const figures = (table: Table, params: Params): Figure[] =>
  linesOf(table, PARAMETERS, ["seed", "converterBits"]).flatMap((line): Figure[] => {
    const { label } = line;
    if (valuesOf(line.rows, "converterBits").length < 2) return [];
    const curve = (name: string, number: NumberName) =>
      sweptCurve(name, line, "converterBits", (at) => at.share(number));
    return [
      {
        title: `Accuracy against converter bits${label ? `: ${label}` : ""}`,
        caption: `The same ternary networks on analog arrays and read by sense amplifiers. Bars are 95 % t intervals over training seeds. ${dataSetRecord(params.data).name}, ${networkText(params)}.`,
        x: { label: "bits of the converters", unit: "", scale: "linear" },
        y: { label: "test accuracy", unit: "%", scale: "linear" },
        series: [curve("analog arrays", "analog"), curve("sense amplifiers", "digital"), curve("ideal", "ideal")],
      },
    ];
  });

/** The same ternary network by analog products with converters and by digital reads: accuracy, energy, time. */
export const analogVersusDigital = defineExperiment({
  name: "analog-versus-digital",
  summary:
    "A ternary network by analog products with converters, and by sense-amplifier reads: accuracy, energy, time.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "converterBits",
    "converterFigureOfMerit",
    "tile",
    "wireResistance",
    "lowResistance",
    "mapping",
    "supply",
    "device",
    "corner",
    "temperature",
    "widths",
    "programmingError",
    "readNoise",
    "seed",
  ],
  grid: () => [{ converterBits: [3, 4, 6, 8] }],
  replicates: trainingSeeds,
  trials: 2,
  block: 1,
  numbers: NUMBERS,
  prepare: {
    network: trainedPart<Params>("ternary"),
    reads: { uses: [...SENSE_NAMES, "strobe", "samples"], make: (params, key) => readsAt(params, key) },
  },
  idle: (params) => [
    ...idleRipple(params),
    ...idleOfFile(params, "seeds"),
    ...idleWhere<keyof Params>([
      params.converterBits === 0,
      "without converters (converterBits 0)",
      ...(["converterRange", "converterFigureOfMerit", "conversionTime"] as const),
    ]),
  ],
  remarks: heatRemarks,
  check: (params) => {
    checkSense(params);
    checkCells(params);
    checkAnalogDesign(analogDesignOf(params));
  },
  facts: ({ network, reads }, params) => {
    const { train, test } = dataFor(params.data);
    const arrays = groupsOf(network).map(({ geometry: { inputs, outputs }, places }) => ({ inputs, outputs, places }));
    const weights = arrays.reduce((sum, l) => sum + l.places * l.inputs * l.outputs, 0);
    const tilesDown = (inputs: number): number => Math.ceil(inputs / params.tile);
    const conversions = arrays.reduce((sum, l) => sum + l.places * tilesDown(l.inputs) * l.outputs, 0);
    const perConversion = params.converterBits === 0 ? 0 : params.converterFigureOfMerit * 2 ** params.converterBits;
    const conversionTime = params.converterBits === 0 ? 0 : params.conversionTime;
    const { strobe } = reads.ternaryBest;
    const columns = (outputs: number): number => Math.min(outputs, params.tile, params.columnsPerConverter);
    return {
      numbers: {
        ideal: evaluatorFor(network, test, train, params.others).clean,
        deviceEnergy: deviceEnergy(network, params, test.images),
        converterEnergy: conversions * perConversion,
        readEnergy: weights * (reads.energies.precharge + reads.energies.ternaryBest),
        adderEnergyTotal: weights * params.adderEnergy,
        analogTime: arrays.reduce(
          (sum, l) => sum + l.places * (params.readTime + columns(l.outputs) * conversionTime),
          0,
        ),
        digitalTime: arrays.reduce(
          (sum, l) => sum + l.places * Math.min(l.inputs, params.tile) * (params.cycleTime + strobe),
          0,
        ),
        strobe,
      },
    };
  },
  trial: ({ network, reads }, params, key: Key) => {
    const { train, test } = dataFor(params.data);
    const count = Math.min(params.images, test.count);
    const images = test.images.subarray(0, count * test.pixels);
    const chip = programAnalogNetwork(analogDesignOf(params), network, train.images, fold(key, "chip"));
    const errors = ternaryErrors(reads.ternaryBest.counts);
    return {
      numbers: {
        analog: accuracyOf(chip.classify(images, fold(key, "read")), test.labels.subarray(0, count)),
        digital: evaluatorFor(network, test, train, params.others).accuracy(() => errors, "frozen", "trained", key),
      },
    };
  },
  figures,
  conclude,
  notes: (params, points) => [
    ...senseNotes(params, points),
    ...networkNotes(points, ["ternary"]),
    `Analog devices ${showQuantity(params.lowResistance, "ohm")} to ${showQuantity(params.highResistance, "ohm")}, programming error ${percent(params.programmingError)} %, read noise ${percent(params.readNoise)} %, exact line resistance; the digital cells' statistics are the device set's.`,
    `Energies of converters (${showQuantity(params.converterFigureOfMerit, "J")} a step) and of accumulation (${showQuantity(params.adderEnergy, "J")}) are assumed, recalled and not read; they decide the comparison.`,
  ],
});
