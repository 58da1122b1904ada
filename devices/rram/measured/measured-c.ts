import type { RramParams } from "../params.ts";

/** Technology C of A. Levy's measurements (RRAM-Relaxation-Master-Model, MIT), as `node scripts/make-measured-sets.mjs` fitted it. */
export const MEASURED_C: RramParams = {
  name: "measured-c",
  standing:
    "measured: low resistance level 31 (376 cells), high level 1 (507); the spread after programming is that of write and verify",
  source:
    "technology C of github.com/akashlevy/RRAM-Relaxation-Master-Model (MIT licence, copyright 2021 Akash Levy), digits cut to five: techc-relaxation.csv.xz (sha256 716b7aaa3521)",
  valid:
    "rest from 10 ms to 100000 s at 27 °C (taken, not told); read hot or cold, resistances are taken unchanged; aged at another temperature: refused",
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
    standing: "fitted to 16292 measured cells; their temperature is not told, 27 °C is taken",
    source:
      "technology C of github.com/akashlevy/RRAM-Relaxation-Master-Model (MIT licence, copyright 2021 Akash Levy), digits cut to five: techc-relaxation.csv.xz (sha256 716b7aaa3521)",
    temperature: 300.15,
    activationEnergy: null,
    temperatures: [300.15, 300.15],
    times: [0.01, 100000],
    conductances: [1.429e-8, 0.00006435],
    onset: 0.001674,
    exponent: 1.519,
    fading: 0.1596,
    spread: {
      conductances: [
        2.651e-7, 0.000002681, 0.000005778, 0.000009363, 0.00001342, 0.00001788, 0.00002274, 0.00002799, 0.00003369,
        0.00004019,
      ],
      values: [0.1218, 0.1657, 0.1577, 0.1293, 0.1048, 0.07812, 0.05414, 0.03646, 0.02539, 0.0229],
    },
    amplitude: {
      conductances: [2.651e-7, 0.000003505, 0.000007772, 0.00001282, 0.0000186, 0.00002492, 0.00003201, 0.00004019],
      values: [2.882, 1.594, 1.32, 1.139, 1, 0.9771, 1.089, 1.032],
    },
    drift: {
      conductances: [2.651e-7, 0.000003505, 0.000007772, 0.00001282, 0.0000186, 0.00002492, 0.00003201, 0.00004019],
      values: [-0.06631, 0.01625, 0.05238, 0.07607, 0.102, 0.1106, 0.1381, 0.1648],
    },
    skew: {
      conductances: [2.651e-7, 0.000003505, 0.000007772, 0.00001282, 0.0000186, 0.00002492, 0.00003201, 0.00004019],
      values: [-0.0417, 0.02417, 0.0371, 0.06007, 0.08242, 0.07832, 0.1138, 0.1431],
    },
    shape: {
      conductances: [2.651e-7, 0.000003505, 0.000007772, 0.00001282, 0.0000186, 0.00002492, 0.00003201, 0.00004019],
      values: [0.04355, 0.04294, 0.03789, 0.03463, 0.04686, 0.06478, 0.122, 0.1399],
    },
    permanent: 0.8,
    redraws: 0.8,
  },
};
