import pow from "@stdlib/math-base-special-pow";

/**
 * x^y, within 0.7 units of its last place (FDLIBM's method, as stdlib writes it in plain arithmetic). The engine's own, and so
 * `**`, gives other last digits in Node 24 than in Node 22, for whole exponents from 3 on too. Whole numbers to whole
 * powers are exact where they can be held.
 */
export const power: (x: number, y: number) => number = pow;
