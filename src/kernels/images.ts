type Pair = readonly [number, number];

/**
 * Images in the kernels' memory, channels last: image x row x column x channel, with rows and columns of zeros around them (`border`),
 * which nothing but zeros may be written to. A vector is an image of one pixel.
 */
export interface Images {
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  readonly border: Pair;
}

type ImagesShape = Omit<Images, "data">;

/** Numbers that so many images take. */
export const imagesLength = ({ rows, columns, channels, border }: ImagesShape, count: number): number =>
  count * (rows + 2 * border[0]) * (columns + 2 * border[1]) * channels;

/** A window over images, and which of a pixel's channels it sees and gives: all, or a group's. */
export interface ImageWindow {
  readonly size: Pair;
  readonly stride: Pair;
  /** At most the border of what it is moved over. */
  readonly padding: Pair;
  /** Channels that it sees, from this one of the image on. */
  readonly channels: number;
  readonly fromChannel: number;
  /** Channels that it gives, from this one of the result on. */
  readonly outputs: number;
  readonly toChannel: number;
}

/** A window that each channel has of its own. */
export type DepthWindow = Pick<ImageWindow, "size" | "stride" | "padding">;

/** Images number first .. first + count. */
export interface Range {
  readonly first: number;
  readonly count: number;
}

/** What values become: 0 as they are, 1 signs, 2 +1 above `high` and -1 below `low`, else 0, 3 within low .. high. */
export interface Pointwise {
  readonly kind: 0 | 1 | 2 | 3;
  readonly low: number;
  readonly high: number;
  /** Where gradients pass, the ends included. */
  readonly passes: Pair;
}

/** An affine map of (x - mean), a channel each, arrays as long as the channels filled up to four. */
export interface ByChannel {
  readonly mean: Float32Array;
  readonly factor: Float32Array;
  readonly shift: Float32Array;
}

/** Layers over images with their channels last; each is the arithmetic of one image, or a sum over a range in its order. */
export interface ImageKernels {
  /**
   * Weights (window rows x columns x channels x outputs) as `convolve` reads them; turned: those of the way back, whose outputs are
   * the window's channels.
   */
  pack(packed: Float32Array, weights: Float32Array, window: ImageWindow, turned: "turned" | "forwards"): void;
  /** out = the window's outputs at all its places of x. */
  convolve(out: Images, x: Images, packed: Float32Array, window: ImageWindow, of: Range): void;
  /** gradient (window rows x columns x channels x outputs) += that of above . convolve(x). */
  gradient(gradient: Float32Array, above: Images, x: Images, window: ImageWindow, of: Range): void;
  /** The same of a depthwise convolution, whose every channel has a window of its own: weights are window rows x columns x channels. */
  depthwise(out: Images, x: Images, weights: Float32Array, window: DepthWindow, of: Range): void;
  /** gradient (as those weights) += that of above . depthwise(x). */
  depthwiseGradient(gradient: Float32Array, above: Images, x: Images, window: DepthWindow, of: Range): void;
  /** The largest of each 2 x 2; a side's odd last element is in no pool. */
  pool(pooled: Images, x: Images, of: Range): void;
  /** Gradients of pools to where the first of their largest stands, zeros to the others; elements in no pool are left alone. */
  unpool(to: Images, above: Images, pooled: Images, x: Images, of: Range): void;
  /** Mean, then sum of squared deviations, of each channel over a range. */
  moments(moments: Float64Array, x: Images, of: Range): void;
  /** out = pointwise((x - mean) factor + shift). */
  normalise(out: Images, x: Images, by: ByChannel, pointwise: Pointwise, of: Range): void;
  /**
   * Sets gradients to 0 where (x - mean) factor + shift is beyond what passes, and sums what stays over a range, a channel each: the
   * gradient, then the gradient times (x - mean).
   */
  gradientSums(sums: Float64Array, gradient: Images, x: Images, by: ByChannel, pointwise: Pointwise, of: Range): void;
  /** out = factor (gradient - level - (x - mean) slope). */
  normaliseBack(
    out: Images,
    gradient: Images,
    x: Images,
    by: Omit<ByChannel, "shift">,
    level: Float32Array,
    slope: Float32Array,
    of: Range,
  ): void;
}

export type ImageExports = Record<
  | "convolveImages"
  | "packWindow"
  | "depthwiseImages"
  | "depthwiseGradient"
  | "convolutionGradientImages"
  | "poolImages"
  | "unpoolImages"
  | "imageMoments"
  | "normaliseImages"
  | "gradientSums"
  | "normaliseBackImages",
  (...args: number[]) => number
>;

/** Outputs that a tile of the kernels has. */
const TILE = 8;
/** Numbers of images that a block of the gradient's rows may have: a first-level cache. */
const NEAR = 8192;

/** Numbers that packed weights take. */
export const packedLength = ({ size, channels, outputs }: ImageWindow, turned: "turned" | "forwards"): number => {
  const [inside, ahead] = turned === "turned" ? [outputs, channels] : [channels, outputs];
  return Math.ceil(ahead / TILE) * TILE * inside * size[0] * size[1];
};

/** Binds the kernels; `aside` is the address of room for a tile. */
export const bindImages = (
  wasm: ImageExports,
  at: (array: { readonly buffer: ArrayBufferLike; readonly byteOffset: number }) => number,
  aside: number,
): ImageKernels => {
  const strides = ({ columns, rows, channels, border }: Images) => {
    const pixel = 4 * channels;
    const row = (columns + 2 * border[1]) * pixel;
    return { pixel, row, image: (rows + 2 * border[0]) * row };
  };
  /** Address of a range's first inner pixel, and the strides. */
  const place = (images: Images, { first }: Range) => {
    const { pixel, row, image } = strides(images);
    const start = at(images.data) + first * image + images.border[0] * row + images.border[1] * pixel;
    return { start, pixel, row, image };
  };
  /** Images of one pixel are the columns of one image. */
  const extent = ({ count }: Range, ...all: readonly Images[]): readonly [number, number, number] => {
    const [{ rows, columns }] = all;
    const isVector = rows * columns === 1 && all.every(({ border }) => border[0] + border[1] === 0);
    return isVector ? [1, 1, count] : [count, rows, columns];
  };
  /** Strides of a window and its pieces: one a row where it sees all channels, else one a pixel. */
  const pieces = (x: Images, { size, stride, padding, channels, fromChannel }: ImageWindow, of: Range) => {
    const { start, pixel, row, image } = place(x, of);
    const isWhole = channels === x.channels;
    return {
      start: start - padding[0] * row - padding[1] * pixel + 4 * fromChannel,
      row,
      image,
      strideRow: stride[0] * row,
      strideColumn: stride[1] * pixel,
      length: isWhole ? size[1] * channels : channels,
      segments: isWhole ? 1 : size[1],
      step: pixel,
    };
  };
  return {
    pack: (packed, weights, { size, channels, outputs }, turned) => {
      wasm.packWindow(at(packed), at(weights), size[0] * size[1], channels, outputs, turned === "turned" ? 1 : 0);
    },
    convolve: (out, x, packed, window, of) => {
      const to = place(out, of);
      const from = pieces(x, window, of);
      wasm.convolveImages(
        to.start + 4 * window.toChannel,
        to.pixel,
        to.row,
        to.image,
        from.start,
        from.row,
        from.image,
        from.strideRow,
        from.strideColumn,
        at(packed),
        of.count,
        out.rows,
        out.columns,
        window.outputs,
        4 * from.length,
        from.segments,
        from.step,
        window.size[0],
        aside,
      );
    },
    gradient: (gradient, above, x, window, of) => {
      const by = place(above, of);
      const from = pieces(x, window, of);
      const rowNumbers = (from.row + by.row) / 4;
      wasm.convolutionGradientImages(
        at(gradient),
        window.outputs,
        by.start + 4 * window.toChannel,
        by.pixel,
        by.row,
        by.image,
        from.start,
        from.row,
        from.image,
        from.strideRow,
        from.strideColumn,
        of.count,
        above.rows,
        above.columns,
        from.length,
        from.segments,
        from.step,
        window.size[0],
        Math.max(1, Math.floor(NEAR / rowNumbers)),
        aside,
      );
    },
    depthwise: (out, x, weights, { size, stride, padding }, of) => {
      const [to, from] = [place(out, of), place(x, of)];
      wasm.depthwiseImages(
        to.start,
        to.pixel,
        to.row,
        to.image,
        from.start - padding[0] * from.row - padding[1] * from.pixel,
        from.pixel,
        from.row,
        from.image,
        stride[0] * from.row,
        stride[1] * from.pixel,
        at(weights),
        of.count,
        out.rows,
        out.columns,
        out.channels,
        ...size,
      );
    },
    depthwiseGradient: (gradient, above, x, { size, stride, padding }, of) => {
      const [by, from] = [place(above, of), place(x, of)];
      wasm.depthwiseGradient(
        at(gradient),
        by.start,
        by.pixel,
        by.row,
        by.image,
        from.start - padding[0] * from.row - padding[1] * from.pixel,
        from.pixel,
        from.row,
        from.image,
        stride[0] * from.row,
        stride[1] * from.pixel,
        of.count,
        above.rows,
        above.columns,
        above.channels,
        ...size,
      );
    },
    pool: (pooled, x, of) => {
      const [to, from] = [place(pooled, of), place(x, of)];
      const { rows, columns, channels } = pooled;
      wasm.poolImages(to.start, to.row, to.image, from.start, from.row, from.image, of.count, rows, columns, channels);
    },
    unpool: (to, above, pooled, x, of) => {
      const [into, by, most, from] = [to, above, pooled, x].map((images) => place(images, of));
      wasm.unpoolImages(
        into.start,
        into.row,
        into.image,
        by.start,
        by.row,
        by.image,
        most.start,
        most.row,
        most.image,
        from.start,
        from.row,
        from.image,
        of.count,
        pooled.rows,
        pooled.columns,
        pooled.channels,
      );
    },
    moments: (moments, x, of) => {
      const from = place(x, of);
      wasm.imageMoments(at(moments), from.start, from.pixel, from.row, from.image, ...extent(of, x), x.channels);
    },
    normalise: (out, x, { mean, factor, shift }, { kind, low, high }, of) => {
      const [to, from] = [place(out, of), place(x, of)];
      wasm.normaliseImages(
        to.start,
        to.pixel,
        to.row,
        to.image,
        from.start,
        from.pixel,
        from.row,
        from.image,
        ...extent(of, x, out),
        x.channels,
        at(mean),
        at(factor),
        at(shift),
        kind,
        low,
        high,
      );
    },
    gradientSums: (sums, gradient, x, { mean, factor, shift }, { passes }, of) => {
      const [by, from] = [place(gradient, of), place(x, of)];
      wasm.gradientSums(
        at(sums),
        by.start,
        by.pixel,
        by.row,
        by.image,
        from.start,
        from.pixel,
        from.row,
        from.image,
        ...extent(of, x, gradient),
        x.channels,
        at(mean),
        at(factor),
        at(shift),
        ...passes,
      );
    },
    normaliseBack: (out, gradient, x, { mean, factor }, level, slope, of) => {
      const [to, by, from] = [out, gradient, x].map((images) => place(images, of));
      wasm.normaliseBackImages(
        to.start,
        to.pixel,
        to.row,
        to.image,
        by.start,
        by.pixel,
        by.row,
        by.image,
        from.start,
        from.pixel,
        from.row,
        from.image,
        ...extent(of, x, gradient, out),
        x.channels,
        at(mean),
        at(factor),
        at(level),
        at(slope),
      );
    },
  };
};
