import { activate } from "./activation";

/*
 * Relaxation of a layered network, four images a panel: element (neuron, image) of a layer is at neuron * 4 + image, so that a
 * weight meets four images at once and all that a panel needs stays in the first cache while its steps run.
 */
const LANES: i32 = 16;

// u[r] = from[r] + sum over k of w[r * neuronStride + k * depthStride] s[k], for eight neurons.
function tile8(u: usize, from: usize, s: usize, w: usize, neuronStride: usize, depthStride: usize, depth: i32): void {
  let a0 = v128.load(from),
    a1 = v128.load(from, 16),
    a2 = v128.load(from, 32),
    a3 = v128.load(from, 48),
    a4 = v128.load(from, 64),
    a5 = v128.load(from, 80),
    a6 = v128.load(from, 96),
    a7 = v128.load(from, 112);
  const w1 = neuronStride;
  const w2 = w1 + neuronStride;
  const w3 = w2 + neuronStride;
  const w4 = w3 + neuronStride;
  for (let k = 0; k < depth; k++) {
    const x = v128.load(s);
    const half = w + w4;
    a0 = f32x4.add(a0, f32x4.mul(x, v128.load32_splat(w)));
    a1 = f32x4.add(a1, f32x4.mul(x, v128.load32_splat(w + w1)));
    a2 = f32x4.add(a2, f32x4.mul(x, v128.load32_splat(w + w2)));
    a3 = f32x4.add(a3, f32x4.mul(x, v128.load32_splat(w + w3)));
    a4 = f32x4.add(a4, f32x4.mul(x, v128.load32_splat(half)));
    a5 = f32x4.add(a5, f32x4.mul(x, v128.load32_splat(half + w1)));
    a6 = f32x4.add(a6, f32x4.mul(x, v128.load32_splat(half + w2)));
    a7 = f32x4.add(a7, f32x4.mul(x, v128.load32_splat(half + w3)));
    s += LANES;
    w += depthStride;
  }
  v128.store(u, a0);
  v128.store(u, a1, 16);
  v128.store(u, a2, 32);
  v128.store(u, a3, 48);
  v128.store(u, a4, 64);
  v128.store(u, a5, 80);
  v128.store(u, a6, 96);
  v128.store(u, a7, 112);
}

// The same for one neuron, in four sums: a single one would wait for its own additions.
function tile1(u: usize, from: usize, s: usize, w: usize, depthStride: usize, depth: i32): void {
  let a0 = v128.load(from);
  let a1 = f32x4.splat(0),
    a2 = f32x4.splat(0),
    a3 = f32x4.splat(0);
  const d2 = 2 * depthStride;
  let k = 0;
  for (; k + 4 <= depth; k += 4) {
    a0 = f32x4.add(a0, f32x4.mul(v128.load(s), v128.load32_splat(w)));
    a1 = f32x4.add(a1, f32x4.mul(v128.load(s, 16), v128.load32_splat(w + depthStride)));
    a2 = f32x4.add(a2, f32x4.mul(v128.load(s, 32), v128.load32_splat(w + d2)));
    a3 = f32x4.add(a3, f32x4.mul(v128.load(s, 48), v128.load32_splat(w + d2 + depthStride)));
    s += 4 * LANES;
    w += 2 * d2;
  }
  for (; k < depth; k++) {
    a0 = f32x4.add(a0, f32x4.mul(v128.load(s), v128.load32_splat(w)));
    s += LANES;
    w += depthStride;
  }
  v128.store(u, f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3)));
}

function driveInto(
  u: usize,
  from: usize,
  s: usize,
  w: usize,
  neurons: i32,
  neuronStride: i32,
  depth: i32,
  depthStride: i32,
): void {
  const neuronBytes = (<usize>neuronStride) << 2;
  const depthBytes = (<usize>depthStride) << 2;
  let r = 0;
  for (; r + 8 <= neurons; r += 8)
    tile8(u + r * LANES, from + r * LANES, s, w + r * neuronBytes, neuronBytes, depthBytes, depth);
  for (; r < neurons; r++) tile1(u + r * LANES, from + r * LANES, s, w + r * neuronBytes, depthBytes, depth);
}

/**
 * Synchronous steps of one panel from the states in `s`, which end there too:
 *
 *     s_n <- f(c_n + W_n s_{n-1} + B_{n+1}^T s_{n+1}),   output: f(... + inside (y - s)) + outside (y - s)
 *
 * @param s, next, c States, a second set of them, and the constant drive (biases, and the static input's in the first layer).
 * @param y Targets of the output layer.
 * @param widths, forward, backward Tables of 32-bit numbers a layer: neurons; where W_n and B_n are (inputs x outputs, row-major;
 * the first layer's are not read).
 * @param tolerance Stops where no state has moved more in a step; 0: never.
 * @param moved Where the largest move of the last step is stored.
 * @returns steps done
 */
export function relax(
  s: usize,
  next: usize,
  c: usize,
  y: usize,
  widths: usize,
  forward: usize,
  backward: usize,
  layers: i32,
  kind: i32,
  outputKind: i32,
  inside: f32,
  outside: f32,
  steps: i32,
  tolerance: f32,
  moved: usize,
): i32 {
  const begin = s;
  let total: usize = 0;
  for (let l = 0; l < layers; l++) total += <usize>load<i32>(widths + (l << 2)) * LANES;
  let step = 0;
  let largest: f32 = 0;
  while (step < steps) {
    let at: usize = 0;
    for (let l = 0; l < layers; l++) {
      const width = load<i32>(widths + (l << 2));
      const size = <usize>width * LANES;
      const u = next + at;
      let from = c + at;
      if (l > 0) {
        const below = load<i32>(widths + ((l - 1) << 2));
        driveInto(u, from, s + at - <usize>below * LANES, load<u32>(forward + (l << 2)), width, 1, below, width);
        from = u;
      }
      const last = l + 1 == layers;
      if (!last) {
        const above = load<i32>(widths + ((l + 1) << 2));
        driveInto(u, from, s + at + size, load<u32>(backward + ((l + 1) << 2)), width, above, above, 1);
      } else if (l == 0) memory.copy(u, from, size);
      if (last && inside != 0) {
        const by = f32x4.splat(inside);
        for (let k: usize = 0; k < size; k += LANES) {
          const error = f32x4.sub(v128.load(y + k), v128.load(s + at + k));
          v128.store(u + k, f32x4.add(v128.load(u + k), f32x4.mul(by, error)));
        }
      }
      activate(u, u, width << 2, last ? outputKind : kind);
      if (last && outside != 0) {
        const by = f32x4.splat(outside);
        for (let k: usize = 0; k < size; k += LANES) {
          const error = f32x4.sub(v128.load(y + k), v128.load(s + at + k));
          v128.store(u + k, f32x4.add(v128.load(u + k), f32x4.mul(by, error)));
        }
      }
      at += size;
    }
    step++;
    if (tolerance > 0 || step == steps) {
      let most = f32x4.splat(0);
      for (let k: usize = 0; k < total; k += LANES)
        most = f32x4.max(most, f32x4.abs(f32x4.sub(v128.load(next + k), v128.load(s + k))));
      largest = max(
        max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
        max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
      );
    }
    const other = s;
    s = next;
    next = other;
    if (tolerance > 0 && largest <= tolerance) break;
  }
  if (s != begin) memory.copy(begin, s, total);
  store<f32>(moved, largest);
  return step;
}
