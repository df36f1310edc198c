// A stand-in for the agent behind a stand-in for WebSocket. It answers what a
// test tells it to; what the frames look like comes from testdata/protocol.
import { readFileSync } from "node:fs";

export function golden(name) {
  return JSON.parse(readFileSync(new URL(`../../../testdata/protocol/${name}.json`, import.meta.url), "utf8"));
}

const hello = golden("hello");

export class FakeAgent {
  /** Ports on which somebody answers, with what: "agent", "other" (no WebSocket) or "silent". */
  ports = new Map([[13591, "agent"]]);
  /** Every socket that was made, in order. */
  sockets = [];
  /** Methods → (params, message, socket) => result; a thrown object is the error. undefined: no answer. */
  methods = { hello: () => hello.response.result };
  /** Every text message received, parsed; every binary one as {number, data}. */
  received = [];
  #arrived = [];

  constructor() {
    const agent = this;
    this.WebSocket = class extends EventTarget {
      readyState = 0;
      constructor(url) {
        super();
        this.url = url;
        agent.sockets.push(this);
        const kind = agent.ports.get(Number(new URL(url).port)) ?? "nobody";
        if (kind !== "silent") queueMicrotask(() => (kind === "agent" ? this.#open() : this.drop()));
      }
      #open() {
        if (this.readyState !== 0) return;
        this.readyState = 1;
        this.dispatchEvent(new Event("open"));
      }
      send(data) {
        if (this.readyState !== 1) throw new Error("send on a socket that is not open");
        if (typeof data === "string") agent.#take(JSON.parse(data), this);
        else agent.#note({ number: new DataView(data.buffer).getUint32(0), data: data.slice(4) });
      }
      close() {
        this.drop();
      }
      /** The connection ends. */
      drop() {
        if (this.readyState === 3) return;
        this.readyState = 3;
        queueMicrotask(() => this.dispatchEvent(new Event("close")));
      }
      /** A message of the agent. */
      say(message) {
        this.dispatchEvent(new MessageEvent("message", { data: typeof message === "string" ? message : JSON.stringify(message) }));
      }
    };
  }

  get socket() {
    return this.sockets.at(-1);
  }

  /** Resolves with the next message of that method, or with one that is there already. */
  async arrives(method) {
    for (;;) {
      const found = this.received.find((m) => m.method === method);
      if (found) return found;
      await new Promise((resolve) => this.#arrived.push(resolve));
    }
  }

  #note(message) {
    this.received.push(message);
    this.#arrived.splice(0).forEach((resolve) => resolve());
  }

  #take(message, socket) {
    this.#note(message);
    const { id, method, params } = message;
    if (id === undefined) return;
    let answer;
    try {
      const result = this.methods[method]?.(params, message, socket);
      if (result === undefined) return;
      answer = { result };
    } catch (error) {
      answer = { error };
    }
    queueMicrotask(() => socket.readyState === 1 && socket.say({ jsonrpc: "2.0", id, ...answer }));
  }
}

/** Lets everything run that is ready to run. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));
