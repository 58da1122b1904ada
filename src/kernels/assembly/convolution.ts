import { edgeTile, PANEL_DEPTH, PANEL_ROWS, packA, TILE_COLUMNS, TILE_ROWS, tile } from "./gemm";

/*
 * Convolutions of square kernels, stride 1, zero padding, as matrix products whose second factor is the image's patches: patches are
 * gathered straight into the packed panels of the product, and stand nowhere else.
 *
 * Images are batch x channels x height x width, row-major.
 */

// Output places of an image gathered at once.
const PLACES: i32 = 512;

/** Bytes of workspace: a packed panel of weights, one of patches, and a tile for the ragged edge. */
export function convolutionWorkspaceBytes(): i32 {
  return (PANEL_ROWS * PANEL_DEPTH + PANEL_DEPTH * PLACES + TILE_ROWS * TILE_COLUMNS) * 4;
}

// Packs patch elements k0 .. k0 + depth of the output places p0 .. p0 + places, in strips of eight places. Element k is
// (channel, i, j); place p is (y, x) of the output. What lies outside the image is 0.
function packPatches(
  to: usize,
  image: usize,
  height: i32,
  width: i32,
  kernel: i32,
  padding: i32,
  outWidth: i32,
  k0: i32,
  depth: i32,
  p0: i32,
  places: i32,
): void {
  const area = kernel * kernel;
  for (let p = 0; p < places; p += TILE_COLUMNS) {
    const present = min(TILE_COLUMNS, places - p);
    const firstY = (p0 + p) / outWidth;
    const firstX = (p0 + p) % outWidth;
    // Eight places of one row of the output lie side by side in the image.
    const together = present == TILE_COLUMNS && firstX + TILE_COLUMNS <= outWidth;
    let channel = k0 / area;
    let i = (k0 % area) / kernel;
    let j = k0 % kernel;
    for (let k = 0; k < depth; k++) {
      const plane = image + ((<usize>(channel * height * width)) << 2);
      const y = firstY + i - padding;
      const x = firstX + j - padding;
      if (together && y >= 0 && y < height && x >= 0 && x + TILE_COLUMNS <= width) {
        const from = plane + ((<usize>(y * width + x)) << 2);
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      } else {
        let outY = firstY;
        let outX = firstX;
        for (let c = 0; c < TILE_COLUMNS; c++) {
          const row = outY + i - padding;
          const column = outX + j - padding;
          const inside = c < present && row >= 0 && row < height && column >= 0 && column < width;
          store<f32>(to + ((<usize>c) << 2), inside ? load<f32>(plane + ((<usize>(row * width + column)) << 2)) : 0);
          if (++outX == outWidth) {
            outX = 0;
            outY++;
          }
        }
      }
      to += TILE_COLUMNS * 4;
      if (++j == kernel) {
        j = 0;
        if (++i == kernel) {
          i = 0;
          channel++;
        }
      }
    }
  }
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
  const outHeight = height + 2 * padding - kernel + 1;
  const outWidth = width + 2 * padding - kernel + 1;
  const outPlaces = outHeight * outWidth;
  const elements = channels * kernel * kernel;
  const packedA = workspace;
  const packedB = packedA + PANEL_ROWS * PANEL_DEPTH * 4;
  const aside = packedB + PANEL_DEPTH * PLACES * 4;
  for (let r0 = 0; r0 < outChannels; r0 += PANEL_ROWS) {
    const rows = min(PANEL_ROWS, outChannels - r0);
    for (let k0 = 0; k0 < elements; k0 += PANEL_DEPTH) {
      const depth = min(PANEL_DEPTH, elements - k0);
      packA(packedA, w + ((<usize>(r0 * elements + k0)) << 2), elements, 1, rows, depth);
      for (let b = 0; b < batch; b++) {
        const from = image + ((<usize>(b * channels * height * width)) << 2);
        const to = out + ((<usize>((b * outChannels + r0) * outPlaces)) << 2);
        for (let p0 = 0; p0 < outPlaces; p0 += PLACES) {
          const places = min(PLACES, outPlaces - p0);
          packPatches(packedB, from, height, width, kernel, padding, outWidth, k0, depth, p0, places);
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

// Packs the same patches with the roles changed: `depth` places from p0, strips of eight patch elements from k0.
function packPlaces(
  to: usize,
  image: usize,
  height: i32,
  width: i32,
  kernel: i32,
  padding: i32,
  outWidth: i32,
  k0: i32,
  elements: i32,
  p0: i32,
  depth: i32,
): void {
  const area = kernel * kernel;
  for (let k = 0; k < elements; k += TILE_COLUMNS) {
    for (let c = 0; c < TILE_COLUMNS; c++) {
      const element = k0 + k + c;
      const missing = k + c >= elements;
      const plane = image + ((<usize>((element / area) * height * width)) << 2);
      const i = (element % area) / kernel - padding;
      const j = (element % kernel) - padding;
      let y = p0 / outWidth + i;
      let column = p0 % outWidth;
      let at = to + ((<usize>c) << 2);
      for (let p = 0; p < depth; p++) {
        const x = column + j;
        const inside = !missing && y >= 0 && y < height && x >= 0 && x < width;
        store<f32>(at, inside ? load<f32>(plane + ((<usize>(y * width + x)) << 2)) : 0);
        at += TILE_COLUMNS * 4;
        if (++column == outWidth) {
          column = 0;
          y++;
        }
      }
    }
    to += <usize>(depth * TILE_COLUMNS * 4);
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
  const outWidth = width + 2 * padding - kernel + 1;
  const outPlaces = (height + 2 * padding - kernel + 1) * outWidth;
  const elements = channels * kernel * kernel;
  const packedA = workspace;
  const packedB = packedA + PANEL_ROWS * PANEL_DEPTH * 4;
  const aside = packedB + PANEL_DEPTH * PLACES * 4;
  for (let b = 0; b < batch; b++) {
    const from = image + ((<usize>(b * channels * height * width)) << 2);
    for (let p0 = 0; p0 < outPlaces; p0 += PANEL_DEPTH) {
      const depth = min(PANEL_DEPTH, outPlaces - p0);
      for (let k0 = 0; k0 < elements; k0 += PLACES) {
        const columns = min(PLACES, elements - k0);
        packPlaces(packedB, from, height, width, kernel, padding, outWidth, k0, columns, p0, depth);
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
              const at = gradient + ((<usize>((r0 + i) * elements + k0 + j)) << 2);
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
