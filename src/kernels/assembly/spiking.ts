/*
 * Layers of leaky integrate-and-fire neurons on one image. Neurons lie along the lanes, each layer filled up to whole vectors by
 * neurons that nothing drives; arrays of all layers one after the other. Spikes are lists of neuron numbers, packed without a branch;
 * what they deliver is summed in registers, a tile of the receiving layer at a time.
 */

// Lanes of a mask's set bits, packed to the left: as numbers, and as bytes to be picked.
const LANES_OF: usize = memory.data<i32>([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 1, 2, 0, 0, 0, 1, 2, 0, 3, 0, 0, 0, 0, 3, 0,
  0, 1, 3, 0, 0, 0, 1, 3, 0, 2, 3, 0, 0, 0, 2, 3, 0, 1, 2, 3, 0, 0, 1, 2, 3,
]);
const FIRST_BYTES: i32 = 0x03020100;

// Constants, in the order in which they lie in memory: see src/kernels/spiking.ts.
const KEEP_MEMBRANE: usize = 0;
const THRESHOLD: usize = 4;
const FLOOR: usize = 8;
const FAST: usize = 12;
const SLOW: usize = 16;
const OUTPUT: usize = 20;
const KEEP_CURRENT: usize = 24;
const CURRENT: usize = 28;
const INPUT_CURRENT: usize = 32;

// The network's table.
const LAYERS: usize = 0;
const NEURONS: usize = 4;
const STATE: usize = 8;
const OUTPUT_TRACE: usize = 12;
const TARGETS: usize = 16;
const NUDGED_DRIVE: usize = 20;
const LISTS: usize = 24;
const ENDS: usize = 28;
const CONSTANTS: usize = 32;
const INPUT_ROWS: usize = 36;
const INPUT_CHANGES: usize = 40;
const INPUT_RATES: usize = 44;
const INPUT_PHASES: usize = 48;
const INPUT_NUMBERS: usize = 52;
const INPUT_LIST: usize = 56;
const HEADER: usize = 64;
// A layer's entry.
const FIRST: usize = 0;
const WIDTH: usize = 4;
const FORWARD: usize = 8;
const BACKWARD: usize = 12;
const FORWARD_CHANGES: usize = 16;
const BACKWARD_CHANGES: usize = 20;
const RATE: usize = 24;
const DRIVE_GAIN: usize = 28;
const ENTRY: usize = 32;

// v <- keep v + drive + g, spikes where v reaches the threshold, which is then subtracted; traces of the spikes. Returns the list's end.
function fire(
  v: usize,
  g: usize,
  f: usize,
  q: usize,
  drive: usize,
  counts: usize,
  n: usize,
  lanes: i32,
  list: usize,
  constants: usize,
): usize {
  const keep = v128.load32_splat(constants, KEEP_MEMBRANE);
  const threshold = v128.load32_splat(constants, THRESHOLD);
  const floor = v128.load32_splat(constants, FLOOR);
  const fast = v128.load32_splat(constants, FAST);
  const slow = v128.load32_splat(constants, SLOW);
  const output = v128.load32_splat(constants, OUTPUT);
  const one = f32x4.splat(1);
  for (let k = 0; k < lanes; k += 4) {
    const at = (<usize>k) << 2;
    let u = f32x4.mul(keep, v128.load(v + at));
    u = f32x4.add(f32x4.add(u, v128.load(drive + at)), v128.load(g + at));
    const mask = f32x4.ge(u, threshold);
    const spike = v128.and(mask, one);
    u = f32x4.sub(u, v128.and(mask, threshold));
    v128.store(v + at, f32x4.pmax(u, floor));
    const quick = v128.load(f + at);
    v128.store(f + at, f32x4.add(quick, f32x4.mul(fast, f32x4.sub(spike, quick))));
    const late = v128.load(q + at);
    v128.store(q + at, f32x4.add(late, f32x4.mul(slow, f32x4.sub(spike, late))));
    if (n != 0) {
      const seen = v128.load(n + at);
      v128.store(n + at, f32x4.add(seen, f32x4.mul(output, f32x4.sub(spike, seen))));
    }
    v128.store(counts + at, i32x4.sub(v128.load(counts + at), mask));
    const bits = i32x4.bitmask(mask);
    v128.store(list, i32x4.add(i32x4.splat(k), v128.load(LANES_OF + ((<usize>bits) << 4))));
    list += (<usize>popcnt(bits)) << 2;
  }
  return list;
}

// Inputs that spike: phase += rate, a spike where it reaches 1, which is subtracted. Returns the list's end.
function fireInputs(rates: usize, phases: usize, numbers: usize, count: i32, list: usize): usize {
  const one = f32x4.splat(1);
  const bytes = i32x4.splat(FIRST_BYTES);
  for (let k = 0; k < count; k += 4) {
    const at = (<usize>k) << 2;
    const phase = f32x4.add(v128.load(phases + at), v128.load(rates + at));
    const mask = f32x4.ge(phase, one);
    v128.store(phases + at, f32x4.sub(phase, v128.and(mask, one)));
    const bits = i32x4.bitmask(mask);
    const lanes = v128.load(LANES_OF + ((<usize>bits) << 4));
    const picked = i32x4.add(i32x4.mul(lanes, i32x4.splat(0x04040404)), bytes);
    v128.store(list, i8x16.swizzle(v128.load(numbers + at), picked));
    list += (<usize>popcnt(bits)) << 2;
  }
  return list;
}

/**
 * g <- keep g + by (sum over the list of rows): what spikes deliver to a layer.
 *
 * @param lanes Neurons that receive, a multiple of four.
 */
export function deliver(
  g: usize,
  lanes: i32,
  list: usize,
  end: usize,
  rows: usize,
  rowBytes: usize,
  keep: f32,
  by: f32,
): void {
  const kept = f32x4.splat(keep);
  const scale = f32x4.splat(by);
  const last = g + ((<usize>lanes) << 2);
  for (; g + 128 <= last; g += 128, rows += 128) {
    let s0 = f32x4.splat(0),
      s1 = s0,
      s2 = s0,
      s3 = s0,
      s4 = s0,
      s5 = s0,
      s6 = s0,
      s7 = s0;
    for (let at = list; at < end; at += 4) {
      const row = rows + <usize>load<u32>(at) * rowBytes;
      s0 = f32x4.add(s0, v128.load(row));
      s1 = f32x4.add(s1, v128.load(row, 16));
      s2 = f32x4.add(s2, v128.load(row, 32));
      s3 = f32x4.add(s3, v128.load(row, 48));
      s4 = f32x4.add(s4, v128.load(row, 64));
      s5 = f32x4.add(s5, v128.load(row, 80));
      s6 = f32x4.add(s6, v128.load(row, 96));
      s7 = f32x4.add(s7, v128.load(row, 112));
    }
    v128.store(g, f32x4.add(f32x4.mul(kept, v128.load(g)), f32x4.mul(scale, s0)));
    v128.store(g, f32x4.add(f32x4.mul(kept, v128.load(g, 16)), f32x4.mul(scale, s1)), 16);
    v128.store(g, f32x4.add(f32x4.mul(kept, v128.load(g, 32)), f32x4.mul(scale, s2)), 32);
    v128.store(g, f32x4.add(f32x4.mul(kept, v128.load(g, 48)), f32x4.mul(scale, s3)), 48);
    v128.store(g, f32x4.add(f32x4.mul(kept, v128.load(g, 64)), f32x4.mul(scale, s4)), 64);
    v128.store(g, f32x4.add(f32x4.mul(kept, v128.load(g, 80)), f32x4.mul(scale, s5)), 80);
    v128.store(g, f32x4.add(f32x4.mul(kept, v128.load(g, 96)), f32x4.mul(scale, s6)), 96);
    v128.store(g, f32x4.add(f32x4.mul(kept, v128.load(g, 112)), f32x4.mul(scale, s7)), 112);
  }
  // Three vectors: the ten classes.
  for (; g + 48 <= last; g += 48, rows += 48) {
    let s0 = f32x4.splat(0),
      s1 = s0,
      s2 = s0;
    for (let at = list; at < end; at += 4) {
      const row = rows + <usize>load<u32>(at) * rowBytes;
      s0 = f32x4.add(s0, v128.load(row));
      s1 = f32x4.add(s1, v128.load(row, 16));
      s2 = f32x4.add(s2, v128.load(row, 32));
    }
    v128.store(g, f32x4.add(f32x4.mul(kept, v128.load(g)), f32x4.mul(scale, s0)));
    v128.store(g, f32x4.add(f32x4.mul(kept, v128.load(g, 16)), f32x4.mul(scale, s1)), 16);
    v128.store(g, f32x4.add(f32x4.mul(kept, v128.load(g, 32)), f32x4.mul(scale, s2)), 32);
  }
  for (; g < last; g += 16, rows += 16) {
    let s0 = f32x4.splat(0);
    for (let at = list; at < end; at += 4) s0 = f32x4.add(s0, v128.load(rows + <usize>load<u32>(at) * rowBytes));
    v128.store(g, f32x4.add(f32x4.mul(kept, v128.load(g)), f32x4.mul(scale, s0)));
  }
}

// Row of each listed spike += by * signal.
function moveRows(list: usize, end: usize, rows: usize, lanes: i32, signal: usize, by: f32): void {
  const rowBytes = (<usize>lanes) << 2;
  const scale = f32x4.splat(by);
  for (; list < end; list += 4) {
    const row = rows + <usize>load<u32>(list) * rowBytes;
    for (let at: usize = 0; at < rowBytes; at += 16)
      v128.store(row + at, f32x4.add(v128.load(row + at), f32x4.mul(scale, v128.load(signal + at))));
  }
}

// Column of each listed spike += by * signal: the same change where the weights lie the other way.
function moveColumns(list: usize, end: usize, rows: usize, rowBytes: usize, signal: usize, height: i32, by: f32): void {
  for (; list < end; list += 4) {
    let place = rows + ((<usize>load<u32>(list)) << 2);
    for (let k = 0; k < height; k++, place += rowBytes)
      store<f32>(place, load<f32>(place) + by * load<f32>(signal + ((<usize>k) << 2)));
  }
}

/**
 * Steps of a phase, on the state where it is. One step:
 *
 *     nudged: signal = scale (f - q), e += signal, the output's drive + nudge (target - its trace)
 *     all neurons: v, spikes, traces, counts
 *     currents: g <- keep g + rows of the spikes, from below and from above
 *     nudged: on a spike of i below k: change of w_ik by signal_k; on one of k: by signal_i
 *
 * @param scale 0: a free phase.
 * @param immediate Whether changes go to the weights at once.
 * @param inputs Spiking inputs, a multiple of four; 0: the input is in the drive.
 * @returns spikes of the inputs
 */
export function runPhase(net: usize, steps: i32, nudge: f32, scale: f32, immediate: bool, inputs: i32): i32 {
  const layers = load<i32>(net, LAYERS);
  const all = (<usize>load<i32>(net, NEURONS)) << 2;
  const v = load<usize>(net, STATE);
  const g = v + all;
  const f = g + all;
  const q = f + all;
  const drive = q + all;
  const signal = drive + all;
  const errors = signal + all;
  const counts = errors + all;
  const constants = load<usize>(net, CONSTANTS);
  const lists = load<usize>(net, LISTS);
  const ends = load<usize>(net, ENDS);
  const n = load<usize>(net, OUTPUT_TRACE);
  const nudgedDrive = load<usize>(net, NUDGED_DRIVE);
  const top = net + HEADER + <usize>(layers - 1) * ENTRY;
  const outputFirst = (<usize>load<i32>(top, FIRST)) << 2;
  const outputBytes = (<usize>load<i32>(top, WIDTH)) << 2;
  const keep = load<f32>(constants, KEEP_CURRENT);
  const by = load<f32>(constants, CURRENT);
  const nudged = scale != 0;
  const inputList = load<usize>(net, INPUT_LIST);
  const change = f32x4.splat(scale);
  const push = f32x4.splat(nudge);
  let inputSpikes: usize = 0;
  for (let step = 0; step < steps; step++) {
    if (nudged) {
      for (let k: usize = 0; k < all; k += 16) {
        const s = f32x4.mul(change, f32x4.sub(v128.load(f + k), v128.load(q + k)));
        v128.store(signal + k, s);
        v128.store(errors + k, f32x4.add(v128.load(errors + k), s));
      }
      const targets = load<usize>(net, TARGETS);
      for (let k: usize = 0; k < outputBytes; k += 16)
        v128.store(
          nudgedDrive + k,
          f32x4.add(
            v128.load(drive + outputFirst + k),
            f32x4.mul(push, f32x4.sub(v128.load(targets + k), v128.load(n + k))),
          ),
        );
    }
    let inputEnd = inputList;
    if (inputs > 0) {
      inputEnd = fireInputs(
        load<usize>(net, INPUT_RATES),
        load<usize>(net, INPUT_PHASES),
        load<usize>(net, INPUT_NUMBERS),
        inputs,
        inputList,
      );
      inputSpikes += (inputEnd - inputList) >> 2;
    }
    for (let l = 0; l < layers; l++) {
      const entry = net + HEADER + <usize>l * ENTRY;
      const at = (<usize>load<i32>(entry, FIRST)) << 2;
      const last = l + 1 == layers;
      const end = fire(
        v + at,
        g + at,
        f + at,
        q + at,
        last && nudged ? nudgedDrive : drive + at,
        counts + at,
        last ? n : 0,
        load<i32>(entry, WIDTH),
        lists + at,
        constants,
      );
      store<usize>(ends + ((<usize>l) << 2), end);
    }
    for (let l = 0; l < layers; l++) {
      const entry = net + HEADER + <usize>l * ENTRY;
      const at = (<usize>load<i32>(entry, FIRST)) << 2;
      const width = load<i32>(entry, WIDTH);
      const widthBytes = (<usize>width) << 2;
      let kept = keep;
      if (l > 0 || inputs > 0) {
        const below = l > 0 ? lists + ((<usize>load<i32>(entry - ENTRY, FIRST)) << 2) : inputList;
        const end = l > 0 ? load<usize>(ends + ((<usize>(l - 1)) << 2)) : inputEnd;
        const rows = l > 0 ? load<usize>(entry, FORWARD) : load<usize>(net, INPUT_ROWS);
        deliver(g + at, width, below, end, rows, widthBytes, kept, l > 0 ? by : load<f32>(constants, INPUT_CURRENT));
        kept = 1;
      }
      if (l + 1 < layers) {
        const above = entry + ENTRY;
        const list = lists + ((<usize>load<i32>(above, FIRST)) << 2);
        deliver(
          g + at,
          width,
          list,
          load<usize>(ends + ((<usize>(l + 1)) << 2)),
          load<usize>(above, BACKWARD),
          widthBytes,
          kept,
          by,
        );
      }
    }
    if (nudged) {
      for (let l = 0; l < layers; l++) {
        const entry = net + HEADER + <usize>l * ENTRY;
        const at = (<usize>load<i32>(entry, FIRST)) << 2;
        const width = load<i32>(entry, WIDTH);
        const rate: f32 = immediate ? load<f32>(entry, RATE) : 1;
        if (l == 0) {
          if (inputs > 0) {
            const to = immediate ? load<usize>(net, INPUT_ROWS) : load<usize>(net, INPUT_CHANGES);
            moveRows(inputList, inputEnd, to, width, signal + at, rate);
          }
        } else {
          const belowWidth = load<i32>(entry - ENTRY, WIDTH);
          const belowAt = (<usize>load<i32>(entry - ENTRY, FIRST)) << 2;
          const below = lists + belowAt;
          const belowEnd = load<usize>(ends + ((<usize>(l - 1)) << 2));
          const own = lists + at;
          const ownEnd = load<usize>(ends + ((<usize>l) << 2));
          const forward = immediate ? load<usize>(entry, FORWARD) : load<usize>(entry, FORWARD_CHANGES);
          const backward = immediate ? load<usize>(entry, BACKWARD) : load<usize>(entry, BACKWARD_CHANGES);
          // Both ways round a weight moves by the same steps in the same order, so that the two stay equal to the bit.
          moveRows(below, belowEnd, forward, width, signal + at, rate);
          if (immediate) moveColumns(below, belowEnd, backward, (<usize>belowWidth) << 2, signal + at, width, rate);
          moveRows(own, ownEnd, backward, belowWidth, signal + belowAt, rate);
          if (immediate) moveColumns(own, ownEnd, forward, (<usize>width) << 2, signal + belowAt, belowWidth, rate);
        }
        const gain = load<f32>(entry, DRIVE_GAIN);
        if (immediate && gain != 0) {
          const moved = f32x4.splat(gain);
          for (let k: usize = at; k < at + ((<usize>width) << 2); k += 16)
            v128.store(drive + k, f32x4.add(v128.load(drive + k), f32x4.mul(moved, v128.load(signal + k))));
        }
      }
    }
  }
  return <i32>inputSpikes;
}
