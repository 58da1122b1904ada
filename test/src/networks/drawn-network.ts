import { type Layer, type Network, placeNetwork } from "#src/networks/index";
import { tensorsOf } from "#src/networks/network";
import { fold, type Key, normal, uniform } from "#src/random/index";

/** A draw of one network's: whole numbers and choices, one after the other. */
const drawer = (key: Key) => {
  let n = 0;
  const whole = (from: number, to: number): number => from + Math.floor((to - from + 1) * uniform(key, n++));
  return { whole, of: <T>(...all: readonly T[]): T => all[whole(0, all.length - 1)] };
};

/**
 * A network of all kinds of layers. Steps are powers of two, so that sums are exact in floating point as well and nothing can be rounded to another
 * side.
 */
export const drawnNetwork = (key: Key): Network => {
  const { whole, of } = drawer(key);
  const shape = of(
    { channels: whole(1, 3), height: whole(5, 8), width: whole(5, 8) },
    { channels: 2, height: 1, width: 12 },
  );
  const quantizer = of(null, null, {
    bits: whole(2, 5),
    signed: of(true, false),
    narrow: of(true, false),
    scale: of(0.125, 4),
    zeroPoint: of(0, 1, 0.5, 0.25),
  });
  const input = { shape, scale: of(1 / 256, -1 / 128, 2), offset: of(0, 1, -0.5, 0.3), quantizer };
  const layers: Layer[] = [];
  const named = (layer: Record<string, unknown>): void => {
    layers.push({ name: `layer${layers.length}`, ...layer } as Layer);
  };
  const weighted = () => ({
    weights: of<object>(
      { kind: "binary" },
      { kind: "ternary" },
      { kind: "integer", bits: whole(2, 5), narrow: of(true, false) },
    ),
    scale: of("none", "tensor", "channel"),
  });
  const between = (): void => {
    if (whole(0, 1)) named({ kind: "batchNorm", epsilon: of(1e-5, 0.1) });
    if (whole(0, 3) === 0) named({ kind: "bias" });
    if (whole(0, 4) === 0)
      named(of<Record<string, unknown>>({ kind: "relu" }, { kind: "hardTanh" }, { kind: "clip", low: -0.5, high: 6 }));
  };
  const quantized = (): void =>
    named(
      of<Record<string, unknown>>(
        { kind: "sign" },
        { kind: "ternary", threshold: of(0, 0.25, 0.5) },
        { kind: "steps", at: [0], above: [of(true, false)], values: of([-1, 1], [0, 1], [-0.5, 2]) },
        {
          kind: "steps",
          at: [-0.5, 1],
          above: [of(true, false), false],
          values: of([-1, 0, 1], [0, 2, 4], [-1.5, 0, 4]),
        },
        {
          kind: "uniform",
          bits: whole(2, 9),
          signed: of(true, false),
          narrow: of(true, false),
          scale: of(0.25, 1),
          zeroPoint: of(0, 0, 2, 0.5),
        },
      ),
    );
  const pooled = (): void => {
    const { to } = placeNetwork({ input, layers })[layers.length - 1];
    const size = [Math.min(2, to.height), Math.min(2, to.width)];
    const padding = of({}, {}, { padding: size.map((n) => whole(0, n - 1)) });
    if (whole(0, 2) === 0)
      named({ kind: of("maxPool", "maxPool", "averagePool"), size, stride: of([1, 1], size), ...padding });
  };
  for (let block = whole(1, 3); block > 0; block--) {
    const from = layers.length > 0 ? placeNetwork({ input, layers })[layers.length - 1].to : shape;
    const groups = of(1, 1, from.channels);
    const [rows, columns] = [Math.min(from.height, whole(1, 3)), Math.min(from.width, whole(1, 3))];
    named({
      kind: "conv2d",
      channels: groups * whole(1, 4),
      size: [rows, columns],
      stride: [whole(1, 2), whole(1, 2)],
      padding: of([0, 0], [whole(0, rows - 1), whole(0, columns - 1)]),
      groups,
      ...weighted(),
    });
    pooled();
    between();
    pooled();
    quantized();
    if (whole(0, 3) === 0) {
      const last = layers[layers.length - 1].name;
      named({ kind: of("sign", "ternary"), threshold: 0.25, from: [last] });
      named({ kind: "add", from: [last, layers[layers.length - 1].name] });
      quantized();
    }
  }
  named({ kind: of("flatten", "globalAveragePool") });
  named({ kind: "dense", outputs: whole(1, 6), ...weighted() });
  between();
  const tensors: Record<string, Float32Array> = {};
  for (const at of placeNetwork({ input, layers }))
    for (const [part, length] of Object.entries(tensorsOf(at))) {
      const own = fold(fold(key, at.layer.name), part);
      const reach =
        "weights" in at.layer && at.layer.weights.kind === "integer" ? 2 ** (at.layer.weights.bits - 1) - 1 : 1;
      const isBinary = "weights" in at.layer && at.layer.weights.kind === "binary";
      const value = (k: number): number => {
        if (part === "scale") return 2 ** Math.floor(4 * uniform(own, k) - 2);
        if (part === "variance") return 4 * uniform(own, k) + 0.1;
        if (part !== "weight") return Math.round(8 * normal(own, k)) / 8;
        if (isBinary) return uniform(own, k) < 0.5 ? -1 : 1;
        return Math.floor((2 * reach + 1) * uniform(own, k)) - reach;
      };
      tensors[`${at.layer.name}.${part}`] = Float32Array.from({ length }, (_, k) => value(k));
    }
  return { input, layers, tensors };
};
