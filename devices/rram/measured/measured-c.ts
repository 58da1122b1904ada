import type { RramParams } from "../params.ts";

/** Technology C of A. Levy's measurements (RRAM-Relaxation-Master-Model, MIT), as `node scripts/make-measured-sets.mjs` fitted it. */
export const MEASURED_C: RramParams = {
  name: "measured-c",
  standing:
    "measured: low resistance level 31 (376 cells), high level 1 (507); the spread after programming is that of write and verify",
  source:
    "technology C of github.com/akashlevy/RRAM-Relaxation-Master-Model (MIT licence, copyright 2021 Akash Levy), digits cut to five: techc-relaxation.csv.xz (sha256 716b7aaa3521)",
  valid:
    "rest from 10 ms to 100000 s at 27 degC (taken, not told); read hot or cold, resistances are taken unchanged; aged at another temperature: refused",
  lrs: {
    medianResistance: 25464.94055117751,
    spread: {
      deviceToDevice: 0,
      cycleToCycle: 0.008585966526292586,
      readToRead: 0,
    },
    activationEnergy: 0,
    shape: {
      kind: "two lognormals",
      logSigma: 0.008585966526292586,
      components: [
        {
          share: 0.5045504403164564,
          logOffset: -0.007927771689569596,
          logSigma: 0.005843464656736659,
        },
        {
          share: 0.4954495596835437,
          logOffset: 0.005896782193568484,
          logSigma: 0.004194002252742679,
        },
      ],
    },
  },
  hrs: {
    medianResistance: 537303.9863792411,
    spread: {
      deviceToDevice: 0,
      cycleToCycle: 0.19071463321736534,
      readToRead: 0,
    },
    activationEnergy: 0,
    shape: {
      kind: "two lognormals",
      logSigma: 0.19071463321736534,
      components: [
        {
          share: 0.6305192581746167,
          logOffset: -0.09308518134566413,
          logSigma: 0.11522069700757336,
        },
        {
          share: 0.36948074182538326,
          logOffset: 0.23473553266568992,
          logSigma: 0.0895891648613275,
        },
      ],
    },
  },
  conduction: {
    kind: "ohmic",
  },
  stuck: {
    lrs: 0,
    hrs: 0,
  },
  relaxation: {
    standing: "fitted to 16292 measured cells; their temperature is not told, 27 degC is taken",
    source:
      "technology C of github.com/akashlevy/RRAM-Relaxation-Master-Model (MIT licence, copyright 2021 Akash Levy), digits cut to five: techc-relaxation.csv.xz (sha256 716b7aaa3521)",
    temperature: 300.15,
    activationEnergy: null,
    temperatures: [300.15, 300.15],
    times: [0.01, 100000],
    conductances: [1.429e-8, 0.00006435],
    onset: 0.002361,
    exponent: 1.145,
    spread: {
      conductances: [
        2.651e-7, 0.000003055, 0.000006617, 0.00001085, 0.00001562, 0.00002089, 0.00002663, 0.00003294, 0.00004019,
      ],
      values: [0.163, 0.149, 0.1382, 0.1173, 0.0945, 0.06587, 0.04536, 0.03276, 0.02644],
    },
    amplitude: {
      conductances: [0.000001324, 0.000006617, 0.00001562, 0.00002663, 0.00004019],
      values: [1.987, 1.405, 1, 0.8543, 0.8498],
    },
    drift: {
      conductances: [0.000001324, 0.000006617, 0.00001562, 0.00002663, 0.00004019],
      values: [-0.07119, 0.07322, 0.1211, 0.1639, 0.2095],
    },
    skew: {
      conductances: [0.000001324, 0.000006617, 0.00001562, 0.00002663, 0.00004019],
      values: [-0.05914, 0.0647, 0.098, 0.1285, 0.1741],
    },
    shape: {
      conductances: [0.000001324, 0.000006617, 0.00001562, 0.00002663, 0.00004019],
      values: [0.07339, 0.06757, 0.0582, 0.1256, 0.2375],
    },
    permanent: 0.7,
    redraws: 0.4,
  },
};
