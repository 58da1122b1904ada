import type { FilamentPhysics } from "#devices/index";
import type { SpiceForm } from "../element-kind.ts";
import type { Filament, FilamentModel } from "./filament.ts";
import { STATE_CAPACITANCE } from "./filament-equations.ts";

/** Name of a subcircuit that is one of our filaments. */
const FILAMENT_PREFIX = "rramlab_filament_";

/** Parameters of a filament as they are called in a deck. */
const FILAMENT_NAMES: Readonly<Record<keyof FilamentPhysics, string>> = {
  oxideThickness: "tox",
  leastFilament: "lmin",
  mostFilament: "lmax",
  currentScale: "i0",
  referenceFilament: "lref",
  fieldVoltage: "v0",
  generationBarrier: "eg",
  recombinationBarrier: "er",
  attemptVelocity: "velocity",
  hopDistance: "a0",
  fieldFactor: "gamma0",
  fieldFactorSlope: "gamma1",
  thermalCapacitance: "cth",
  thermalTime: "tauth",
};

/**
 * The filament's equations (devices/filament/physics.ts, filament-equations.ts) as behavioural sources: nodes l and t
 * hold its length [nm] and temperature [kK], on capacitors outside the subcircuit. Rates in nm/ns.
 */
const filamentSubcircuit = (name: string, p: FilamentPhysics, kelvin: string): string[] => {
  const parameters = Object.entries(FILAMENT_NAMES).map(
    ([key, short]) => `${short}=${p[key as keyof FilamentPhysics]}`,
  );
  const kt = "(8.617333262e-5*1000*v(t))";
  const rate = "(v(up)-v(dn))";
  return [
    `.subckt ${FILAMENT_PREFIX}${name} p n l t`,
    `.param ${parameters.slice(0, 7).join(" ")}`,
    `.param ${parameters.slice(7).join(" ")}`,
    `.param toxnm={tox*1e9} g0nm={(tox-lref)*1e9} lminnm={lmin*1e9} lmaxnm={lmax*1e9} hop={a0/tox}`,
    "Bi p n i=i0*exp((v(l)-toxnm)/g0nm)*sinh(v(p,n)/v0)",
    "Bw w 0 v=(gamma0+gamma1*(toxnm-v(l))**3)*hop*v(p,n)",
    `Bu up 0 v=velocity*exp(min(0,(v(w)-eg)/${kt}))`,
    `Bd dn 0 v=velocity*exp(min(0,(-v(w)-er)/${kt}))`,
    `Br r 0 v=(${rate}>0)?(lmaxnm-v(l)):(v(l)-lminnm)`,
    `Bl 0 l i=${STATE_CAPACITANCE * 1e9}*${rate}*max(0,min(1,v(r)/0.01))`,
    `Bt 0 t i=${STATE_CAPACITANCE}*(v(p,n)*i0*exp((v(l)-toxnm)/g0nm)*sinh(v(p,n)/v0)/(cth*1000)-(v(t)-${kelvin}/1000)/tauth)`,
    `.ends ${FILAMENT_PREFIX}${name}`,
  ];
};

export const filamentSpice: SpiceForm<Filament, FilamentModel> = {
  letter: "X",
  text: (e) => `${FILAMENT_PREFIX}${e.model}`,
  reads: null,
  read: null,
  subcircuit: {
    prefix: FILAMENT_PREFIX,
    nodes: 4,
    options: [],
    lines: (name, { params }, kelvin) => filamentSubcircuit(name, params, kelvin),
    model: (numbers, missing) => {
      const params = Object.entries(FILAMENT_NAMES).map(([key, short]): [string, number] => [
        key,
        numbers.get(short) ?? missing(`the filament's ${short}`),
      ]);
      return { type: "filament", params: Object.fromEntries(params) as unknown as FilamentPhysics };
    },
    element: (name, model, [plus, minus, length, temperature]) => ({
      name,
      type: "filament",
      model,
      nodes: [plus, minus, length, temperature],
    }),
  },
  cards: null,
};
