/**
 * A record whose keys come from outside. It has no properties but its own: "constructor" and "__proto__" are names like
 * any other in it.
 */
export const named = <T>(entries: Iterable<readonly [string, T]> = []): Record<string, T> => {
  const record = Object.create(null) as Record<string, T>;
  for (const [name, value] of entries) record[name] = value;
  return record;
};

/** What a record holds under a name that comes from outside; what every object has is nothing that it holds. */
export const ownOf = <T>(record: Readonly<Record<string, T>> | null | undefined, name: string): T | undefined =>
  record && Object.hasOwn(record, name) ? record[name] : undefined;

/** Whether every object has a property of this name. */
export const isPropertyOfAll = (name: string): boolean => name in Object.prototype;

/** JSON whose objects take no key for their prototype. @throws SyntaxError for a key "__proto__", as for what is no JSON. */
export const parseJson = (text: string): unknown =>
  JSON.parse(text, (key, value: unknown) => {
    if (key === "__proto__") throw new SyntaxError('"__proto__" is no name for anything; choose another');
    return value;
  });

/** The names of a record that the program itself made, with their type. */
export const keysOf = <R extends object>(record: R): readonly (keyof R & string)[] =>
  Object.keys(record) as (keyof R & string)[];

/** A record of these entries, with the type of their names. */
export const recordOf = <N extends string, T>(entries: readonly (readonly [N, T])[]): Record<N, T> =>
  Object.fromEntries(entries) as Record<N, T>;

/** The entries of a record that the program itself made, with the type of their names. */
export const recordEntries = <N extends string, T>(record: Readonly<Record<N, T>>): [N, T][] =>
  Object.entries(record) as [N, T][];
