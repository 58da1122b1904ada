/** "resistance is -1 ohm; expected ...", or null where the value is above 0 and finite. */
export const notPositive = (what: string, value: number, unit: string): string | null =>
  value > 0 && value < Number.POSITIVE_INFINITY
    ? null
    : `${what} is ${value} ${unit}; expected > 0 ${unit} and finite.`;
