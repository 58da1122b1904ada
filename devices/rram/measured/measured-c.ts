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
    onset: 0.001928,
    exponent: 1.464,
    fading: 0.1529,
    spread: {
      conductances: [
        2.651e-7, 0.000002681, 0.000005778, 0.000009363, 0.00001342, 0.00001788, 0.00002274, 0.00002799, 0.00003369,
        0.00004019,
      ],
      values: [0.1211, 0.1669, 0.1586, 0.1298, 0.1054, 0.08012, 0.05749, 0.03956, 0.02794, 0.02539],
    },
    amplitude: {
      conductances: [2.651e-7, 0.000003505, 0.000007772, 0.00001282, 0.0000186, 0.00002492, 0.00003201, 0.00004019],
      values: [3.047, 1.627, 1.343, 1.145, 1, 0.9371, 1.019, 0.9488],
    },
    drift: {
      conductances: [2.651e-7, 0.000003505, 0.000007772, 0.00001282, 0.0000186, 0.00002492, 0.00003201, 0.00004019],
      values: [-0.06862, 0.01736, 0.05514, 0.08161, 0.1106, 0.119, 0.1469, 0.1753],
    },
    skew: {
      conductances: [2.651e-7, 0.000003505, 0.000007772, 0.00001282, 0.0000186, 0.00002492, 0.00003201, 0.00004019],
      values: [-0.04184, 0.02544, 0.03895, 0.06532, 0.0919, 0.08724, 0.1227, 0.154],
    },
    shape: {
      conductances: [2.651e-7, 0.000003505, 0.000007772, 0.00001282, 0.0000186, 0.00002492, 0.00003201, 0.00004019],
      values: [0.04123, 0.04601, 0.04175, 0.03951, 0.05088, 0.07011, 0.1319, 0.1558],
    },
    permanent: 0.8,
    redraws: 1.6,
  },
};
