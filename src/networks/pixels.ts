import { INPUT, type Layer } from "./layers.ts";
import type { Network } from "./network.ts";

/** What a pixel 0 .. 255 is to a network that was trained elsewhere: pixel scale + offset, of all channels or one a channel. */
export interface PixelMap {
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

const refuse = (text: string, why: string): never => {
  throw new RangeError(
    `pixels: "${text}" ${why}; expected a range like 0..1, -1..1 or 0..255, or mean and deviation of pixels 0 .. 1, like 0.1307/0.3081 or 0.49,0.48,0.45/0.25,0.24,0.26.`,
  );
};

const numbersIn = (text: string, whole: string): number[] => {
  const numbers = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (!numbers.every(Number.isFinite)) refuse(whole, "holds what is no number");
  return numbers;
};

/**
 * "0..1": from pixel 0 to pixel 255; "mean/deviation": (pixel / 255 - mean) / deviation, as torchvision's Normalize after ToTensor.
 * @throws RangeError for other texts.
 */
export const parsePixels = (text: string): PixelMap => {
  const [low, high, ...more] = text.split("..");
  if (high !== undefined && more.length === 0) {
    const [[from, ...a], [to, ...b]] = [numbersIn(low, text), numbersIn(high, text)];
    if (a.length + b.length > 0 || from === to) refuse(text, "is no range");
    return { scale: [(to - from) / 255], offset: [from] };
  }
  const [mean, deviation, ...rest] = text.split("/");
  if (deviation === undefined || rest.length > 0) refuse(text, "is neither a range nor mean and deviation");
  const [means, deviations] = [numbersIn(mean, text), numbersIn(deviation, text)];
  if (means.length !== deviations.length) refuse(text, `has ${means.length} means and ${deviations.length} deviations`);
  if (deviations.some((d) => d === 0)) refuse(text, "divides by 0");
  return { scale: deviations.map((d) => 1 / (255 * d)), offset: means.map((m, c) => -m / deviations[c]) };
};

/**
 * A network of numbers as one of pixels: what enters is a pixel by this map. Maps that differ by channel become a layer of their own,
 * as padding behind it is then 0 of what it gives, not of pixels.
 *
 * @throws RangeError for a map of another number of channels, and for a network whose input has a quantizer.
 */
export const withPixels = (network: Network, { scale, offset }: PixelMap): Network => {
  const { input, layers, tensors } = network;
  const { channels } = input.shape;
  if (scale.length === 1) {
    const entered = { scale: input.scale * scale[0], offset: input.scale * offset[0] + input.offset };
    return { ...network, input: { ...input, ...entered } };
  }
  if (scale.length !== channels)
    throw new RangeError(`pixels: ${scale.length} means and deviations; the network's input has ${channels} channels.`);
  const name = "pixels";
  const entry: Layer = { name, kind: "batchNorm", epsilon: 0 };
  const moved = layers.map((layer, l): Layer => {
    const from = layer.from ?? (l === 0 ? [INPUT] : undefined);
    return from ? { ...layer, from: from.map((of) => (of === INPUT ? name : of)) } : layer;
  });
  const each = (of: (c: number) => number): Float32Array => Float32Array.from({ length: channels }, (_, c) => of(c));
  return {
    input: { ...input, scale: 1, offset: 0 },
    layers: [entry, ...moved],
    tensors: {
      ...tensors,
      [`${name}.gain`]: each((c) => input.scale * scale[c]),
      [`${name}.shift`]: each((c) => input.scale * offset[c] + input.offset),
      [`${name}.mean`]: each(() => 0),
      [`${name}.variance`]: each(() => 1),
    },
  };
};
