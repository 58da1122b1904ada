import type { LayerKind } from "#src/networks/layers";

/** Names of layers by what they do. */
const STEMS: Readonly<Partial<Record<LayerKind["kind"], string>>> = {
  conv2d: "conv",
  conv1d: "conv",
  batchNorm: "norm",
  maxPool: "pool",
  averagePool: "pool",
  globalAveragePool: "pool",
  flatten: "flat",
};

/** Names for layers that have none, by their kind and a number: "conv1". */
export const layerNames = (): ((kind: LayerKind["kind"]) => string) => {
  const counts = new Map<string, number>();
  return (kind) => {
    const stem = STEMS[kind] ?? kind;
    const number = (counts.get(stem) ?? 0) + 1;
    counts.set(stem, number);
    return `${stem}${number}`;
  };
};
