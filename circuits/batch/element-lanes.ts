import type { Circuit } from "../analyses/circuit.ts";
import { coefficientsAt } from "../analyses/element-groups.ts";
import type { VariedQuantity } from "../elements/element-kind.ts";
import type { BatchVariations, Column } from "./batch-contract.ts";
import { valueAt } from "./batch-instances.ts";
import type { BatchLayout } from "./batch-layout.ts";
import type { BatchStructure } from "./batch-structure.ts";

type Put = (slot: number, value: number) => void;

/** Writes the slots of all elements, and of one instance what it varies. */
interface ElementLanes {
  /** All slots as drawn, at a temperature [K] or (null) that of the netlist. */
  write(kelvin: number | null, put: Put): void;
  /** What an instance varies, on top of what was written last. */
  vary(instance: number, put: Put): void;
}

const QUANTITIES: readonly (readonly [VariedQuantity, "resistances" | "thresholdShifts" | "gainFactors"])[] = [
  ["resistance", "resistances"],
  ["thresholdShift", "thresholdShifts"],
  ["gainFactor", "gainFactors"],
];

interface VariedSlot {
  readonly slot: number;
  readonly column: Column;
  readonly vary: (value: number, by: number) => number;
}

export const elementLanes = (
  s: BatchStructure,
  layout: BatchLayout,
  circuit: Circuit,
  variations: BatchVariations,
): ElementLanes => {
  /** Slot of each name of each element. */
  const slots = s.groups.map(({ form, models }, g) =>
    models.map((model, k) => {
      const { own, shared } = layout.groups[g];
      const named = (names: readonly string[], at: readonly number[]) => names.map((name, n) => [name, at[n]] as const);
      return new Map([...named(form.own, own[k]), ...named(form.shared, shared[model] ?? [])]);
    }),
  );
  /** What was written last, by slot. */
  const written = new Float64Array(layout.slots);
  const now = circuit.groups.map(({ coefficients }) => coefficients.slice());
  const varied = circuit.groups.flatMap(({ part, names }, g) =>
    QUANTITIES.flatMap(([quantity, columns]): VariedSlot[] => {
      const found = part.varies[quantity];
      if (!found) return [];
      return Object.entries(variations[columns] ?? {}).flatMap(([name, column]) => {
        const k = names.indexOf(name);
        const slot = k < 0 ? undefined : slots[g][k].get(found.slot);
        return slot === undefined ? [] : [{ slot, column, vary: found.varySlot }];
      });
    }),
  );
  return {
    write: (kelvin, put) => {
      circuit.groups.forEach((group, g) => {
        const coefficients = now[g];
        if (kelvin !== null) coefficientsAt(coefficients, group, kelvin);
        slots[g].forEach((places, k) => {
          const to = (name: string, value: number): void => {
            const slot = places.get(name) as number;
            written[slot] = value;
            put(slot, value);
          };
          s.groups[g].form.write(to, coefficients, k * group.part.coefficients.length, group.models[k]);
        });
      });
    },
    vary: (instance, put) => {
      for (const { slot, column, vary } of varied) put(slot, vary(written[slot], valueAt(column, instance)));
    },
  };
};
