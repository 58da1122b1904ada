import type { Corner, FittedTransistor, Role, Technology, TerminalCapacitances, TimingRatio } from "../technology.ts";

const N: FittedTransistor = {
  params: {
    polarity: "nmos",
    n: 1.35443,
    nb: 1.2062,
    sigma: 0.070819,
    theta: 3.24066,
    vc: 0.232249,
    lambda: 0.0972129,
    kt: -0.000152326,
    bex: 0.781958,
  },
  byWidth: [
    [0.84e-6, 0.336222, 0.00165266],
    [1.0e-6, 0.338283, 0.00168479],
    [2.0e-6, 0.338925, 0.00171847],
  ],
  fitErrorPercent: [12.4, 9.5, 5.0],
};

const P: FittedTransistor = {
  params: {
    polarity: "pmos",
    n: 1.35016,
    nb: 1.18371,
    sigma: 0.0843824,
    theta: 1.50928,
    vc: 1.17692,
    lambda: 0.240844,
    kt: -6.75399e-6,
    bex: 1.69747,
  },
  byWidth: [[0.84e-6, 0.300503, 0.000259389]],
  fitErrorPercent: [10.4, 6.8, 4.2],
};

const CAPACITANCES: Readonly<Record<Role, TerminalCapacitances>> = {
  precharge: {
    gateDrain: 5.01011e-10,
    gateSource: 5.17513e-10,
    gateBulk: 1.80845e-10,
    drainBulk: 4.94515e-10,
    sourceBulk: 7.99943e-10,
  },
  latchP: {
    gateDrain: 5.33241e-10,
    gateSource: 5.68592e-10,
    gateBulk: 1.68182e-10,
    drainBulk: 5.07612e-10,
    sourceBulk: 7.96476e-10,
  },
  latchN: {
    gateDrain: 5.26126e-10,
    gateSource: 6.2e-10,
    gateBulk: 1.32359e-10,
    drainBulk: 4.21439e-10,
    sourceBulk: 7.00279e-10,
  },
  access: {
    gateDrain: 9.6454e-10,
    gateSource: 1.06437e-9,
    gateBulk: 2.16984e-12,
    drainBulk: 8.58734e-10,
    sourceBulk: 6.05367e-10,
  },
  foot: {
    gateDrain: 9.69406e-10,
    gateSource: 1.07156e-9,
    gateBulk: 1.72742e-12,
    drainBulk: 8.61286e-10,
    sourceBulk: 6.06691e-10,
  },
};

const TIMING: readonly TimingRatio[] = [
  { corner: "tt", temperatureCelsius: 27, supply: 1.2, low: 0.97, high: 1.03 },
  { corner: "tt", temperatureCelsius: 27, supply: 1.0, low: 0.98, high: 1.03 },
  { corner: "tt", temperatureCelsius: 27, supply: 0.9, low: 0.98, high: 1.03 },
  { corner: "tt", temperatureCelsius: 27, supply: 0.8, low: 0.99, high: 1.03 },
  { corner: "tt", temperatureCelsius: 27, supply: 0.7, low: 0.99, high: 1.03 },
  { corner: "tt", temperatureCelsius: 27, supply: 0.6, low: 0.99, high: 1.02 },
  { corner: "tt", temperatureCelsius: 0, supply: 1.2, low: 0.97, high: 1.02 },
  { corner: "tt", temperatureCelsius: 0, supply: 1.0, low: 0.98, high: 1.02 },
  { corner: "tt", temperatureCelsius: 0, supply: 0.9, low: 0.98, high: 1.02 },
  { corner: "tt", temperatureCelsius: 0, supply: 0.8, low: 0.98, high: 1.02 },
  { corner: "tt", temperatureCelsius: 0, supply: 0.7, low: 0.98, high: 1.02 },
  { corner: "tt", temperatureCelsius: 0, supply: 0.6, low: 0.98, high: 1.02 },
  { corner: "tt", temperatureCelsius: 85, supply: 1.2, low: 0.98, high: 1.02 },
  { corner: "tt", temperatureCelsius: 85, supply: 1.0, low: 0.98, high: 1.03 },
  { corner: "tt", temperatureCelsius: 85, supply: 0.9, low: 0.99, high: 1.03 },
  { corner: "tt", temperatureCelsius: 85, supply: 0.8, low: 0.99, high: 1.03 },
  { corner: "tt", temperatureCelsius: 85, supply: 0.7, low: 0.99, high: 1.03 },
  { corner: "tt", temperatureCelsius: 85, supply: 0.6, low: 0.99, high: 1.02 },
];

/**
 * Three standard deviations of a global threshold shift [V]. ASSUMED: PTM has no foundry corners; the value is the size
 * of sky130's nfet shift between tt and ss or ff (+60 / -65 mV), taken for both polarities.
 */
const THREE_SIGMA_SHIFT = 0.06;

// As in sky130, the first letter of a mixed corner is the pMOS: sf has a slow p and a fast n.
const SHIFT: Readonly<Record<Corner, { readonly nmos: number; readonly pmos: number }>> = {
  tt: { nmos: 0, pmos: 0 },
  ss: { nmos: THREE_SIGMA_SHIFT, pmos: THREE_SIGMA_SHIFT },
  ff: { nmos: -THREE_SIGMA_SHIFT, pmos: -THREE_SIGMA_SHIFT },
  sf: { nmos: -THREE_SIGMA_SHIFT, pmos: THREE_SIGMA_SHIFT },
  fs: { nmos: THREE_SIGMA_SHIFT, pmos: -THREE_SIGMA_SHIFT },
};

const shifted = (fit: FittedTransistor, by: number): FittedTransistor => ({
  ...fit,
  byWidth: fit.byWidth.map(([width, vt0, kp]) => [width, vt0 + by, kp] as const),
});

const fitFor = (corner: Corner, role: Role): FittedTransistor =>
  role === "precharge" || role === "latchP" ? shifted(P, SHIFT[corner].pmos) : shifted(N, SHIFT[corner].nmos);

/**
 * Predictive Technology Model 130 nm at L = 0.13 µm, low thresholds (0.34 V n, 0.30 V p as fitted).
 *
 * Timing checked for 0.6 .. 1.2 V, 0 .. 85 °C: crossing times within 3 % of BSIM4 at tt. Below 0.6 V extrapolated.
 */
export const ptm130: Technology = {
  name: "ptm130",
  says: "Predictive Technology Model 130 nm transistors, L 0.13 µm, extended EKV fit",
  cornersAre: "no foundry corners exist: both thresholds shifted by an assumed global ±60 mV (3 sigma)",
  source:
    "extended EKV fitted to the PTM 130 nm BSIM4 cards (beta of 2006-02-22), DC currents and sense-amplifier crossing " +
    "times; capacitances from AC matrices at 27 °C",
  gateLength: 0.13e-6,
  supplyRange: [0.6, 1.2],
  temperatureRange: [233.15, 398.15],
  transistors: fitFor,
  capacitances: CAPACITANCES,
  mismatch: {
    nmos: {
      thresholdArea: 3.9e-9,
      gainArea: 1e-8,
      source:
        "a_VT: IHP SG13G2 (another 130 nm process) sg13g2_moslv_mismatch.lib; a_beta 1 % µm: rule of thumb for 130 nm, recalled",
    },
    pmos: {
      thresholdArea: 2.2e-9,
      gainArea: 1e-8,
      source:
        "a_VT: IHP SG13G2 (another 130 nm process) sg13g2_moslv_mismatch.lib; a_beta 1 % µm: rule of thumb for 130 nm, recalled",
    },
  },
  timing: TIMING,
};
