import { Misuse } from "../misuse.ts";

/** Files that a run began with: what is read later must be the same. */
export interface PlannedRecords<R> {
  /** From here on these are the run's; none while one is planned. */
  expect(records: readonly R[]): void;
  /** What the run began with, of this name. */
  of(asked: string): R | undefined;
  /** @throws Misuse where what was read is not what the run began with. */
  check(record: R): void;
}

/** @param what Name of the parameter. @param told A record in a few words. */
export const plannedRecords = <R extends { readonly asked: string; readonly sha256: string }>(
  what: string,
  told: (record: R) => string,
): PlannedRecords<R> => {
  let expected: readonly R[] = [];
  const of = (asked: string): R | undefined => expected.find((record) => record.asked === asked);
  const shown = (record: R): string => `${told(record)}, sha256 ${record.sha256.slice(0, 12)}`;
  return {
    expect: (records) => {
      expected = records;
    },
    of,
    check: (record) => {
      const planned = of(record.asked);
      if (planned && planned.sha256 !== record.sha256)
        throw new Misuse(
          `${what}: "${record.asked}" is not what this run began with (${shown(planned)}; now ${shown(record)}): its results would not be one run. Put the earlier files back there and resume, or run it anew.`,
        );
    },
  };
};
