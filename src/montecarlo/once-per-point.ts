/**
 * `make` of a point's parameters, worked out at its first trial in each thread and kept for the others: a compiled amplifier, say, which takes
 * longer than the trial that uses it. What is made must depend on the parameters alone; it may be anything, functions too.
 */
// biome-ignore lint/suspicious/noExplicitAny: parameters whose types nobody wrote are what the trial knows them to be.
export const oncePerPoint = <P extends object = any, T = unknown>(make: (params: P) => T): ((params: P) => T) => {
  const made = new WeakMap<P, { readonly value: T }>();
  return (params) => {
    let found = made.get(params);
    if (!found) {
      found = { value: make(params) };
      made.set(params, found);
    }
    return found.value;
  };
};
