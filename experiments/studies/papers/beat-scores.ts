import type { LabelledImages } from "#src/datasets/labelled-images";

/** How often each class of beats was told as each, record by record: classes x classes an entry. */
export interface RecordConfusions {
  readonly classes: number;
  readonly records: readonly number[];
  readonly counts: readonly Float64Array[];
}

/** Counts of what beats were told as. */
export const confusionsOf = ({ labels, groups, classes }: LabelledImages, told: Uint8Array): RecordConfusions => {
  const records = [...new Set(groups)].sort((a, b) => a - b);
  const counts = records.map(() => new Float64Array(classes * classes));
  labels.forEach((label, b) => {
    counts[records.indexOf(groups?.[b] ?? 0)][label * classes + told[b]]++;
  });
  return { classes, records, counts };
};

/** All records together, each as often as it was drawn. */
export const summedConfusion = ({ classes, counts }: RecordConfusions, drawn: readonly number[]): Float64Array => {
  const sum = new Float64Array(classes * classes);
  for (const record of drawn) for (let k = 0; k < sum.length; k++) sum[k] += counts[record][k];
  return sum;
};

export const wholeConfusion = (of: RecordConfusions): Float64Array =>
  summedConfusion(
    of,
    of.counts.map((_, r) => r),
  );

/** Share of each class that is told as such; NaN of one that has no beat. */
export const recallsOf = (confusion: Float64Array): number[] => {
  const classes = Math.sqrt(confusion.length);
  return Array.from({ length: classes }, (_, label) => {
    const row = confusion.subarray(label * classes, (label + 1) * classes);
    return row[label] / row.reduce((sum, n) => sum + n, 0);
  });
};

/** Mean of the classes' recalls; NaN where a class has no beat. */
export const balancedOf = (confusion: Float64Array): number => {
  const recalls = recallsOf(confusion);
  return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
};

/** Share of all beats that are told right. */
export const plainOf = (confusion: Float64Array): number => {
  const classes = Math.sqrt(confusion.length);
  const whole = confusion.reduce((sum, n) => sum + n, 0);
  return (
    Array.from({ length: classes }, (_, label) => confusion[label * classes + label]).reduce((a, b) => a + b, 0) / whole
  );
};

/** Share of the commonest class: what one has who always says it. */
export const commonestOf = (confusion: Float64Array): number => {
  const classes = Math.sqrt(confusion.length);
  const rows = Array.from({ length: classes }, (_, label) =>
    confusion.subarray(label * classes, (label + 1) * classes).reduce((a, b) => a + b, 0),
  );
  return Math.max(...rows) / rows.reduce((a, b) => a + b, 0);
};
