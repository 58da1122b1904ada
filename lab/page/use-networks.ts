import { useEffect, useState } from "preact/hooks";
import type { OpenedShown } from "../network/chip-histogram.tsx";
import { KINDS, type Kind, type Shown } from "../network/condition.ts";
import type { Crew } from "../work/crew.ts";
import type { Digits, NetworkFile } from "../work/task.ts";

/** What the page was built with: digits and the shipped networks. */
export interface Shipped {
  readonly digits: Digits;
  readonly networks: Readonly<Record<Kind, NetworkFile>>;
}

export interface Networks {
  /** null: the page was built without digits. */
  readonly shipped: Shipped | null | "unpacking";
  readonly files: Shown;
  readonly opened: OpenedShown;
  /** Name of the user's own network, where one is shown. */
  readonly own: string | null;
  open(file: NetworkFile): Promise<void>;
  openShipped(): Promise<void>;
}

/**
 * Networks that bench two shows: the shipped pair, unpacked when it is first opened, or the user's own.
 * @param notice Told, in a sentence, what cannot be.
 */
export const useNetworks = (
  crew: Crew,
  unpack: () => Promise<Shipped | null>,
  isWanted: boolean,
  notice: (sentence: string) => void,
): Networks => {
  const [shipped, setShipped] = useState<Networks["shipped"]>("unpacking");
  const [shown, setShown] = useState<Pick<Networks, "files" | "opened" | "own">>({ files: {}, opened: {}, own: null });
  const openPair = async ({ networks }: Shipped): Promise<void> => {
    const found = await Promise.all(KINDS.map((kind) => crew.ask({ kind: "network", file: networks[kind] })));
    setShown({ files: networks, opened: Object.fromEntries(KINDS.map((kind, i) => [kind, found[i]])), own: null });
  };
  useEffect(() => {
    if (!isWanted || shipped !== "unpacking") return;
    unpack()
      .then(async (found) => {
        if (found) {
          crew.tellAll({ kind: "digits", digits: found.digits });
          await openPair(found);
        }
        setShipped(found);
      })
      .catch((error: Error) => notice(error.message));
  }, [isWanted]);
  return {
    shipped,
    ...shown,
    open: async (file) => {
      if (!shipped || shipped === "unpacking") {
        notice("Networks are read on bench two, with its digits: open it, then drop the file again.");
        return;
      }
      try {
        const found = await crew.ask({ kind: "network", file });
        setShown({ files: { [found.kind]: file }, opened: { [found.kind]: found }, own: file.name });
        if (found.imported) notice(`${file.name}: ${found.imported}; pixels enter as its file says, or as 0 .. 1.`);
      } catch (error) {
        notice((error as Error).message);
      }
    },
    openShipped: async () => {
      if (shipped && shipped !== "unpacking") await openPair(shipped);
    },
  };
};
