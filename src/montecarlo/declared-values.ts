import type { Values } from "./parameter.ts";

/**
 * The parameters that a part declares it uses, and no others: reading an undeclared one would let a part made for one
 * grid point serve another where that parameter differs.
 *
 * @throws Error on reading any other parameter, naming the part and the parameter.
 */
export const declaredValues = (part: string, uses: Values): Values =>
  new Proxy(uses, {
    get: (values, name) => {
      if (typeof name === "string" && !Object.hasOwn(values, name))
        throw new Error(`part "${part}" reads parameter "${name}", which its "uses" does not list.`);
      return Reflect.get(values, name);
    },
  });
