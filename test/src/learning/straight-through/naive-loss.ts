import { idealRead, inputValues, layerValue } from "#src/networks/executor";
import { type Network, placeNetwork } from "#src/networks/network";
import { sizeOf } from "#src/networks/shapes";

const NO_KEY = { high: 0, low: 0 };

/** Mean cross-entropy of a batch by the executor in double precision, normalised by the batch's own statistics. */
export const naiveLoss = (network: Network, pixels: Uint8Array, labels: Uint8Array): number => {
  const placed = placeNetwork(network);
  const batch = labels.length;
  const values = [inputValues(pixels, network.input)];
  for (const at of placed) {
    const { layer, takes, from } = at;
    const x = values[takes[0]];
    if (layer.kind !== "batchNorm") {
      values.push(
        layerValue(
          network,
          at,
          takes.map((v) => values[v]),
          batch,
          idealRead(network.tensors),
          NO_KEY,
        ),
      );
      continue;
    }
    const plane = from.height * from.width;
    const channelOf = (k: number): number => Math.floor(k / plane) % from.channels;
    const [mean, variance] = [new Float64Array(from.channels), new Float64Array(from.channels)];
    const n = batch * plane;
    x.forEach((value, k) => {
      mean[channelOf(k)] += value / n;
    });
    x.forEach((value, k) => {
      variance[channelOf(k)] += (value - mean[channelOf(k)]) ** 2 / n;
    });
    const [gain, shift] = [network.tensors[`${layer.name}.gain`], network.tensors[`${layer.name}.shift`]];
    values.push(
      x.map((value, k) => {
        const c = channelOf(k);
        return (gain[c] * (value - mean[c])) / Math.sqrt(variance[c] + layer.epsilon) + shift[c];
      }),
    );
  }
  const y = values[values.length - 1];
  const classes = sizeOf(placed[placed.length - 1].to);
  let loss = 0;
  for (let b = 0; b < batch; b++) {
    const row = classes === 1 ? [0, y[b]] : [...y.subarray(b * classes, (b + 1) * classes)];
    loss += Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0)) - row[labels[b]];
  }
  return loss / batch;
};
