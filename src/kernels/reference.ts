import type { ConvolutionShape, Matrix } from "./kernels.ts";

/** The naive twin of `gemm`: one sum in float64 an element. */
export const gemmReference = (
  c: Float32Array,
  a: Matrix,
  b: Matrix,
  rows: number,
  columns: number,
  depth: number,
): void => {
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < depth; k++)
        sum += a.data[i * a.rowStride + k * a.columnStride] * b.data[k * b.rowStride + j * b.columnStride];
      c[i * columns + j] = sum;
    }
};

/**
 * The naive twin of every popcount kernel: y[b, o] = sum over i of x[b, i] w[o, i], in integers.
 * x is batch x length, w outputs x length, row-major.
 */
export const integerDotReference = (
  y: Int32Array,
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  batch: number,
  outputs: number,
  length: number,
): void => {
  for (let b = 0; b < batch; b++)
    for (let o = 0; o < outputs; o++) {
      let sum = 0;
      for (let i = 0; i < length; i++) sum += x[b * length + i] * w[o * length + i];
      y[b * outputs + o] = sum;
    }
};

/**
 * The naive twin of the convolutions: calls `visit(weight, from, to)` for every product of one image, places in weights, image and
 * output.
 */
export const forEachConvolved = (
  { channels, height, width, outChannels, kernel, padding }: ConvolutionShape,
  visit: (weight: number, from: number, to: number) => void,
): void => {
  const outHeight = height + 2 * padding - kernel + 1;
  const outWidth = width + 2 * padding - kernel + 1;
  for (let o = 0; o < outChannels; o++)
    for (let y = 0; y < outHeight; y++)
      for (let x = 0; x < outWidth; x++)
        for (let c = 0; c < channels; c++)
          for (let i = 0; i < kernel; i++)
            for (let j = 0; j < kernel; j++) {
              const [row, column] = [y + i - padding, x + j - padding];
              if (row >= 0 && row < height && column >= 0 && column < width)
                visit(
                  ((o * channels + c) * kernel + i) * kernel + j,
                  (c * height + row) * width + column,
                  (o * outHeight + y) * outWidth + x,
                );
            }
};
