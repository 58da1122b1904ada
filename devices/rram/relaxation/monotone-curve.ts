/**
 * A smooth curve through points that rises and falls only where they do (F. N. Fritsch, J. Butland, SIAM J. Sci. Stat. Comput. 5, 300
 * (1984): slopes are weighted harmonic means of the chords'; recalled). Constant beyond both ends.
 *
 * @param x Ascending.
 */
export const monotoneCurve = (x: readonly number[], y: readonly number[]): ((at: number) => number) => {
  const last = x.length - 1;
  const chord = (k: number): number => (y[k + 1] - y[k]) / (x[k + 1] - x[k]);
  const slopes = x.map((_, k) => {
    if (k === 0 || k === last) return 0;
    const [a, b] = [chord(k - 1), chord(k)];
    if (a * b <= 0) return 0;
    const [left, right] = [x[k] - x[k - 1], x[k + 1] - x[k]];
    const [p, q] = [2 * right + left, right + 2 * left];
    return (p + q) / (p / a + q / b);
  });
  return (at) => {
    if (!(at > x[0])) return y[0];
    if (at >= x[last]) return y[last];
    let k = 0;
    while (at >= x[k + 1]) k++;
    const width = x[k + 1] - x[k];
    const u = (at - x[k]) / width;
    const [v, w] = [1 - u, u * u];
    return (
      v * v * (1 + 2 * u) * y[k] + w * (3 - 2 * u) * y[k + 1] + width * (u * v * v * slopes[k] - w * v * slopes[k + 1])
    );
  };
};
