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
