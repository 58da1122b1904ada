/**
 * Coefficients, lowest power first, of the polynomial of `degree` that equals `f` at the Chebyshev points of [low, high]:
 * within a small factor of the best approximation of that degree in the maximum norm. Divided differences (Newton's
 * form), expanded about zero; meant for short intervals around zero and degrees below about 12.
 */
export const chebyshevPolynomial = (f: (x: number) => number, low: number, high: number, degree: number): number[] => {
  const points = Array.from(
    { length: degree + 1 },
    (_, i) => (low + high) / 2 + ((high - low) / 2) * Math.cos((Math.PI * (i + 0.5)) / (degree + 1)),
  );
  const differences = points.map(f);
  for (let order = 1; order <= degree; order++)
    for (let i = degree; i >= order; i--)
      differences[i] = (differences[i] - differences[i - 1]) / (points[i] - points[i - order]);
  let coefficients = [differences[degree]];
  for (let i = degree - 1; i >= 0; i--) {
    const raised = [0, ...coefficients];
    coefficients.forEach((c, k) => {
      raised[k] -= points[i] * c;
    });
    raised[0] += differences[i];
    coefficients = raised;
  }
  return coefficients;
};
