import type { Corner, FittedTransistor, Role, Technology, TerminalCapacitances, TimingRatio } from "../technology.ts";

const FITS: Readonly<Record<Corner, Readonly<Record<"latchN" | "stackN" | "p", FittedTransistor>>>> = {
  tt: {
    latchN: {
      params: {
        polarity: "nmos",
        n: 1.40459,
        nb: 1.17857,
        sigma: 0.0362246,
        theta: 0.000108512,
        vc: 3.95855,
        lambda: 0.353148,
        kt: 0.000388849,
        bex: 0.202694,
      },
      byWidth: [[0.84e-6, 0.692753, 0.000187228]],
      fitErrorPercent: [14.4, 13.1, 7.8],
    },
    stackN: {
      params: {
        polarity: "nmos",
        n: 1.48072,
        nb: 1.17019,
        sigma: 0.0465171,
        theta: 0.000260136,
        vc: 1.1026,
        lambda: 0.176842,
        kt: 0.000247168,
        bex: 0.00108043,
      },
      byWidth: [
        [1.0e-6, 0.72174, 0.000280033],
        [2.0e-6, 0.711589, 0.000313799],
      ],
      fitErrorPercent: [12.5, 8.9, 4.3],
    },
    p: {
      params: {
        polarity: "pmos",
        n: 2.41347,
        nb: 1.20989,
        sigma: 0.136724,
        theta: 14.0912,
        vc: 1.17727,
        lambda: 0.030366,
        kt: 0.00135607,
        bex: 3.79075e-8,
      },
      byWidth: [[0.84e-6, 0.851006, 0.000397602]],
      fitErrorPercent: [13.9, 10.7, 4.2],
    },
  },
  ss: {
    latchN: {
      params: {
        polarity: "nmos",
        n: 1.41218,
        nb: 1.20712,
        sigma: 0.0289341,
        theta: 0.00382363,
        vc: 1.28236,
        lambda: 0.224743,
        kt: 0.000344715,
        bex: 0.129621,
      },
      byWidth: [[0.84e-6, 0.747479, 0.000171445]],
      fitErrorPercent: [16.8, 21.5, 8.6],
    },
    stackN: {
      params: {
        polarity: "nmos",
        n: 1.45804,
        nb: 1.18593,
        sigma: 0.0339082,
        theta: 0.00105227,
        vc: 2.32018,
        lambda: 0.172239,
        kt: 0.000243445,
        bex: 0.000101386,
      },
      byWidth: [
        [1.0e-6, 0.758405, 0.000196525],
        [2.0e-6, 0.740296, 0.000233174],
      ],
      fitErrorPercent: [11.8, 9.4, 4.7],
    },
    p: {
      params: {
        polarity: "pmos",
        n: 1.95985,
        nb: 1.23363,
        sigma: 0.112045,
        theta: 13.3612,
        vc: 1.05175,
        lambda: 0.00537135,
        kt: 0.00157004,
        bex: 2.04599e-5,
      },
      byWidth: [[0.84e-6, 0.894638, 0.000237556]],
      fitErrorPercent: [13.6, 6.9, 2.9],
    },
  },
  ff: {
    latchN: {
      params: {
        polarity: "nmos",
        n: 1.39675,
        nb: 1.15201,
        sigma: 0.0319353,
        theta: 9.14251e-5,
        vc: 0.300578,
        lambda: 1.49037,
        kt: 0.000313637,
        bex: 0.264096,
      },
      byWidth: [[0.84e-6, 0.652744, 0.000282649]],
      fitErrorPercent: [12.5, 12.1, 9.4],
    },
    stackN: {
      params: {
        polarity: "nmos",
        n: 1.49857,
        nb: 1.14884,
        sigma: 0.0421388,
        theta: 9.1443e-5,
        vc: 0.201653,
        lambda: 1.13269,
        kt: 0.000164447,
        bex: 0.20831,
      },
      byWidth: [
        [1.0e-6, 0.691892, 0.000440006],
        [2.0e-6, 0.69282, 0.000491771],
      ],
      fitErrorPercent: [13.4, 9.4, 7.4],
    },
    p: {
      params: {
        polarity: "pmos",
        n: 2.7349,
        nb: 1.1788,
        sigma: 0.180121,
        theta: 8.16262,
        vc: 0.74989,
        lambda: 0.0146122,
        kt: 0.00127726,
        bex: 1.20987e-13,
      },
      byWidth: [[0.84e-6, 0.762246, 0.000397613]],
      fitErrorPercent: [17.0, 13.0, 7.3],
    },
  },
  sf: {
    latchN: {
      params: {
        polarity: "nmos",
        n: 1.40144,
        nb: 1.1372,
        sigma: 0.0406905,
        theta: 0.00237524,
        vc: 0.273617,
        lambda: 1.17869,
        kt: 0.0002772,
        bex: 0.190034,
      },
      byWidth: [[0.84e-6, 0.639519, 0.000332761]],
      fitErrorPercent: [13.3, 9.7, 7.5],
    },
    stackN: {
      params: {
        polarity: "nmos",
        n: 1.49991,
        nb: 1.14241,
        sigma: 0.0514984,
        theta: 9.16265e-5,
        vc: 0.221896,
        lambda: 0.759277,
        kt: 0.0001701,
        bex: 0.227936,
      },
      byWidth: [
        [1.0e-6, 0.672554, 0.00047104],
        [2.0e-6, 0.679905, 0.000542509],
      ],
      fitErrorPercent: [14.5, 10.4, 7.5],
    },
    p: {
      params: {
        polarity: "pmos",
        n: 1.64001,
        nb: 1.24345,
        sigma: 0.103851,
        theta: 0.442522,
        vc: 52.023,
        lambda: 0.112821,
        kt: 0.00185923,
        bex: 1.41144e-18,
      },
      byWidth: [[0.84e-6, 0.848369, 5.38063e-5]],
      fitErrorPercent: [14.9, 6.4, 2.7],
    },
  },
  fs: {
    latchN: {
      params: {
        polarity: "nmos",
        n: 1.4185,
        nb: 1.2089,
        sigma: 0.0303569,
        theta: 0.00170489,
        vc: 6.86979,
        lambda: 0.222664,
        kt: 0.000353409,
        bex: 0.0770769,
      },
      byWidth: [[0.84e-6, 0.775712, 0.000152169]],
      fitErrorPercent: [11.8, 14.4, 7.5],
    },
    stackN: {
      params: {
        polarity: "nmos",
        n: 1.42956,
        nb: 1.19464,
        sigma: 0.0289909,
        theta: 0.00109402,
        vc: 4.35751,
        lambda: 0.0836503,
        kt: 0.000274201,
        bex: 0.014376,
      },
      byWidth: [
        [1.0e-6, 0.774117, 0.000189859],
        [2.0e-6, 0.746408, 0.000209364],
      ],
      fitErrorPercent: [12.8, 12.7, 5.6],
    },
    p: {
      params: {
        polarity: "pmos",
        n: 2.88109,
        nb: 1.17973,
        sigma: 0.183562,
        theta: 8.14197,
        vc: 0.629968,
        lambda: 0.0686121,
        kt: 0.00122728,
        bex: 0.0719801,
      },
      byWidth: [[0.84e-6, 0.711554, 0.000392095]],
      fitErrorPercent: [17.9, 16.6, 8.6],
    },
  },
};

const CAPACITANCES: Readonly<Record<Role, TerminalCapacitances>> = {
  precharge: {
    gateDrain: 7.5905e-11,
    gateSource: 8.18146e-11,
    gateBulk: 5.10507e-10,
    drainBulk: 1.91012e-10,
    sourceBulk: 1.78125e-10,
  },
  latchP: {
    gateDrain: 8.24372e-11,
    gateSource: 1.02592e-10,
    gateBulk: 4.83669e-10,
    drainBulk: 1.93843e-10,
    sourceBulk: 1.86948e-10,
  },
  latchN: {
    gateDrain: 2.69316e-10,
    gateSource: 4.01183e-10,
    gateBulk: 2.53844e-10,
    drainBulk: 1.49968e-10,
    sourceBulk: 2.4728e-10,
  },
  access: {
    gateDrain: 5.62628e-10,
    gateSource: 5.17587e-10,
    gateBulk: 1.53859e-10,
    drainBulk: 4.21364e-10,
    sourceBulk: 2.21176e-10,
  },
  foot: {
    gateDrain: 5.89946e-10,
    gateSource: 5.54594e-10,
    gateBulk: 1.40903e-10,
    drainBulk: 4.46166e-10,
    sourceBulk: 1.88776e-10,
  },
};

const TIMING: readonly TimingRatio[] = [
  { corner: "tt", temperatureCelsius: 27, supply: 1.2, low: 1.01, high: 1.05 },
  { corner: "tt", temperatureCelsius: 27, supply: 1.0, low: 1.01, high: 1.05 },
  { corner: "tt", temperatureCelsius: 27, supply: 0.9, low: 1.02, high: 1.03 },
  { corner: "tt", temperatureCelsius: 27, supply: 0.8, low: 0.97, high: 1.04 },
  { corner: "tt", temperatureCelsius: 27, supply: 0.7, low: 0.94, high: 1.06 },
  { corner: "tt", temperatureCelsius: 27, supply: 0.6, low: 1.09, high: 1.12 },
  { corner: "tt", temperatureCelsius: 0, supply: 1.2, low: 1.0, high: 1.07 },
  { corner: "tt", temperatureCelsius: 0, supply: 1.0, low: 1.0, high: 1.04 },
  { corner: "tt", temperatureCelsius: 0, supply: 0.9, low: 0.99, high: 1.03 },
  { corner: "tt", temperatureCelsius: 0, supply: 0.8, low: 0.9, high: 1.03 },
  { corner: "tt", temperatureCelsius: 0, supply: 0.7, low: 0.8, high: 1.03 },
  { corner: "tt", temperatureCelsius: 85, supply: 1.2, low: 1.01, high: 1.03 },
  { corner: "tt", temperatureCelsius: 85, supply: 1.0, low: 1.01, high: 1.04 },
  { corner: "tt", temperatureCelsius: 85, supply: 0.9, low: 1.01, high: 1.04 },
  { corner: "tt", temperatureCelsius: 85, supply: 0.8, low: 1.02, high: 1.04 },
  { corner: "tt", temperatureCelsius: 85, supply: 0.7, low: 0.98, high: 1.04 },
  { corner: "tt", temperatureCelsius: 85, supply: 0.6, low: 0.97, high: 1.03 },
  { corner: "ss", temperatureCelsius: 27, supply: 1.2, low: 0.98, high: 1.07 },
  { corner: "ss", temperatureCelsius: 27, supply: 1.0, low: 0.97, high: 1.03 },
  { corner: "ss", temperatureCelsius: 27, supply: 0.9, low: 0.96, high: 1.01 },
  { corner: "ss", temperatureCelsius: 27, supply: 0.8, low: 0.88, high: 1.02 },
  { corner: "ss", temperatureCelsius: 27, supply: 0.7, low: 1.02, high: 1.06 },
  { corner: "ff", temperatureCelsius: 27, supply: 1.2, low: 1.0, high: 1.03 },
  { corner: "ff", temperatureCelsius: 27, supply: 1.0, low: 1.01, high: 1.03 },
  { corner: "ff", temperatureCelsius: 27, supply: 0.9, low: 1.01, high: 1.03 },
  { corner: "ff", temperatureCelsius: 27, supply: 0.8, low: 1.0, high: 1.03 },
  { corner: "ff", temperatureCelsius: 27, supply: 0.7, low: 0.96, high: 1.03 },
  { corner: "ff", temperatureCelsius: 27, supply: 0.6, low: 1.0, high: 1.07 },
  { corner: "sf", temperatureCelsius: 27, supply: 1.2, low: 1.01, high: 1.03 },
  { corner: "sf", temperatureCelsius: 27, supply: 1.0, low: 1.0, high: 1.02 },
  { corner: "sf", temperatureCelsius: 27, supply: 0.9, low: 0.99, high: 1.02 },
  { corner: "fs", temperatureCelsius: 27, supply: 1.2, low: 0.97, high: 1.06 },
  { corner: "fs", temperatureCelsius: 27, supply: 1.0, low: 0.98, high: 1.03 },
  { corner: "fs", temperatureCelsius: 27, supply: 0.9, low: 0.97, high: 1.03 },
  { corner: "fs", temperatureCelsius: 27, supply: 0.8, low: 0.89, high: 1.04 },
  { corner: "fs", temperatureCelsius: 27, supply: 0.7, low: 1.03, high: 1.11 },
];

const fitFor = (corner: Corner, role: Role): FittedTransistor => {
  if (role === "precharge" || role === "latchP") return FITS[corner].p;
  return FITS[corner][role === "latchN" ? "latchN" : "stackN"];
};

/**
 * SkyWater sky130 1.8 V devices at L = 0.15 µm, five foundry corners, high thresholds (0.69 V n, 0.85 V p as fitted).
 *
 * Valid for 0.7 .. 1.2 V (timing within 7 % at tt 27 °C), -40 .. 125 °C; 0.6 V is 10 % slow, 0 °C below 0.8 V up to
 * 20 % fast, ss and fs with low resistances at 0.8 V up to 12 % fast, sf at 0.8 V and below does not precharge in 50 ns.
 * The temperature coefficients are fit values, not physics.
 */
export const sky130: Technology = {
  name: "sky130",
  says: "SkyWater sky130 1.8 V transistors, L 0.15 µm, extended EKV fit",
  cornersAre: "foundry corners",
  source:
    "extended EKV fitted to the BSIM4 models of google/skywater-pdk-libs-sky130_fd_pr (commit f62031a1), nfet_01v8 and " +
    "pfet_01v8, DC currents and sense-amplifier crossing times; capacitances from AC matrices at tt 27 °C",
  gateLength: 0.15e-6,
  supplyRange: [0.6, 1.2],
  temperatureRange: [233.15, 398.15],
  transistors: fitFor,
  capacitances: CAPACITANCES,
  mismatch: {
    nmos: {
      thresholdArea: 3.356e-9,
      gainArea: 1e-8,
      source: "a_VT: sky130 nfet_01v8 mismatch slope, first bin; a_beta 1 % µm: rule of thumb for 130 nm, recalled",
    },
    pmos: {
      thresholdArea: 5.856e-9,
      gainArea: 1e-8,
      source: "a_VT: sky130 pfet_01v8 mismatch slope, first bin; a_beta 1 % µm: rule of thumb for 130 nm, recalled",
    },
  },
  timing: TIMING,
};
