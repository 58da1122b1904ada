import { fusedKernelsBase64, kernelsBase64 } from "./built/kernels.ts";
import { arraysIn, bytesOf, type Declared, integers } from "./declared-arrays.ts";
import { bindImages, type ImageExports, type ImageKernels } from "./images.ts";
import { bindSpiking, type SpikingKernel, type SpikingKernelNetwork } from "./spiking.ts";

/** A matrix as the product reads it: element (r, c) is `data[r * rowStride + c * columnStride]`. */
export interface Matrix {
  readonly data: Float32Array;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** Row-major matrix of `columns` columns. */
export const rowMajor = (data: Float32Array, columns: number): Matrix => ({
  data,
  rowStride: columns,
  columnStride: 1,
});

/** The transpose of a row-major matrix of `columns` columns, without moving anything. */
export const transposed = (data: Float32Array, columns: number): Matrix => ({
  data,
  rowStride: 1,
  columnStride: columns,
});

/** Packed rows of 64-bit words: `words` words a row. */
export interface Packed {
  readonly bits: BigUint64Array;
  readonly words: number;
}

/**
 * The compute kernels over one linear memory of fixed size. Arrays that a kernel reads or writes are allocated from
 * that memory by `float32`, `int32`, `words`; they live as long as the object.
 */
export interface Kernels {
  /** Layers over images with their channels last. */
  readonly images: ImageKernels;
  float32(length: number): Float32Array;
  int32(length: number): Int32Array;
  words(length: number): BigUint64Array;
  /** Calls `work`, then takes back what it allocated: arrays made inside must not outlive it. */
  scoped<T>(work: () => T): T;
  /**
   * c (rows x columns, row-major) += a b by whichever is faster: the product of full matrices, or, where most of `a` is 0, the one
   * that skips zeros. `a` (rows x depth) is all of its array; b is row-major.
   */
  addProduct(c: Float32Array, a: Matrix, b: Float32Array, rows: number, columns: number, depth: number): void;
  /** c (rows x columns, row-major) = a b, or c += a b, with a rows x depth and b depth x columns. */
  gemm(
    c: Float32Array,
    a: Matrix,
    b: Matrix,
    rows: number,
    columns: number,
    depth: number,
    accumulate?: "accumulate",
  ): void;
  /** y[b, o] = sum over i of x w; signs (bit 1 for -1), `length` elements a row; rows of weights as `byFours` turns them. Reads two bit planes. */
  binaryDot(y: Int32Array, x: Packed, w: Packed, batch: number, outputs: number, length: number): void;
  /** The same for ternary w; `nonZero[o]` is the number of non-zero weights of a row. Reads three bit planes. */
  weightGatedDot(y: Int32Array, x: Packed, w: Packed, wMask: Packed, nonZero: Int32Array, batch: number): void;
  /**
   * Bits of an image of channels x pixels, wordsFor(channels) words a pixel: of each number that it is negative, that it is not 0, or bit
   * `kind` of its magnitude.
   */
  packPixels(bits: BigUint64Array, image: Float32Array, channels: number, pixels: number, kind: PixelBit): void;
  /** turned (columns x rows) = the transpose of whole numbers (rows x columns). */
  turnSums(turned: Float32Array, sums: Int32Array, rows: number, columns: number): void;
  /**
   * Patches of packed pixels for the dot products, a row a place from word `offset` on, rows `stride` words apart: bits of a pixel's
   * channels side by side, pixels of the window one after the other; none beyond the image.
   */
  bitPatches(rows: BigUint64Array, offset: number, stride: number, pixels: BigUint64Array, shape: PatchShape): void;
  /** The same for ternary x and w. Reads four bit planes. */
  gatedDot(y: Int32Array, x: Packed, xMask: Packed, w: Packed, wMask: Packed, batch: number, outputs: number): void;
  /** The same for x of `planes` bits, a vector's planes in successive rows, and ternary w. Reads planes + 2 bit planes. */
  planesDot(y: Int32Array, x: Packed, planes: number, w: Packed, wMask: Packed, batch: number, outputs: number): void;
  /** out (batch x outChannels x places) += the convolution of images. */
  convolve(
    out: Float32Array,
    images: Float32Array,
    weights: Float32Array,
    batch: number,
    shape: ConvolutionShape,
  ): void;
  /**
   * images (batch x channels x height x width) += the transpose of the same convolution, of `above` (batch x outChannels x places);
   * `turned` are the weights as `turnWeights` left them.
   */
  convolveBack(
    images: Float32Array,
    above: Float32Array,
    turned: Float32Array,
    batch: number,
    shape: ConvolutionShape,
  ): void;
  /**
   * images += the transpose, of what was pooled (batch x outChannels x pooledArea) at the places it came from; `spread` are the
   * weights as `spreadWeights` left them.
   */
  convolveBackPooled(
    images: Float32Array,
    pooled: Float32Array,
    choices: Int32Array,
    spread: Float32Array,
    batch: number,
    pooledArea: number,
    shape: ConvolutionShape,
  ): void;
  /** Whether images of this shape are small enough for `convolveBackPooled`. */
  takesPooled(shape: ConvolutionShape): boolean;
  /** Weights for `convolveBackPooled`: outChannels x kernel x kernel x channels, channels filled up to a multiple of four. */
  spreadWeights(spread: Float32Array, weights: Float32Array, shape: ConvolutionShape): void;
  /** Weights for the way back, as many numbers. */
  turnWeights(turned: Float32Array, weights: Float32Array, shape: ConvolutionShape): void;
  /** gradient (like the weights) += that of above . convolution(images). */
  convolutionGradient(
    gradient: Float32Array,
    above: Float32Array,
    images: Float32Array,
    batch: number,
    shape: ConvolutionShape,
  ): void;
  /**
   * The largest of each 2 x 2 of `maps` maps, and its place in the map; the first where several are. A side's odd last element is in
   * no pool.
   */
  maxPool(
    pooled: Float32Array,
    choices: Int32Array,
    images: Float32Array,
    maps: number,
    height: number,
    width: number,
  ): void;
  /** images = 0, but what was pooled at the places it came from. */
  unpool(images: Float32Array, pooled: Float32Array, choices: Int32Array, maps: number): void;
  /** s = f(u), `kind` the activation's number; lengths are multiples of four. */
  activate(s: Float32Array, u: Float32Array, kind: number): void;
  /** One step of Adam on `w`, in double precision. */
  adamStep(w: Float32Array, gradient: Float32Array, first: Float32Array, second: Float32Array, by: AdamStep): void;
  /**
   * Prepares synchronous steps of a layered network; the result runs them on a panel:
   *
   *     s_n <- f(c_n + W_n s_{n-1} + B_{n+1}^T s_{n+1}),   last layer: f(... + inside (y - s)) + outside (y - s)
   *
   * until `steps` are done or, with a tolerance above 0, no state has moved further in one. Returns the steps done;
   * `moved[0]` is the largest move of the last.
   */
  relaxation(network: RelaxedNetwork): Relax;
  /** Lays out a network of spiking neurons; the result runs it on one image. */
  spiking(network: SpikingKernelNetwork): SpikingKernel;
  /**
   * sums <- keep sums + by (sum over the first `spikes` of `list` of their rows), rows as wide as the sums, a multiple of four: what
   * spikes deliver.
   */
  deliver(sums: Float32Array, list: Int32Array, spikes: number, rows: Float32Array, keep: number, by: number): void;
}

interface Relax {
  readonly moved: Float32Array;
  (panel: RelaxedPanel, inside: number, outside: number, steps: number, tolerance: number): number;
}

/** What a bit says of a number: its sign, that it is not 0, or this bit of its magnitude. */
export type PixelBit = "sign" | "mask" | number;

/** A window over images of packed pixels. */
export interface PatchShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly size: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  /** Rows and columns of places. */
  readonly places: readonly [number, number];
}

/** Parameters of one step of Adam: see src/networks/optimiser.ts. */
interface AdamStep {
  readonly rate: number;
  readonly epsilon: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly limit: number;
}

/** Four images of a layered network: element (neuron, image) of a layer at neuron * 4 + image, layers one after the other. */
export interface RelaxedPanel {
  readonly states: Float32Array;
  /** As long as the states. */
  readonly scratch: Float32Array;
  /** Constant drive: biases, and the static input's in the first layer. */
  readonly drive: Float32Array;
  /** Targets of the last layer. */
  readonly targets: Float32Array;
}

/** A convolution of square kernels, stride 1: images batch x channels x height x width, weights outChannels x channels x kernel x kernel. */
export interface ConvolutionShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly outChannels: number;
  readonly kernel: number;
  readonly padding: number;
}

/** What relaxes: neurons a layer and weights a layer, inputs x outputs (the first layer's are not read). */
interface RelaxedNetwork {
  readonly widths: readonly number[];
  readonly forward: readonly Float32Array[];
  readonly backward: readonly Float32Array[];
  /** Numbers of the activations in the kernels: hidden layers, and the last. */
  readonly activation: number;
  readonly outputActivation: number;
}

/** Arrays that `relaxation` allocates: what moved, and the layers' widths and the addresses of their weights both ways. */
export const relaxationArrays = (layers: number) => ({
  moved: 1,
  tables: [integers(layers), integers(layers), integers(layers)],
});

type Exports = Record<
  | "gemm"
  | "gemmWorkspaceBytes"
  | "binaryDot"
  | "weightGatedDot"
  | "gatedDot"
  | "planesDot"
  | "packPixels"
  | "bitPatches"
  | "turnSums"
  | "convolve"
  | "convolutionChannels"
  | "convolutionGradient"
  | "convolutionWorkspaceBytes"
  | "convolveBackPooled"
  | "pooledBackBytes"
  | "spreadWeights"
  | "turnWeights"
  | "maxPool"
  | "unpool"
  | "nonZeros"
  | "sparseProduct"
  | "activate"
  | "adamStep"
  | "relax"
  | "runPhase"
  | "deliver",
  (...args: number[]) => number
> &
  ImageExports;

/** Share of elements other than 0 below which the product that skips zeros is the faster one (npm run bench -- ep). */
const SPARSE = 0.5;

/** Unit of a linear memory [bytes]. */
export const PAGE = 65536;
/** Kernels of images read up to three numbers beyond what they use. */
const SLACK = 16;
/** Of a linear memory: addresses are 32 bits, the sign is left out. */
const MOST_PAGES = 32768;
// AssemblyScript's static data, were there any, starts at 1024; the first page is left to it.
export const FIRST_FREE = PAGE;

/**
 * How products are added: rounded first, the same bytes everywhere; or fused, with one rounding of both, by hosts that can (relaxed SIMD
 * of WebAssembly), other bytes.
 */
export const ARITHMETICS = ["strict", "fused"] as const;
export type Arithmetic = (typeof ARITHMETICS)[number];

const compiled: Partial<Record<Arithmetic, WebAssembly.Module>> = {};

/** The kernels' functions, by name, over `memory`. */
export const instantiate = (
  memory: WebAssembly.Memory,
  arithmetic: Arithmetic = "strict",
): Record<string, (...args: number[]) => number> => {
  const text = arithmetic === "strict" ? kernelsBase64 : fusedKernelsBase64;
  compiled[arithmetic] ??= new WebAssembly.Module(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
  const { exports } = new WebAssembly.Instance(compiled[arithmetic], { env: { memory, abort: () => undefined } });
  return exports as unknown as Record<string, (...args: number[]) => number>;
};

/** Whether this host has an arithmetic: that fused products are fused is tried. */
export const hasArithmetic = (arithmetic: Arithmetic): boolean => {
  if (arithmetic === "strict") return true;
  try {
    const kernels = createKernels(256, arithmetic);
    const [sum, a, b] = [0, 0, 0].map(() => kernels.float32(4));
    // (1 + x)(1 - x) - 1 = -x^2, which a product that is rounded first loses.
    const x = 2 ** -12;
    sum.fill(-1);
    a.fill(1 + x);
    b.fill(1 - x);
    kernels.gemm(sum, rowMajor(a, 1), rowMajor(b, 1), 1, 1, 1, "accumulate");
    return sum[0] === -(x ** 2);
  } catch {
    return false;
  }
};

/**
 * Kernels with `capacity` bytes for arrays.
 * @throws RangeError from the allocators when the arrays no longer fit.
 */
export const createKernels = (capacity: number, arithmetic: Arithmetic = "strict"): Kernels => {
  const workspaceBytes = 2 ** 21;
  const pages = Math.ceil((FIRST_FREE + workspaceBytes + capacity + SLACK) / PAGE);
  if (!(pages <= MOST_PAGES))
    throw new RangeError(
      `kernels: ${capacity} bytes for arrays; at most ${MOST_PAGES * PAGE}. Take smaller batches or layers.`,
    );
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const wasm = instantiate(memory, arithmetic) as Exports;
  if (Math.max(wasm.gemmWorkspaceBytes(), wasm.convolutionWorkspaceBytes()) > workspaceBytes)
    throw new Error("kernels: the product's workspace has outgrown its room.");
  const workspace = FIRST_FREE;
  let free = workspace + workspaceBytes;

  const take = (bytes: number): number => {
    const at = free;
    free = Math.ceil((free + bytes) / 16) * 16;
    if (free > memory.buffer.byteLength)
      throw new RangeError(`kernels: ${bytes} bytes do not fit; created with ${capacity} bytes for arrays.`);
    return at;
  };
  const at = (array: { readonly buffer: ArrayBufferLike; readonly byteOffset: number }): number => {
    if (array.buffer !== memory.buffer)
      throw new TypeError("kernels: an array from elsewhere; allocate it with float32(), int32() or words().");
    return array.byteOffset;
  };
  const fits = (height: number, width: number, kernel: number, padding: number): void => {
    if (wasm.convolutionChannels(height, width, kernel, padding) < 1)
      throw new RangeError(
        `kernels: convolution of ${height} x ${width} images by kernels of ${kernel} x ${kernel}; kernels up to 16 x 16 and padded images up to 300,000 pixels are taken.`,
      );
  };
  const row = (p: Packed): number => at(p.bits);

  const gemm: Kernels["gemm"] = (c, a, b, rows, columns, depth, accumulate) => {
    wasm.gemm(
      at(c),
      at(a.data),
      a.rowStride,
      a.columnStride,
      at(b.data),
      b.rowStride,
      b.columnStride,
      rows,
      columns,
      depth,
      workspace,
      accumulate ? 1 : 0,
    );
  };

  const float32 = (length: number): Float32Array => new Float32Array(memory.buffer, take(length * 4), length);
  const words = (length: number): BigUint64Array => new BigUint64Array(memory.buffer, take(length * 8), length);
  const int32 = (length: number): Int32Array => new Int32Array(memory.buffer, take(length * 4), length);

  return {
    images: bindImages(wasm, at, workspace),
    float32,
    int32,
    words,
    scoped: (work) => {
      const before = free;
      try {
        return work();
      } finally {
        free = before;
      }
    },
    gemm,
    addProduct: (c, a, b, rows, columns, depth) => {
      const sparse = 8 * depth <= workspaceBytes && wasm.nonZeros(at(a.data), rows * depth) < SPARSE * rows * depth;
      if (sparse)
        wasm.sparseProduct(at(c), at(a.data), a.rowStride, a.columnStride, at(b), rows, columns, depth, workspace);
      else gemm(c, a, rowMajor(b, columns), rows, columns, depth, "accumulate");
    },
    binaryDot: (y, x, w, batch, outputs, length) => {
      wasm.binaryDot(at(y), row(x), row(w), batch, outputs, w.words, length);
    },
    weightGatedDot: (y, x, w, wMask, nonZero, batch) => {
      wasm.weightGatedDot(at(y), row(x), row(w), row(wMask), batch, nonZero.length, w.words, at(nonZero));
    },
    gatedDot: (y, x, xMask, w, wMask, batch, outputs) => {
      wasm.gatedDot(at(y), row(x), row(xMask), row(w), row(wMask), batch, outputs, w.words);
    },
    planesDot: (y, x, planes, w, wMask, batch, outputs) => {
      wasm.planesDot(at(y), row(x), planes, row(w), row(wMask), batch, outputs, w.words);
    },
    packPixels: (bits, image, channels, pixels, kind) => {
      const code = kind === "sign" ? 0 : kind === "mask" ? 1 : kind + 2;
      wasm.packPixels(at(bits), at(image), channels, pixels, code);
    },
    turnSums: (turned, sums, rows, columns) => {
      wasm.turnSums(at(turned), at(sums), rows, columns);
    },
    bitPatches: (rows, offset, stride, pixels, { channels, height, width, size, stride: steps, padding, places }) => {
      const [to, from] = [at(rows) + 8 * offset, at(pixels)];
      wasm.bitPatches(to, 8 * stride, from, channels, height, width, ...size, ...steps, ...padding, ...places);
    },
    convolve: (out, images, weights, batch, { channels, height, width, outChannels, kernel, padding }) => {
      fits(height, width, kernel, padding);
      const [to, from, w] = [at(out), at(images), at(weights)];
      wasm.convolve(to, from, w, batch, channels, height, width, outChannels, kernel, padding, workspace);
    },
    convolveBack: (images, above, turned, batch, { channels, height, width, outChannels, kernel, padding }) => {
      const [to, from, w] = [at(images), at(above), at(turned)];
      const grow = 2 * padding - kernel + 1;
      const back = kernel - 1 - padding;
      fits(height + grow, width + grow, kernel, back);
      wasm.convolve(to, from, w, batch, outChannels, height + grow, width + grow, channels, kernel, back, workspace);
    },
    convolveBackPooled: (images, pooled, choices, spread, batch, pooledArea, shape) => {
      const { channels, height, width, outChannels, kernel, padding } = shape;
      const [to, from, chosen, w] = [at(images), at(pooled), at(choices), at(spread)];
      const place = [channels, height, width, outChannels, kernel, padding] as const;
      wasm.convolveBackPooled(to, from, chosen, w, batch, ...place, pooledArea, workspace);
    },
    takesPooled: ({ channels, height, width, padding }) =>
      wasm.pooledBackBytes(channels, height, width, padding) <= workspaceBytes,
    spreadWeights: (spread, weights, { channels, outChannels, kernel }) => {
      wasm.spreadWeights(at(spread), at(weights), outChannels, channels, kernel);
    },
    turnWeights: (turned, weights, { channels, outChannels, kernel }) => {
      wasm.turnWeights(at(turned), at(weights), outChannels, channels, kernel);
    },
    convolutionGradient: (
      gradient,
      above,
      images,
      batch,
      { channels, height, width, outChannels, kernel, padding },
    ) => {
      fits(height, width, kernel, padding);
      const [to, up, from] = [at(gradient), at(above), at(images)];
      wasm.convolutionGradient(to, up, from, batch, channels, height, width, outChannels, kernel, padding, workspace);
    },
    maxPool: (pooled, choices, images, maps, height, width) => {
      wasm.maxPool(at(pooled), at(choices), at(images), maps, height, width);
    },
    unpool: (images, pooled, choices, maps) => {
      wasm.unpool(at(images), at(pooled), at(choices), maps, images.length / maps, pooled.length / maps);
    },
    activate: (s, u, kind) => {
      wasm.activate(at(s), at(u), s.length, kind);
    },
    adamStep: (w, gradient, first, second, { rate, epsilon, beta1, beta2, limit }) => {
      wasm.adamStep(at(w), at(gradient), at(first), at(second), w.length, rate, epsilon, beta1, beta2, limit);
    },
    relaxation: ({ widths, forward, backward, activation, outputActivation }) => {
      const { moved, tables } = arraysIn({ float32, int32, words }, relaxationArrays(widths.length));
      const addresses = (arrays: readonly Float32Array[]): number[] => arrays.map((w, l) => (l === 0 ? 0 : at(w)));
      [widths, addresses(forward), addresses(backward)].forEach((values, t) => {
        tables[t].set(values);
      });
      const [wide, ahead, back] = tables.map(at);
      return Object.assign(
        (
          { states, scratch, drive, targets }: RelaxedPanel,
          inside: number,
          outside: number,
          steps: number,
          tolerance: number,
        ) =>
          wasm.relax(
            at(states),
            at(scratch),
            at(drive),
            at(targets),
            wide,
            ahead,
            back,
            widths.length,
            activation,
            outputActivation,
            inside,
            outside,
            steps,
            tolerance,
            moved.byteOffset,
          ),
        { moved },
      );
    },
    spiking: (network) => bindSpiking({ float32, int32, words, at }, wasm.runPhase, network),
    deliver: (sums, list, spikes, rows, keep, by) => {
      const from = at(list);
      wasm.deliver(at(sums), sums.length, from, from + 4 * spikes, at(rows), 4 * sums.length, keep, by);
    },
  };
};

/** Kernels with room for the arrays of this declaration, and no others. */
export const kernelsFor = (declared: Declared): Kernels => createKernels(bytesOf(declared));
