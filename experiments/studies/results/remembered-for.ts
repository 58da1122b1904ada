/**
 * What was worked out for an owner, kept as long as the owner is there: `make` is called once for each owner and name. What it makes must
 * depend on these alone.
 */
export const rememberedFor = <O extends object, T>(): ((owner: O, name: string, make: () => T) => T) => {
  const owners = new WeakMap<O, Map<string, T>>();
  return (owner, name, make) => {
    const known = owners.get(owner) ?? new Map<string, T>();
    owners.set(owner, known);
    const before = known.get(name);
    if (before !== undefined) return before;
    const found = make();
    known.set(name, found);
    return found;
  };
};
