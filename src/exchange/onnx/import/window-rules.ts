import { showSides } from "../../arrays/tensor.ts";
import type { OnnxNode } from "../model.ts";
import { windowOf } from "../operators/layers.ts";
import { axisOf, listAt, numberAt, numbersAt } from "../operators/operator.ts";
import { gainOf } from "./affine.ts";
import type { Builder } from "./builder.ts";
import { pairOf, type Rule, tensorsOf, valueAt } from "./rule.ts";
import type { Activation } from "./values.ts";

/** A window, one row high where the value has rows alone. @throws RangeError for what windows here cannot be. */
export const imageWindow = (
  node: OnnxNode,
  sides: readonly number[],
  size: readonly number[],
  around: readonly number[] = sides.map(() => 0),
) => {
  if (sides.length < 1 || sides.length > 2)
    throw new RangeError(`a window over ${sides.length} sides; images and rows are known`);
  const padded = sides.map((n, k) => n + 2 * around[k]);
  const { stride, dilation, before, after, places } = windowOf(node, padded, size);
  if (dilation.some((n) => n !== 1))
    throw new RangeError(`dilation ${showSides(dilation)}; 1 is known. Train it without, or as a larger window`);
  if (before.some((n, k) => n !== after[k]))
    throw new RangeError(
      `padding ${before.join(", ")} before and ${after.join(", ")} after; the same at both sides is known. Pad both sides alike`,
    );
  const floors = padded.map((n, k) => Math.floor((n + 2 * before[k] - size[k]) / stride[k]) + 1);
  if (floors.some((n, k) => n !== places[k])) throw new RangeError("ceil_mode adds places at the edge; none is known");
  return { size, stride, padding: before.map((n, k) => n + around[k]), places };
};

/** Padding of rows alone has none above and below. */
const edgeOf = (padding: readonly number[]): readonly [number, number] =>
  padding.length === 1 ? [0, padding[0]] : [padding[0], padding[1]];

export const pool =
  (kind: "maxPool" | "averagePool"): Rule =>
  (node, inputs, builder) => {
    const value = valueAt(inputs, 0);
    if (value.kind === "padded" && kind === "maxPool")
      throw new RangeError("it takes zeros around a value among the largest; give the padding to the pooling itself");
    const { of, factor } = builder.factored(value.kind === "padded" ? value.of : value);
    const around = value.kind === "padded" ? value.padding : undefined;
    const [batch, channels, ...sides] = of.shape;
    const size = numbersAt(node, "kernel_shape");
    if (!size) throw new RangeError("it has no kernel_shape");
    const window = imageWindow(node, sides, size, around);
    const isPadded = window.padding.some((n) => n > 0);
    const isOwn = window.padding.some((n, k) => n !== (around?.[k] ?? 0));
    if (isOwn && kind === "averagePool" && numberAt(node, "count_include_pad", 0) !== 1)
      throw new RangeError(
        `padding ${showSides(window.padding)} that is left out of means; here it counts as 0 (count_include_pad = 1)`,
      );
    const edge = isPadded ? { padding: edgeOf(window.padding) } : {};
    const kept = { kind, size: pairOf(window.size), stride: pairOf(window.stride), ...edge };
    const made = builder.add(kept, [of], {}, [batch, channels, ...window.places]);
    return { ...made, affine: gainOf(Float64Array.of(factor)) };
  };

const meanOfImage = (
  { of, factor }: ReturnType<Builder["factored"]>,
  keepsSides: boolean,
  builder: Builder,
): Activation => {
  const kept = keepsSides ? of.shape.map((n, k) => (k < 2 ? n : 1)) : of.shape.slice(0, 2);
  const made = builder.add({ kind: "globalAveragePool" }, [of], {}, kept);
  return { ...made, affine: gainOf(Float64Array.of(factor)) };
};

export const globalAveragePool: Rule = (_node, inputs, builder) =>
  meanOfImage(builder.factored(valueAt(inputs, 0)), true, builder);

export const reduceMean: Rule = (node, inputs, builder) => {
  const image = builder.factored(valueAt(inputs, 0));
  const { shape } = image.of;
  const axes = (listAt(tensorsOf(inputs), 1, node, "axes") ?? []).map((axis) => axisOf(axis, shape.length)).sort();
  if (
    shape.length < 3 ||
    axes.join() !==
      shape
        .slice(2)
        .map((_, k) => k + 2)
        .join()
  )
    throw new RangeError(
      `a mean along ${axes.join(", ") || "all"} of ${showSides(shape)}; that of whole images is known`,
    );
  return meanOfImage(image, numberAt(node, "keepdims", 1) === 1, builder);
};
