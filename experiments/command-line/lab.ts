import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { checkWritable, writeUserFile } from "../files/user-file.ts";
import { Misuse } from "../misuse.ts";
import { answer } from "./output.ts";

/** The built page, one file beside the built program. */
const PAGE = fileURLToPath(new URL("../../lab/lab.html", import.meta.url));
/** Where the page is served; this machine alone can reach it. */
const HOST = "127.0.0.1";
const PORT = 7373;

interface LabFlags {
  readonly out?: string;
  readonly port?: string;
  readonly json?: boolean;
}

const portOf = (text: string): number => {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new Misuse(`--port ${text}: expected a number of a port, 1 .. 65535, or 0 for any that is free.`);
  return port;
};

const pageBytes = (): Buffer => {
  if (!existsSync(PAGE))
    throw new Misuse(`the lab's page is not built (${PAGE} is not there); "npm run build" makes it.`);
  return readFileSync(PAGE);
};

const respond =
  (page: Buffer) =>
  ({ method, url = "" }: IncomingMessage, response: ServerResponse): void => {
    const [path] = url.split("?");
    if ((method !== "GET" && method !== "HEAD") || (path !== "/" && path !== "/lab.html")) {
      response.writeHead(404, { "content-type": "text/plain" }).end("There is one page here: /\n");
      return;
    }
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-length": page.length,
      // Another build has another page under the same address.
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    response.end(method === "HEAD" ? undefined : page);
  };

const listening = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, resolve);
  });

/**
 * Serves until Ctrl-C.
 * @param asked The port that is asked for; undefined: the usual one, or where it is taken any that is free.
 */
const serve = async (page: Buffer, asked: number | undefined, told: (address: string) => void): Promise<void> => {
  const server = createServer(respond(page));
  await listening(server, asked ?? PORT).catch(({ code }: NodeJS.ErrnoException) => {
    if (asked === undefined && code === "EADDRINUSE") return listening(server, 0);
    const why = code === "EADDRINUSE" ? "is taken by another program" : `cannot be used (${code})`;
    throw new Misuse(`--port ${asked ?? PORT} ${why}; give another, or --port 0 for any that is free.`);
  });
  told(`http://${HOST}:${(server.address() as AddressInfo).port}/`);
  await new Promise<void>((resolve) => {
    const stop = (): void => {
      process.removeListener("SIGINT", stop);
      process.removeListener("SIGTERM", stop);
      server.close(() => resolve());
      server.closeAllConnections();
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  });
};

export const addLab = (program: Command): void => {
  program
    .command("lab")
    .description("the lab: reads and networks in your browser, answered while a slider moves")
    .option(
      "--out <file>",
      "write the page as one .html file, which works offline from a folder, instead of serving it",
    )
    .option("--port <number>", `port to serve it on, 0: any free one (default ${PORT})`)
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", "\nExamples:\n  rramlab lab\n  rramlab lab --out lab.html")
    .action(async ({ out, port, json = false }: LabFlags) => {
      if (out !== undefined && port !== undefined)
        throw new Misuse("--port serves the page, --out writes it to a file: one or the other.");
      if (out !== undefined && !/\.html?$/i.test(out))
        throw new Misuse(`--out ${out}: expected a name that ends in .html.`);
      if (out !== undefined) checkWritable(out);
      const asked = port === undefined ? undefined : portOf(port);
      const page = pageBytes();
      if (out !== undefined) {
        writeUserFile(out, page);
        const size = `${(page.length / 1000).toFixed(0)} kB`;
        answer(
          json,
          { out, bytes: page.length },
          `The lab: ${out} (${size})\nOpen it in a browser; it needs nothing else.`,
        );
        return;
      }
      await serve(page, asked, (address) =>
        answer(json, { address }, `The lab: ${address}\nThis machine alone can reach it. Ctrl-C ends it.`),
      );
    });
};
