import type { RramParams } from "../params.ts";

/** Technology A of A. Levy's measurements (RRAM-Relaxation-Master-Model, MIT), as `node scripts/make-measured-sets.mjs` fitted it. */
export const MEASURED_A: RramParams = {
  name: "measured-a",
  standing:
    "measured: low resistance 210 uS to 240 uS (6144 cells), high 5 uS to 15 uS (1626); the spread after programming is that of write and verify",
  source:
    "technology A of github.com/akashlevy/RRAM-Relaxation-Master-Model (MIT licence, copyright 2021 Akash Levy), digits cut to five: techa-bake.csv.xz (sha256 2c81e6c11873), techa-time-series.csv.xz (sha256 3c5456e42371)",
  valid:
    "rest from 4494 s to 7165 s at 100 °C to 180 °C, law of time and temperature assumed (width as the square root of log(1 + t / (t0 exp(Ea / kT))), t0 = 1e-13 s); beyond: extrapolated",
  lrs: {
    medianResistance: 4441.461827894214,
    spread: {
      deviceToDevice: 0,
      cycleToCycle: 0.03821473633174866,
      readToRead: 0.00104,
    },
    activationEnergy: 0,
    shape: {
      kind: "two lognormals",
      logSigma: 0.03821473633174866,
      components: [
        {
          share: 0.5801221179656755,
          logOffset: -0.024201769519706318,
          logSigma: 0.02328751534197049,
        },
        {
          share: 0.4198778820343245,
          logOffset: 0.03993035017507118,
          logSigma: 0.018514719177910997,
        },
      ],
    },
    fluctuators: {
      logSigma: 0.001445,
      slope: 1.098,
      slowest: 0.02513,
      fastest: 1257,
      perDecade: 2,
    },
  },
  hrs: {
    medianResistance: 99990.7723521491,
    spread: {
      deviceToDevice: 0,
      cycleToCycle: 0.30463134092051664,
      readToRead: 0.01894,
    },
    activationEnergy: 0,
    shape: {
      kind: "two lognormals",
      logSigma: 0.30463134092051664,
      components: [
        {
          share: 0.31830471160327317,
          logOffset: -0.29130345240700173,
          logSigma: 0.07433297885755046,
        },
        {
          share: 0.6816952883967269,
          logOffset: 0.1625211370565829,
          logSigma: 0.2607577272480932,
        },
      ],
    },
    fluctuators: {
      logSigma: 0.04933,
      slope: 1.126,
      slowest: 0.02513,
      fastest: 1257,
      perDecade: 2,
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
    standing: "fitted to 49152 measured cells",
    source:
      "technology A of github.com/akashlevy/RRAM-Relaxation-Master-Model (MIT licence, copyright 2021 Akash Levy), digits cut to five: techa-bake.csv.xz (sha256 2c81e6c11873), techa-time-series.csv.xz (sha256 3c5456e42371)",
    temperature: 373.15,
    activationEnergy: 1.071,
    temperatures: [373.15, 453.15],
    times: [4493.81, 7164.75],
    conductances: [2.801e-8, 0.0003158],
    onset: 29.45,
    exponent: 1,
    fading: 0,
    spread: {
      conductances: [
        0.000002892, 0.00002028, 0.00003903, 0.00006037, 0.00008448, 0.0001112, 0.0001404, 0.000172, 0.0002062,
        0.0002434,
      ],
      values: [0.9192, 0.3281, 0.2474, 0.1817, 0.129, 0.08331, 0.05437, 0.03967, 0.02837, 0.02262],
    },
    amplitude: {
      conductances: [0.000002892, 0.00002542, 0.00005088, 0.00008082, 0.0001152, 0.0001536, 0.0001963, 0.0002434],
      values: [0.8275, 0.9791, 1.101, 1.041, 1, 0.9365, 0.584, 0.3299],
    },
    drift: {
      conductances: [0.000002892, 0.00002542, 0.00005088, 0.00008082, 0.0001152, 0.0001536, 0.0001963, 0.0002434],
      values: [-0.3097, -0.3314, -0.2802, -0.258, -0.168, 0.0317, 0.1839, 0.3686],
    },
    skew: {
      conductances: [0.000002892, 0.00002542, 0.00005088, 0.00008082, 0.0001152, 0.0001536, 0.0001963, 0.0002434],
      values: [-0.2082, -0.4978, -0.2964, -0.299, -0.2029, 0.001973, 0.09265, 0.1725],
    },
    shape: {
      conductances: [0.000002892, 0.00002542, 0.00005088, 0.00008082, 0.0001152, 0.0001536, 0.0001963, 0.0002434],
      values: [0.2633, 0.4843, 0.3843, 0.3685, 0.4222, 0.264, 0.176, 0.2758],
    },
    permanent: 0.8,
    redraws: 0.8,
  },
};
