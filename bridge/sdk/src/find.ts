import { Connection } from "./connection.js";
import { QoltanbaError, ownError } from "./errors.js";

/** What the agent says about itself. */
export interface Hello {
  agent: string;
  version: string;
  protocol: number;
  limits: Limits;
}

/** Bytes and counts that the agent takes. */
export interface Limits {
  /** Bytes of one document. */
  documentBytes: number;
  /** Documents in one request. */
  documents: number;
  /** Bytes of all documents of a request. */
  requestBytes: number;
  /** Bytes of one JSON message. */
  frameBytes: number;
}

/** Whether the browser lets this page reach programs on the computer. */
export type Permission = "granted" | "denied" | "prompt" | "unknown";

/** The second port is for the agent of another person at the same computer. */
const defaultPorts: readonly number[] = [13591, 13592];
const patience = 2000; // ms after which the next port is tried beside a port that says nothing
const client = "@qoltanba/client 1.0.0";

export interface FindOptions {
  /** Ends the attempt; the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Ports to try, in this order. */
  ports?: readonly number[] | undefined;
  /** For programs without a WebSocket of their own. */
  WebSocket?: typeof WebSocket | undefined;
}

/** Asks the browser, without making it ask the person. */
export async function permission(): Promise<Permission> {
  // Chromium 145 and later know the first name, 142 to 144 the second. A browser
  // throws for a name that it does not know.
  for (const name of ["loopback-network", "local-network-access"]) {
    try {
      const status = await navigator.permissions.query({ name: name as PermissionName });
      return status.state;
    } catch {
      continue;
    }
  }
  return "unknown";
}

/**
 * Finds the agent. The WebSocket itself is the only thing that is tried: a
 * fetch would meet another rule of the browser and another prompt.
 */
export async function find(options: FindOptions): Promise<[Connection, Hello]> {
  const Socket = options.WebSocket ?? globalThis.WebSocket;
  const ports = options.ports ?? defaultPorts;
  options.signal?.throwIfAborted();
  // While the browser asks the person, a second attempt would only be in the way.
  const hurry = (await permission()) !== "prompt";
  const lost = new AbortController();
  const stop = (): void => lost.abort(options.signal?.reason);
  options.signal?.addEventListener("abort", stop, { once: true });
  try {
    return await race(ports, hurry, (port) => greet(port, Socket, lost.signal));
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof QoltanbaError && error.name === "not-running" && (await permission()) === "denied") {
      throw ownError("blocked", "the browser does not let this site reach programs on this computer");
    }
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", stop);
    lost.abort(); // the attempts that did not win
  }
}

/** Connects and says hello; rejects when there is no agent of this protocol. */
async function greet(port: number, Socket: typeof WebSocket, signal: AbortSignal): Promise<[Connection, Hello]> {
  const connection = await Connection.open(`ws://127.0.0.1:${port}/v1`, Socket, signal);
  try {
    const hello = await connection.request<Hello>("hello", { client }, { signal });
    if (hello.agent !== "qoltanba" || hello.protocol !== 1) {
      throw ownError("protocol", "the agent speaks another protocol; it or this page is too old");
    }
    return [connection, hello];
  } catch (error) {
    connection.close();
    throw error;
  }
}

/**
 * Tries one after another and, in a hurry, the next also beside one that is
 * silent. The first success wins; when all fail, the last error that says more
 * than "not-running" is thrown.
 */
function race<T>(ports: readonly number[], hurry: boolean, attempt: (port: number) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let started = 0;
    let failed = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let worst: unknown = ownError("not-running", "no agent answers");
    const next = (): void => {
      clearTimeout(timer);
      const port = ports[started];
      if (port === undefined) return;
      started++;
      const mine = started;
      if (hurry && started < ports.length) timer = setTimeout(next, patience);
      attempt(port).then(
        (value) => {
          clearTimeout(timer);
          resolve(value);
        },
        (error: unknown) => {
          failed++;
          if (!(error instanceof QoltanbaError) || error.name !== "not-running") worst = error;
          if (failed === ports.length) reject(worst);
          else if (mine === started) next();
        },
      );
    };
    if (ports.length === 0) reject(worst);
    next();
  });
}
