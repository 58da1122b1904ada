import type { MosfetParams } from "#devices/index";
import type { SpiceForm } from "../element-kind.ts";
import { type Transistor, type TransistorModel, transistor, transistorModel } from "./transistor.ts";

const PREFIX = "rramlab_ekv_";
/** Parameters of the extended EKV transistor as they are called in `.model`; polarity is the model's type. */
const EKV_NAMES = ["vt0", "n", "nb", "kp", "sigma", "theta", "vc", "lambda", "kt", "bex"] as const;

/**
 * The extended EKV equations of `drainCurrentInto` as a behavioural current source. Softplus is written so that it cannot
 * overflow; the forward and reverse terms are nodes of their own, so that each is evaluated once.
 */
const subcircuitLines = (name: string, m: MosfetParams, kelvin: string): string[] => {
  const v = (a: string, b: string): string => (m.polarity === "nmos" ? `v(${a},${b})` : `v(${b},${a})`);
  const x = (node: string): string => `(${v("g", "b")}-vt+sigma*sqrt(${v("d", "s")}**2+1e-4)-nb*${v(node, "b")})*slope`;
  const softplus = (node: string): string => `max(${x(node)},0)+ln(1+exp(-abs(${x(node)})))`;
  const sd = `sqrt(${v("d", "s")}**2+1e-4)`;
  const velocity = m.vc === Number.POSITIVE_INFINITY ? "" : "+(2*ut/vc)*sqrt((v(f)-v(r))**2+1e-6)";
  const [from, to] = m.polarity === "nmos" ? ["d", "s"] : ["s", "d"];
  const parameters = [
    `polarity=${m.polarity === "nmos" ? 1 : -1} vt0=${m.vt0} n=${m.n} nb=${m.nb} kp=${m.kp} sigma=${m.sigma}`,
    `theta=${m.theta} vc=${m.vc === Number.POSITIVE_INFINITY ? 0 : m.vc} lambda=${m.lambda} kt=${m.kt} bex=${m.bex}`,
  ];
  return [
    `.subckt ${PREFIX}${name} d g s b w=1u l=1u`,
    ...parameters.map((line) => `.param ${line}`),
    `.param ut={8.617333262e-5*${kelvin}} slope={1/(2*n*ut)}`,
    `.param vt={vt0-kt*(${kelvin}-300.15)+sigma*0.01}`,
    `.param ispec={2*n*kp*(w/l)*(${kelvin}/300.15)**(-bex)*ut*ut}`,
    `Bf f 0 v=${softplus("s")}`,
    `Br r 0 v=${softplus("d")}`,
    `Bd ${from} ${to} i=ispec*(v(f)-v(r))*(v(f)+v(r))*(1+lambda*${sd})/(1+theta*ut*(v(f)+v(r))${velocity})`,
    `.ends ${PREFIX}${name}`,
  ];
};

const ekvOf = (
  polarity: "nmos" | "pmos",
  values: ReadonlyMap<string, number>,
  missing: (what: string) => never,
): MosfetParams => {
  const get = (name: string): number => values.get(name) ?? missing(`the transistor's ${name}`);
  const vc = values.get("vc") ?? 0;
  return {
    polarity,
    vt0: get("vt0"),
    n: get("n"),
    nb: values.get("nb") ?? get("n"),
    kp: get("kp"),
    sigma: values.get("sigma") ?? 0,
    theta: values.get("theta") ?? 0,
    vc: vc > 0 ? vc : Number.POSITIVE_INFINITY,
    lambda: values.get("lambda") ?? 0,
    kt: values.get("kt") ?? 0,
    bex: values.get("bex") ?? 0,
  };
};

/** Lines M with our `.model`, and our subcircuit. */
export const transistorSpice: SpiceForm<Transistor, TransistorModel> = {
  letter: "X",
  text: (e) => `${PREFIX}${e.model} w=${e.width} l=${e.length}`,
  reads: "M",
  read: (line) => {
    line.need(5, "drain gate source bulk model w= l=");
    const misplaced = line.words.slice(0, 5).find((word) => word.includes("="));
    if (misplaced !== undefined) line.refuse(misplaced, "a node or the model is missing before it");
    const model = line.model(4);
    const options = line.options(5, "w", "l");
    for (const key of ["w", "l"]) if (!((options.get(key) ?? 0) > 0)) line.refuse(`${key}=`, "expected, above 0 m");
    const [width, length] = [options.get("w") ?? Number.NaN, options.get("l") ?? Number.NaN];
    const nodes = [line.node(0), line.node(1), line.node(2), line.node(3)] as const;
    return transistor(line.name, model, nodes, { width, length });
  },
  subcircuit: {
    prefix: PREFIX,
    nodes: 4,
    options: ["w", "l"],
    lines: (name, { params }, kelvin) => subcircuitLines(name, params, kelvin),
    model: (numbers, missing) =>
      transistorModel(ekvOf((numbers.get("polarity") ?? 1) > 0 ? "nmos" : "pmos", numbers, missing)),
    element: (name, model, [drain, gate, source, bulk], options) =>
      transistor(name, model, [drain, gate, source, bulk], {
        width: options.get("w") ?? 1e-6,
        length: options.get("l") ?? 1e-6,
      }),
  },
  cards: {
    types: ["rramlab_nmos", "rramlab_pmos"],
    parameters: EKV_NAMES,
    model: (type, values, missing) =>
      transistorModel(ekvOf(type === "rramlab_nmos" ? "nmos" : "pmos", values, missing)),
  },
};
