import { useEffect } from "preact/hooks";
import { addressOf, stateOf } from "../state/address.ts";
import type { LabState } from "../state/lab-parameters.ts";

/** Time after which the address follows a change [ms]: browsers refuse hundreds of changes a minute. */
const DELAY = 250;

/**
 * The address follows the state, and the state an address that is typed or clicked.
 * @param told The state of another address, and what of it cannot be.
 */
export const useAddress = (state: LabState, told: (found: ReturnType<typeof stateOf>) => void): void => {
  useEffect(() => {
    const timer = setTimeout(() => {
      const address = addressOf(state);
      history.replaceState(null, "", address === "" ? location.pathname + location.search : `#${address}`);
    }, DELAY);
    return () => clearTimeout(timer);
  }, [state]);
  useEffect(() => {
    const follow = (): void => {
      if (location.hash.replace(/^#/, "") !== addressOf(state)) told(stateOf(location.hash));
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, [state]);
};
