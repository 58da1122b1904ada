import type { LayerKind } from "#src/networks/layers";
import type { Stepped } from "./values.ts";

/** A layer that gives steps, of the value itself or of it turned round, and what its own value is multiplied by. */
interface SteppedLayer {
  readonly turns: boolean;
  readonly kind: LayerKind;
  readonly gain: number;
}

const isAscending = (values: Float64Array): boolean => values.every((x, k) => k === 0 || x > values[k - 1]);

/**
 * Steps as a layer: signs and ternary values where they are those, else steps of their own.
 * @throws RangeError where the values neither rise nor fall.
 */
export const steepened = (cuts: Stepped["cuts"], values: Float64Array): SteppedLayer => {
  if (!isAscending(values)) {
    const turned = values.toReversed();
    if (!isAscending(turned))
      throw new RangeError(`its steps ${[...values].join(", ")} neither rise nor fall; layers here do`);
    // What -x does not reach is what x exceeds.
    const cutsOfTurned = cuts.toReversed().map(({ at, above }) => ({ at: -at, above: !above }));
    return { ...steepened(cutsOfTurned, turned), turns: true };
  }
  const [first, second] = cuts;
  const most = values[values.length - 1];
  const isEven = values[0] === -most;
  if (cuts.length === 1 && isEven && first.at === 0 && !first.above)
    return { turns: false, kind: { kind: "sign" }, gain: most };
  const isMiddle = second !== undefined && first.at === -second.at && !first.above && second.above;
  if (cuts.length === 2 && isEven && values[1] === 0 && isMiddle)
    return { turns: false, kind: { kind: "ternary", threshold: second.at }, gain: most };
  return {
    turns: false,
    kind: { kind: "steps", at: cuts.map(({ at }) => at), above: cuts.map(({ above }) => above), values: [...values] },
    gain: 1,
  };
};
