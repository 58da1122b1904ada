import type { Lanes, Operation, Vector, VectorProgram } from "./vector-program.ts";

/** A compiled program over a memory of its own: slot s, lane l is element s * lanes + l of `values` (and of `masks`). */
export interface VectorKernel {
  readonly lanes: number;
  readonly values: Float32Array | Float64Array;
  /** The same memory as whole numbers, 32 bits each: a set mask is -1. Element `maskAt(slot, lane)` belongs to a lane. */
  readonly masks: Int32Array;
  maskAt(slot: number, lane: number): number;
  /** Repeats the program until it asks for attention, `times` at most; returns the lanes that ask, a bit each. */
  run(times: number): number;
}

const BYTES_PER_SLOT = 16;
const PAGE = 65536;

// Opcodes of the WebAssembly SIMD proposal (vector instructions are prefixed 0xfd).
const LOAD = 0;
const STORE = 11;
const CONSTANT = 12;
const BITSELECT = 0x52;
const SPLAT_I32 = 0x11;
const OPCODES: Readonly<Record<Lanes, Readonly<Record<string, number>>>> = {
  f32x4: {
    ...{ lt: 0x43, le: 0x45, abs: 0xe0, neg: 0xe1, sqrt: 0xe3, add: 0xe4, sub: 0xe5, mul: 0xe6, div: 0xe7 },
    ...{ pmin: 0xea, pmax: 0xeb, and: 0x4e, andNot: 0x4f, or: 0x50, bitmask: 0xa4 },
  },
  f64x2: {
    ...{ lt: 0x49, le: 0x4b, abs: 0xec, neg: 0xed, sqrt: 0xef, add: 0xf0, sub: 0xf1, mul: 0xf2, div: 0xf3 },
    ...{ pmin: 0xf6, pmax: 0xf7, and: 0x4e, andNot: 0x4f, or: 0x50, bitmask: 0xc4 },
  },
};
const SHIFT_LEFT = { f32x4: 0xab, f64x2: 0xcb };
const MANTISSA_BITS = { f32x4: 23, f64x2: 52 };
const DEMOTE = 0x5e;
const PROMOTE = 0x5f;
const SUB_I32 = 0xb1;
const TRUNCATE_I32 = 0xf8;
const CONVERT_I32 = 0xfa;
const MUL_F32 = 0xe6;
/** The constant of the bit trick for x^(-1/3) in single precision: exponent and mantissa divided by -3. */
const CUBE_ROOT_BITS = 0x54a21d2a;

const unsigned = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
};
const signed = (value: number): number[] => {
  const bytes: number[] = [];
  for (let rest = value; ; ) {
    const low = rest & 127;
    rest >>= 7;
    const last = (rest === 0 && (low & 64) === 0) || (rest === -1 && (low & 64) !== 0);
    bytes.push(last ? low : low | 128);
    if (last) return bytes;
  }
};

const operandsOf = (o: Operation): readonly Vector[] => {
  if (o.op === "constant" || o.op === "load") return [];
  if (o.op === "select") return [o.a, o.b, o.mask];
  return "b" in o ? [o.a, o.b] : [o.a];
};

const constantBytes = (lanes: Lanes, value: number): number[] => {
  const bytes = new Uint8Array(BYTES_PER_SLOT);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < BYTES_PER_SLOT; at += lanes === "f32x4" ? 4 : 8) {
    if (lanes === "f32x4") view.setFloat32(at, value, true);
    else view.setFloat64(at, value, true);
  }
  return [...bytes];
};

interface Code {
  /** Before the loop: every slot that is read goes to a local. */
  readonly enter: number[];
  /** One round, which leaves the attention's bits on the stack. */
  readonly round: number[];
  /** After the loop: what was written goes back to memory. */
  readonly leave: number[];
  /** Number of vector locals. */
  readonly locals: number;
}

/**
 * Slots live in locals while the loop turns: memory is touched when it is entered and left. A load in every round was
 * measured to cost twice as much as the arithmetic it feeds; a local that finds no register is an operand in memory.
 */
const emit = (program: VectorProgram, attention: Vector, firstLocal: number): Code => {
  const { operations, stores, lanes } = program;
  const uses = new Uint32Array(operations.length);
  const live = [attention, ...stores.map((s) => s.value)];
  for (const v of live) uses[v]++;
  for (let v = operations.length - 1; v >= 0; v--)
    if (uses[v] > 0) for (const a of operandsOf(operations[v])) uses[a]++;

  let code: number[] = [];
  let locals = 0;
  const local = new Map<Vector, number>();
  const ofSlot = new Map<number, number>();
  const simd = (opcode: number): void => {
    code.push(0xfd, ...unsigned(opcode));
  };
  const push = (v: Vector): void => {
    const at = local.get(v);
    if (at !== undefined) code.push(0x20, ...unsigned(at));
    else compute(operations[v]);
  };
  const compute = (o: Operation): void => {
    switch (o.op) {
      case "constant":
        simd(CONSTANT);
        code.push(...constantBytes(lanes, o.value));
        return;
      case "load":
        code.push(0x20, ...unsigned(slotLocal(o.slot)));
        return;
      case "select":
        push(o.a);
        push(o.b);
        push(o.mask);
        simd(BITSELECT);
        return;
      case "exponent":
        push(o.a);
        code.push(0x41, ...signed(MANTISSA_BITS[lanes]));
        simd(SHIFT_LEFT[lanes]);
        return;
      case "inverseCubeRootGuess":
        code.push(0x41, ...signed(CUBE_ROOT_BITS));
        simd(SPLAT_I32);
        push(o.a);
        if (lanes === "f64x2") simd(DEMOTE);
        simd(CONVERT_I32);
        simd(CONSTANT);
        code.push(...constantBytes("f32x4", 1 / 3));
        simd(MUL_F32);
        simd(TRUNCATE_I32);
        simd(SUB_I32);
        if (lanes === "f64x2") simd(PROMOTE);
        return;
      default:
        push(o.a);
        if ("b" in o) push(o.b);
        simd(OPCODES[lanes][o.op]);
    }
  };
  const slotLocal = (slot: number): number => {
    const found = ofSlot.get(slot) ?? firstLocal + locals++;
    ofSlot.set(slot, found);
    return found;
  };

  operations.forEach((o, i) => {
    if (uses[i] < 2 || o.op === "constant" || o.op === "load") return;
    compute(o);
    const at = firstLocal + locals++;
    code.push(0x21, ...unsigned(at));
    local.set(i as Vector, at);
  });
  // The attention may read a slot as it was: it is computed before any slot changes, and kept below the new values.
  push(attention);
  simd(OPCODES[lanes].bitmask);
  for (const { value } of stores) push(value);
  for (const { slot } of [...stores].reverse()) code.push(0x21, ...unsigned(slotLocal(slot)));

  const round = code;
  code = [];
  for (const [slot, at] of ofSlot) {
    code.push(0x41, 0);
    simd(LOAD);
    code.push(4, ...unsigned(slot * BYTES_PER_SLOT), 0x21, ...unsigned(at));
  }
  const enter = code;
  code = [];
  for (const { slot } of stores) {
    code.push(0x41, 0, 0x20, ...unsigned(slotLocal(slot)));
    simd(STORE);
    code.push(4, ...unsigned(slot * BYTES_PER_SLOT));
  }
  return { enter, round, leave: code, locals };
};

const section = (id: number, content: readonly number[]): number[] => [id, ...unsigned(content.length), ...content];
const text = (name: string): number[] => [...unsigned(name.length), ...[...name].map((c) => c.charCodeAt(0))];

/**
 * The program as a WebAssembly module with `memory` and `run(times)`: a loop of the body that ends when a lane of
 * `attention` is set. Written byte by byte: a general compiler would take seconds where this takes milliseconds.
 */
export const encodeVectorModule = (program: VectorProgram, attention: Vector, slots: number): Uint8Array => {
  const NEED = 1;
  const { enter, round, leave, locals } = emit(program, attention, 2);
  const body = [
    ...enter,
    ...[0x03, 0x40], // loop
    ...round,
    ...[0x22, NEED, 0x45, 0x04, 0x40], // local.tee need; i32.eqz; if
    ...[0x20, 0, 0x41, 0x7f, 0x6a, 0x22, 0], // times - 1
    ...[0x0d, 1, 0x0b, 0x0b], // br_if loop; end if; end loop
    ...leave,
    ...[0x20, NEED, 0x0b],
  ];
  const declared = [2, 1, 0x7f, ...unsigned(locals), 0x7b];
  const size = declared.length + body.length;
  const pages = Math.ceil((slots * BYTES_PER_SLOT) / PAGE);
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, 0x7f, 1, 0x7f]),
    ...section(3, [1, 0]),
    ...section(5, [1, 1, ...unsigned(pages), ...unsigned(pages)]),
    ...section(7, [2, ...text("memory"), 2, 0, ...text("run"), 0, 0]),
    ...section(10, [1, ...unsigned(size), ...declared, ...body]),
  ]);
};

/** A kernel with memory of its own from an encoded module. */
export const instantiateVectorKernel = (module: WebAssembly.Module, lanes: Lanes): VectorKernel => {
  const { memory, run } = new WebAssembly.Instance(module).exports as {
    memory: WebAssembly.Memory;
    run: (times: number) => number;
  };
  const single = lanes === "f32x4";
  return {
    lanes: single ? 4 : 2,
    values: single ? new Float32Array(memory.buffer) : new Float64Array(memory.buffer),
    masks: new Int32Array(memory.buffer),
    maskAt: (slot, lane) => 4 * slot + (single ? lane : 2 * lane),
    run,
  };
};
