/**
 * `make` of a point's parameters, worked out at its first trial in each thread and kept for the others: a compiled amplifier, say, which takes
 * longer than the trial that uses it. What is made must depend on the parameters alone; it may be anything, functions too.
 */
export const oncePerPoint = <P extends object, T>(make: (params: P) => T): ((params: P) => T) => {
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
