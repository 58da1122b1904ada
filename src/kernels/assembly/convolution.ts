import { edgeTile, PANEL_DEPTH, PANEL_ROWS, packA, TILE_COLUMNS, TILE_ROWS, tile } from "./gemm";

/*
 * Convolutions of square kernels, stride 1, zero padding, as matrix products whose second factor is the image's patches: patches are
 * gathered straight into the packed panels of the product, and stand nowhere else. A panel is as deep as whole channels fit; their
 * planes are copied with their padding first, so that gathering knows no borders.
 *
 * Images are batch x channels x height x width, row-major.
 */

// Output places of an image gathered at once.
const PLACES: i32 = 512;
// Room for padded planes [elements].
const PADDED: i32 = 300000;

/** Bytes of workspace: a packed panel of weights, one of patches, a tile for the ragged edge, padded planes. */
export function convolutionWorkspaceBytes(): i32 {
  return (PANEL_ROWS * PANEL_DEPTH + PANEL_DEPTH * PLACES + TILE_ROWS * TILE_COLUMNS + PADDED) * 4;
}

/** Channels of a panel; 0 where not even one fits. */
export function convolutionChannels(height: i32, width: i32, kernel: i32, padding: i32): i32 {
  const byDepth = PANEL_DEPTH / (kernel * kernel);
  return padding == 0 ? byDepth : min(byDepth, PADDED / ((height + 2 * padding) * (width + 2 * padding)));
}

// Planes with a border of zeros.
function pad(to: usize, planes: usize, channels: i32, height: i32, width: i32, padding: i32): void {
  const wide = width + 2 * padding;
  const plane = (height + 2 * padding) * wide;
  memory.fill(to, 0, (<usize>(channels * plane)) << 2);
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < height; y++)
      memory.copy(
        to + ((<usize>(c * plane + (y + padding) * wide + padding)) << 2),
        planes + ((<usize>((c * height + y) * width)) << 2),
        (<usize>width) << 2,
      );
}

// Packs all patch elements of `channels` planes at output places p0 .. p0 + places, in strips of eight places.
function packPatches(
  to: usize,
  planes: usize,
  channels: i32,
  planeBytes: usize,
  rowBytes: usize,
  kernel: i32,
  outWidth: i32,
  p0: i32,
  places: i32,
): void {
  for (let p = 0; p < places; p += TILE_COLUMNS) {
    const last = places - p - 1;
    const y = (p0 + p) / outWidth;
    const x = (p0 + p) % outWidth;
    const first = planes + <usize>y * rowBytes + ((<usize>x) << 2);
    // Places beyond the last repeat it: nobody reads what they give.
    const o1 = offsetOf(x, min(1, last), outWidth, rowBytes);
    const o2 = offsetOf(x, min(2, last), outWidth, rowBytes);
    const o3 = offsetOf(x, min(3, last), outWidth, rowBytes);
    const o4 = offsetOf(x, min(4, last), outWidth, rowBytes);
    const o5 = offsetOf(x, min(5, last), outWidth, rowBytes);
    const o6 = offsetOf(x, min(6, last), outWidth, rowBytes);
    const o7 = offsetOf(x, min(7, last), outWidth, rowBytes);
    const together = last >= TILE_COLUMNS - 1 && o7 == 28;
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < kernel; i++) {
        let from = first + <usize>c * planeBytes + <usize>i * rowBytes;
        for (let j = 0; j < kernel; j++) {
          if (together) {
            v128.store(to, v128.load(from));
            v128.store(to, v128.load(from, 16), 16);
          } else {
            store<f32>(to, load<f32>(from));
            store<f32>(to, load<f32>(from + o1), 4);
            store<f32>(to, load<f32>(from + o2), 8);
            store<f32>(to, load<f32>(from + o3), 12);
            store<f32>(to, load<f32>(from + o4), 16);
            store<f32>(to, load<f32>(from + o5), 20);
            store<f32>(to, load<f32>(from + o6), 24);
            store<f32>(to, load<f32>(from + o7), 28);
          }
          to += TILE_COLUMNS * 4;
          from += 4;
        }
      }
    }
  }
}

// Bytes from a place of column x to the one `ahead` places after it.
function offsetOf(x: i32, ahead: i32, outWidth: i32, rowBytes: usize): usize {
  const at = x + ahead;
  return <usize>(at / outWidth) * rowBytes + ((<usize>(at % outWidth)) << 2) - ((<usize>x) << 2);
}

/**
 * out[b, o, y, x] += sum over c, i, j of w[o, c, i, j] image[b, c, y + i - padding, x + j - padding]. The gradient by the image is the
 * same with the weights turned (`turnWeights`) and padding kernel - 1 - padding.
 */
export function convolve(
  out: usize,
  image: usize,
  w: usize,
  batch: i32,
  channels: i32,
  height: i32,
  width: i32,
  outChannels: i32,
  kernel: i32,
  padding: i32,
  workspace: usize,
): void {
  const wide = width + 2 * padding;
  const outHeight = height + 2 * padding - kernel + 1;
  const outWidth = wide - kernel + 1;
  const outPlaces = outHeight * outWidth;
  const area = kernel * kernel;
  const elements = channels * area;
  const rowBytes = (<usize>wide) << 2;
  const planeBytes = rowBytes * <usize>(height + 2 * padding);
  const together = convolutionChannels(height, width, kernel, padding);
  const packedA = workspace;
  const packedB = packedA + PANEL_ROWS * PANEL_DEPTH * 4;
  const aside = packedB + PANEL_DEPTH * PLACES * 4;
  const padded = aside + TILE_ROWS * TILE_COLUMNS * 4;
  for (let r0 = 0; r0 < outChannels; r0 += PANEL_ROWS) {
    const rows = min(PANEL_ROWS, outChannels - r0);
    for (let c0 = 0; c0 < channels; c0 += together) {
      const planes = min(together, channels - c0);
      const depth = planes * area;
      packA(packedA, w + ((<usize>(r0 * elements + c0 * area)) << 2), elements, 1, rows, depth);
      for (let b = 0; b < batch; b++) {
        let from = image + ((<usize>((b * channels + c0) * height * width)) << 2);
        if (padding > 0) {
          pad(padded, from, planes, height, width, padding);
          from = padded;
        }
        const to = out + ((<usize>((b * outChannels + r0) * outPlaces)) << 2);
        for (let p0 = 0; p0 < outPlaces; p0 += PLACES) {
          const places = min(PLACES, outPlaces - p0);
          packPatches(packedB, from, planes, planeBytes, rowBytes, kernel, outWidth, p0, places);
          for (let j = 0; j < places; j += TILE_COLUMNS) {
            const stripB = packedB + <usize>(j * depth * 4);
            const columns = min(TILE_COLUMNS, places - j);
            for (let i = 0; i < rows; i += TILE_ROWS) {
              const stripA = packedA + <usize>(i * depth * 4);
              const tileRows = min(TILE_ROWS, rows - i);
              const at = to + ((<usize>(i * outPlaces + p0 + j)) << 2);
              if (tileRows == TILE_ROWS && columns == TILE_COLUMNS) tile(at, outPlaces, stripA, stripB, depth);
              else edgeTile(at, outPlaces, tileRows, columns, stripA, stripB, depth, aside);
            }
          }
        }
      }
    }
  }
}

/** turned[c, o, k - 1 - i, k - 1 - j] = w[o, c, i, j]: the weights of the way back. */
export function turnWeights(turned: usize, w: usize, outChannels: i32, channels: i32, kernel: i32): void {
  const area = kernel * kernel;
  for (let o = 0; o < outChannels; o++)
    for (let c = 0; c < channels; c++)
      for (let k = 0; k < area; k++)
        store<f32>(
          turned + ((<usize>((c * outChannels + o) * area + area - 1 - k)) << 2),
          load<f32>(w + ((<usize>((o * channels + c) * area + k)) << 2)),
        );
}

// Bytes from a patch's first element to element k of it (channel, i, j).
function elementOffset(k: i32, kernel: i32, planeBytes: usize, rowBytes: usize): usize {
  const area = kernel * kernel;
  const inside = k % area;
  return <usize>(k / area) * planeBytes + <usize>(inside / kernel) * rowBytes + ((<usize>(inside % kernel)) << 2);
}

// Packs the same patches with the roles changed: `depth` places from p0, strips of eight of the `elements` patch elements.
function packPlaces(
  to: usize,
  planes: usize,
  planeBytes: usize,
  rowBytes: usize,
  kernel: i32,
  outWidth: i32,
  elements: i32,
  p0: i32,
  depth: i32,
): void {
  const last = elements - 1;
  for (let k = 0; k < elements; k += TILE_COLUMNS) {
    // Elements beyond the last repeat it: nobody reads what they give.
    const e0 = elementOffset(k, kernel, planeBytes, rowBytes);
    const e1 = elementOffset(min(k + 1, last), kernel, planeBytes, rowBytes);
    const e2 = elementOffset(min(k + 2, last), kernel, planeBytes, rowBytes);
    const e3 = elementOffset(min(k + 3, last), kernel, planeBytes, rowBytes);
    const e4 = elementOffset(min(k + 4, last), kernel, planeBytes, rowBytes);
    const e5 = elementOffset(min(k + 5, last), kernel, planeBytes, rowBytes);
    const e6 = elementOffset(min(k + 6, last), kernel, planeBytes, rowBytes);
    const e7 = elementOffset(min(k + 7, last), kernel, planeBytes, rowBytes);
    let x = p0 % outWidth;
    let from = planes + <usize>(p0 / outWidth) * rowBytes + ((<usize>x) << 2);
    for (let p = 0; p < depth; p++) {
      store<f32>(to, load<f32>(from + e0));
      store<f32>(to, load<f32>(from + e1), 4);
      store<f32>(to, load<f32>(from + e2), 8);
      store<f32>(to, load<f32>(from + e3), 12);
      store<f32>(to, load<f32>(from + e4), 16);
      store<f32>(to, load<f32>(from + e5), 20);
      store<f32>(to, load<f32>(from + e6), 24);
      store<f32>(to, load<f32>(from + e7), 28);
      to += TILE_COLUMNS * 4;
      from += 4;
      if (++x == outWidth) {
        x = 0;
        from += rowBytes - ((<usize>outWidth) << 2);
      }
    }
  }
}

/** gradient[o, c, i, j] += sum over b, y, x of above[b, o, y, x] image[b, c, y + i - padding, x + j - padding]. */
export function convolutionGradient(
  gradient: usize,
  above: usize,
  image: usize,
  batch: i32,
  channels: i32,
  height: i32,
  width: i32,
  outChannels: i32,
  kernel: i32,
  padding: i32,
  workspace: usize,
): void {
  const wide = width + 2 * padding;
  const outWidth = wide - kernel + 1;
  const outPlaces = (height + 2 * padding - kernel + 1) * outWidth;
  const area = kernel * kernel;
  const elements = channels * area;
  const rowBytes = (<usize>wide) << 2;
  const planeBytes = rowBytes * <usize>(height + 2 * padding);
  const together = convolutionChannels(height, width, kernel, padding);
  const packedA = workspace;
  const packedB = packedA + PANEL_ROWS * PANEL_DEPTH * 4;
  const aside = packedB + PANEL_DEPTH * PLACES * 4;
  const padded = aside + TILE_ROWS * TILE_COLUMNS * 4;
  for (let b = 0; b < batch; b++) {
    for (let c0 = 0; c0 < channels; c0 += together) {
      const planes = min(together, channels - c0);
      const columns = planes * area;
      let from = image + ((<usize>((b * channels + c0) * height * width)) << 2);
      if (padding > 0) {
        pad(padded, from, planes, height, width, padding);
        from = padded;
      }
      for (let p0 = 0; p0 < outPlaces; p0 += PANEL_DEPTH) {
        const depth = min(PANEL_DEPTH, outPlaces - p0);
        packPlaces(packedB, from, planeBytes, rowBytes, kernel, outWidth, columns, p0, depth);
        for (let r0 = 0; r0 < outChannels; r0 += PANEL_ROWS) {
          const rows = min(PANEL_ROWS, outChannels - r0);
          const up = above + ((<usize>((b * outChannels + r0) * outPlaces + p0)) << 2);
          packA(packedA, up, outPlaces, 1, rows, depth);
          for (let j = 0; j < columns; j += TILE_COLUMNS) {
            const stripB = packedB + <usize>(j * depth * 4);
            const tileColumns = min(TILE_COLUMNS, columns - j);
            for (let i = 0; i < rows; i += TILE_ROWS) {
              const stripA = packedA + <usize>(i * depth * 4);
              const tileRows = min(TILE_ROWS, rows - i);
              const at = gradient + ((<usize>((r0 + i) * elements + c0 * area + j)) << 2);
              if (tileRows == TILE_ROWS && tileColumns == TILE_COLUMNS) tile(at, elements, stripA, stripB, depth);
              else edgeTile(at, elements, tileRows, tileColumns, stripA, stripB, depth, aside);
            }
          }
        }
      }
    }
  }
}

/**
 * pooled[m, y, x] = the largest of image[m, 2 y .. 2 y + 1, 2 x .. 2 x + 1] for `maps` maps, and where in the map it stands: the first
 * where several are. A side's odd last element is in no pool.
 */
export function maxPool(pooled: usize, choices: usize, image: usize, maps: i32, height: i32, width: i32): void {
  const outHeight = height >> 1;
  const outWidth = width >> 1;
  for (let m = 0; m < maps; m++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++) {
        let best = 2 * y * width + 2 * x;
        let most = load<f32>(image + ((<usize>best) << 2));
        const other = best + width;
        const right = load<f32>(image + ((<usize>best) << 2), 4);
        const below = load<f32>(image + ((<usize>other) << 2));
        const across = load<f32>(image + ((<usize>other) << 2), 4);
        const corner = best;
        if (right > most) {
          most = right;
          best = corner + 1;
        }
        if (below > most) {
          most = below;
          best = other;
        }
        if (across > most) {
          most = across;
          best = other + 1;
        }
        store<f32>(pooled, most);
        store<i32>(choices, best);
        pooled += 4;
        choices += 4;
      }
    }
    image += (<usize>(height * width)) << 2;
  }
}

/** image = 0, but pooled values at the places they were chosen from. */
export function unpool(image: usize, pooled: usize, choices: usize, maps: i32, area: i32, pooledArea: i32): void {
  memory.fill(image, 0, (<usize>(maps * area)) << 2);
  for (let m = 0; m < maps; m++) {
    for (let k = 0; k < pooledArea; k++) {
      store<f32>(image + ((<usize>load<i32>(choices)) << 2), load<f32>(pooled));
      pooled += 4;
      choices += 4;
    }
    image += (<usize>area) << 2;
  }
}

/** spread[o, i, j, c] = w[o, c, i, j], channels filled up with zeros to a multiple of four: weights as `convolveBackPooled` reads them. */
export function spreadWeights(spread: usize, w: usize, outChannels: i32, channels: i32, kernel: i32): void {
  const area = kernel * kernel;
  const wide = (channels + 3) & ~3;
  memory.fill(spread, 0, (<usize>(outChannels * area * wide)) << 2);
  for (let o = 0; o < outChannels; o++)
    for (let c = 0; c < channels; c++)
      for (let k = 0; k < area; k++)
        store<f32>(
          spread + ((<usize>((o * area + k) * wide + c)) << 2),
          load<f32>(w + ((<usize>((o * channels + c) * area + k)) << 2)),
        );
}

/** Bytes of workspace that `convolveBackPooled` needs: padded planes, channels last. */
export function pooledBackBytes(channels: i32, height: i32, width: i32, padding: i32): i32 {
  return (height + 2 * padding) * (width + 2 * padding) * ((channels + 3) & ~3) * 4;
}

/**
 * image += the transposed convolution of what was pooled, at the places it came from. At least three of four places before pooling
 * are 0: each of the others adds its kernel to the image, a row of taps and channels at a time. Zeros are skipped.
 */
export function convolveBackPooled(
  image: usize,
  pooled: usize,
  choices: usize,
  spread: usize,
  batch: i32,
  channels: i32,
  height: i32,
  width: i32,
  outChannels: i32,
  kernel: i32,
  padding: i32,
  pooledArea: i32,
  workspace: usize,
): void {
  const wide = width + 2 * padding;
  const outWidth = wide - kernel + 1;
  const deep = (channels + 3) & ~3;
  const bytes = pooledBackBytes(channels, height, width, padding);
  const pixel = (<usize>deep) << 2;
  const row = <usize>wide * pixel;
  const taps = <usize>kernel * pixel;
  const area = height * width;
  for (let b = 0; b < batch; b++) {
    memory.fill(workspace, 0, bytes);
    let weights = spread;
    for (let o = 0; o < outChannels; o++) {
      for (let k = 0; k < pooledArea; k++) {
        const value = load<f32>(pooled);
        const place = load<i32>(choices);
        pooled += 4;
        choices += 4;
        if (value == 0) continue;
        const by = f32x4.splat(value);
        let to = workspace + <usize>(place / outWidth) * row + <usize>(place % outWidth) * pixel;
        let from = weights;
        for (let i = 0; i < kernel; i++) {
          for (let t: usize = 0; t < taps; t += 16)
            v128.store(to + t, f32x4.add(v128.load(to + t), f32x4.mul(by, v128.load(from + t))));
          to += row;
          from += taps;
        }
      }
      weights += taps * <usize>kernel;
    }
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const from = workspace + <usize>(y + padding) * row + <usize>(x + padding) * pixel;
        let to = image + ((<usize>(y * width + x)) << 2);
        for (let c = 0; c < channels; c++) {
          store<f32>(to, load<f32>(to) + load<f32>(from + ((<usize>c) << 2)));
          to += (<usize>area) << 2;
        }
      }
    image += (<usize>(channels * area)) << 2;
  }
}
