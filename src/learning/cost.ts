/** p = softmax(scores), rows of `classes`. */
export const softmaxInto = (
  p: Float32Array | Float64Array,
  scores: Float32Array | Float64Array,
  count: number,
  classes: number,
): void => {
  for (let row = 0; row < count * classes; row += classes) {
    let most = Number.NEGATIVE_INFINITY;
    for (let k = row; k < row + classes; k++) most = Math.max(most, scores[k]);
    let sum = 0;
    for (let k = row; k < row + classes; k++) {
      p[k] = Math.exp(scores[k] - most);
      sum += p[k];
    }
    for (let k = row; k < row + classes; k++) p[k] /= sum;
  }
};
