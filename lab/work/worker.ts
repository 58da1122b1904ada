import { doTask } from "./do-task.ts";
import type { Ask } from "./task.ts";

// The page has no other thread to talk to: whatever comes is a task.
self.onmessage = ({ data }: MessageEvent<Ask>) => {
  self.postMessage(doTask(data));
};
