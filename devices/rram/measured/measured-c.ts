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
    onset: 0.001929,
    exponent: 1.471,
    fading: 0.1552,
    spread: {
      conductances: [
        2.651e-7, 0.000002681, 0.000005778, 0.000009363, 0.00001342, 0.00001788, 0.00002274, 0.00002799, 0.00003369,
        0.00004019,
      ],
      values: [0.1276, 0.1699, 0.1622, 0.1331, 0.1073, 0.0805, 0.05701, 0.0386, 0.02655, 0.02335],
    },
    amplitude: {
      conductances: [2.651e-7, 0.000003505, 0.000007772, 0.00001282, 0.0000186, 0.00002492, 0.00003201, 0.00004019],
      values: [2.9, 1.587, 1.319, 1.125, 1, 0.9443, 1.06, 1.026],
    },
    drift: {
      conductances: [2.651e-7, 0.000003505, 0.000007772, 0.00001282, 0.0000186, 0.00002492, 0.00003201, 0.00004019],
      values: [-0.07011, 0.01678, 0.05502, 0.08017, 0.1081, 0.1176, 0.1441, 0.173],
    },
    skew: {
      conductances: [2.651e-7, 0.000003505, 0.000007772, 0.00001282, 0.0000186, 0.00002492, 0.00003201, 0.00004019],
      values: [-0.04467, 0.0249, 0.03908, 0.06328, 0.08836, 0.08506, 0.1172, 0.1499],
    },
    shape: {
      conductances: [2.651e-7, 0.000003505, 0.000007772, 0.00001282, 0.0000186, 0.00002492, 0.00003201, 0.00004019],
      values: [0.04158, 0.04752, 0.04059, 0.03903, 0.0503, 0.07151, 0.1321, 0.1624],
    },
    permanent: 0.8,
    redraws: 1.6,
  },
};
