import { expect, test } from "@jest/globals";
import { threefry2x32Into } from "#src/random/threefry";

// Random123's known answers (tests/kat_vectors, "threefry2x32 20"): counter, key, output.
const KNOWN_ANSWERS: [number, number, number, number, number, number][] = [
  [0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x6b200159, 0x99ba4efe],
  [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x1cb996fc, 0xbb002be7],
  [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xc4923a9c, 0x483df7a0],
];

test.each(KNOWN_ANSWERS)("counter %i %i under key %i %i gives the published block", (c0, c1, k0, k1, x0, x1) => {
  const out = new Uint32Array(2);
  threefry2x32Into(out, k0, k1, c0, c1);
  expect([...out]).toEqual([x0, x1]);
});
