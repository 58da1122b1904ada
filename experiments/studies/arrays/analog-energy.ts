import { type GroupWeights, groupsOf, type Network, patchesSeen, sizeOf } from "#src/networks/index";

/** What the energy of analog arrays depends on. */
interface AnalogEnergyValues {
  readonly lowResistance: number;
  readonly highResistance: number;
  readonly mapping: "differential pair" | "offset column";
  readonly readVoltage: number;
  readonly readTime: number;
}

const PROBED = 100;

/** Mean square of each input of a first layer's array, over images and places. */
const meanSquares = (network: Network, group: GroupWeights, images: Uint8Array) => {
  const { inputs } = group.geometry;
  const pixels = sizeOf(network.input.shape);
  const count = Math.min(PROBED, images.length / pixels);
  const patches = patchesSeen(network, group, images.subarray(0, count * pixels), count);
  const squares = new Float64Array(inputs);
  for (let k = 0; k < patches.length; k++) squares[k % inputs] += patches[k] ** 2 / (count * group.places);
  return squares;
};

/** Energy of the devices for one image [J]: V^2 G over all devices while word lines are driven, mean over images. */
/** @param kept Whether a layer stays digital, beside the arrays. */
export const deviceEnergy = (
  network: Network,
  params: AnalogEnergyValues,
  images: Uint8Array,
  kept: (layer: string) => boolean = () => false,
): number => {
  const [least, most] = [1 / params.highResistance, 1 / params.lowResistance];
  const groups = groupsOf(network).filter(({ at }) => !kept(at.layer.name));
  return groups.reduce((total, group) => {
    const { geometry, weights, places } = group;
    const { inputs, outputs } = geometry;
    const squares = group.number === 0 ? meanSquares(network, group, images) : null;
    const scale = weights.reduce((a, w) => Math.max(a, Math.abs(w)), 0) || 1;
    let sum = 0;
    for (let i = 0; i < inputs; i++) {
      let conductance = 0;
      for (let o = 0; o < outputs; o++) {
        const share = Math.abs(weights[o * inputs + i]) / scale;
        conductance += params.mapping === "offset column" ? (least + most) / 2 : 2 * least + share * (most - least);
      }
      // Hidden activations are ±1 or 0; taken as ±1 they all draw the full voltage's energy.
      sum += conductance * (squares ? squares[i] : 1);
    }
    return total + places * sum * params.readVoltage ** 2 * params.readTime;
  }, 0);
};
