const waiting: (() => void)[] = [];
const channel = new MessageChannel();
let isAsked = false;

const ask = (): void => {
  isAsked = true;
  channel.port2.postMessage(null);
};
channel.port1.onmessage = () => {
  isAsked = false;
  waiting.shift()?.();
  if (waiting.length > 0 && !isAsked) ask();
};

/** Does the drawing later, each in a task of its own: a page that draws three figures at once answers nobody meanwhile. */
export const inTurn = (draw: () => void): void => {
  waiting.push(draw);
  if (!isAsked) ask();
};

/** Lets the browser do what else it has to. */
export const pause = (): Promise<void> => new Promise((resolve) => inTurn(resolve));
