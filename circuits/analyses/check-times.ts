/** @throws RangeError for an end that is not above 0 s, or times that do not rise within it. */
export const checkTimes = (where: string, stop: number, times: ArrayLike<number>): void => {
  if (!(stop > 0 && stop < Number.POSITIVE_INFINITY))
    throw new RangeError(`${where}: stop is ${stop} s; expected > 0 s.`);
  for (let k = 0; k < times.length; k++) {
    const t = times[k];
    if (!(t >= 0 && t <= stop)) throw new RangeError(`${where}: time ${t} s is outside 0 .. ${stop} s.`);
    if (k > 0 && t < times[k - 1]) throw new RangeError(`${where}: times must rise; ${t} s comes late.`);
  }
};
