/** The nearest whole number, of two as near the even one: IEEE 754's rounding, and ONNX's Round. */
export const roundHalfEven = (x: number): number => {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
};
