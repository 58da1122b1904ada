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

/** Names for layers that have none, by their kind and a number: "conv1"; none of those that are taken. */
export const layerNames = (taken: ReadonlySet<string> = new Set()): ((kind: LayerKind["kind"]) => string) => {
  const counts = new Map<string, number>();
  return (kind) => {
    const stem = STEMS[kind] ?? kind;
    let number = (counts.get(stem) ?? 0) + 1;
    while (taken.has(`${stem}${number}`)) number++;
    counts.set(stem, number);
    return `${stem}${number}`;
  };
};
