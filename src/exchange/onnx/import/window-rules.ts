import { showSides } from "../../arrays/tensor.ts";
import type { OnnxNode } from "../model.ts";
import { windowOf } from "../operators/layers.ts";
import { axisOf, listAt, numberAt, numbersAt } from "../operators/operator.ts";
import { gainOf } from "./affine.ts";
import type { Builder } from "./builder.ts";
import { pairOf, type Rule, tensorsOf, valueAt } from "./rule.ts";
import type { Activation } from "./values.ts";

/** A window, one row high where the value has rows alone. @throws RangeError for what windows here cannot be. */
export const imageWindow = (node: OnnxNode, sides: readonly number[], size: readonly number[]) => {
  if (sides.length < 1 || sides.length > 2)
    throw new RangeError(`a window over ${sides.length} sides; images and rows are known`);
  const { stride, dilation, before, after, places } = windowOf(node, sides, size);
  if (dilation.some((n) => n !== 1))
    throw new RangeError(`dilation ${showSides(dilation)}; 1 is known. Train it without, or as a larger window`);
  if (before.some((n, k) => n !== after[k]))
    throw new RangeError(
      `padding ${before.join(", ")} before and ${after.join(", ")} after; the same at both sides is known. Pad both sides alike`,
    );
  const floors = sides.map((n, k) => Math.floor((n + 2 * before[k] - size[k]) / stride[k]) + 1);
  if (floors.some((n, k) => n !== places[k])) throw new RangeError("ceil_mode adds places at the edge; none is known");
  return { size, stride, padding: before, places };
};

export const pool =
  (kind: "maxPool" | "averagePool"): Rule =>
  (node, inputs, builder) => {
    const { of, factor } = builder.factored(valueAt(inputs, 0));
    const [batch, channels, ...sides] = of.shape;
    const size = numbersAt(node, "kernel_shape");
    if (!size) throw new RangeError("it has no kernel_shape");
    const window = imageWindow(node, sides, size);
    if (window.padding.some((n) => n > 0))
      throw new RangeError(`padding ${showSides(window.padding)}; pooling here has none`);
    const made = builder.add({ kind, size: pairOf(window.size), stride: pairOf(window.stride) }, [of], {}, [
      batch,
      channels,
      ...window.places,
    ]);
    return { ...made, affine: gainOf(Float64Array.of(factor)) };
  };

const meanOfImage = (of: Activation, shape: readonly number[], builder: Builder): Activation =>
  builder.add({ kind: "globalAveragePool" }, [of], {}, shape);

export const globalAveragePool: Rule = (_node, inputs, builder) => {
  const { of, factor } = builder.factored(valueAt(inputs, 0));
  const kept = of.shape.map((n, k) => (k < 2 ? n : 1));
  return { ...meanOfImage(of, kept, builder), affine: gainOf(Float64Array.of(factor)) };
};

export const reduceMean: Rule = (node, inputs, builder) => {
  const { of, factor } = builder.factored(valueAt(inputs, 0));
  const { shape } = of;
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
  const kept = shape.map((n, k) => (k < 2 ? n : 1));
  const made = meanOfImage(of, numberAt(node, "keepdims", 1) === 1 ? kept : kept.slice(0, 2), builder);
  return { ...made, affine: gainOf(Float64Array.of(factor)) };
};
