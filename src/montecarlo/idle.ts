/** Parameters that nothing reads, and when: "with float weights". */
export interface Idle<N extends string> {
  readonly names: readonly N[];
  readonly when: string;
}

/** Those of the lists that hold. */
export const idleWhere = <N extends string>(
  ...lists: readonly (readonly [holds: boolean, when: string, ...names: N[]])[]
): Idle<N>[] => lists.filter(([holds]) => holds).map(([, when, ...names]) => ({ names, when }));
