import { bytesOf, fromBase64, type Content } from "./bytes.js";
import type { Connection, Progress } from "./connection.js";
import { QoltanbaError, errorFrom, ownError, type WireError } from "./errors.js";
import { find, permission, type FindOptions, type Hello, type Limits, type Permission } from "./find.js";
import { SessionMemory } from "./memory.js";

export { QoltanbaError } from "./errors.js";
export type { ErrorName } from "./errors.js";
export type { Content } from "./bytes.js";
export type { Progress } from "./connection.js";
export type { FindOptions, Limits, Permission } from "./find.js";

/**
 * A login token for the bank's server to check: in the Web eID format, or, by a GOST
 * key, in our own with the same members. The README has the server's checks of both.
 */
export interface LoginToken {
  /** The person's certificate: DER in base64. Nothing of it counts before the server's checks. */
  unverifiedCertificate: string;
  /** "RS256", "ES256", "ES384", "ES512"; by a GOST key "GOST-2004", "GOST-2015", or a Russian one. */
  algorithm: string;
  /** Base64. */
  signature: string;
  /** "web-eid:1.0", or "qoltanba-gost:1.0" by a GOST key. */
  format: string;
  /** The agent's name and version, for people. */
  appVersion: string;
}

/** A profile that the person opened to this site. */
export interface Session {
  id: string;
  /** The signer's certificate, DER. */
  certificate: Uint8Array;
  /** The certificate's common name. */
  subject: string;
}

/** What is to be signed: the document itself. The agent shows it to the person. */
export interface SignDocument {
  name: string;
  mediaType: string;
  data: Content;
}

export interface CallOptions {
  /** Cancels at the agent, closes its window, and rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

export interface SignOptions extends CallOptions {
  /** Leave the document out of the signature message (the server has it). */
  detached?: boolean | undefined;
  /** How many documents are signed. */
  onProgress?: Progress | undefined;
}

export interface EnrollOptions extends CallOptions {
  /** Period of the certificate in months, one of the contract's; the person may choose another. */
  months?: number | undefined;
}

/** One document's signature, CMS SignedData (CAdES-B-B) in DER, or why there is none. */
export type Signature =
  | { index: number; cms: Uint8Array; error?: undefined }
  | { index: number; cms?: undefined; error: QoltanbaError };

/** One entry for each document, in their order. */
export interface SignResult {
  /** Every document was signed. If not, those that were need not be signed again. */
  complete: boolean;
  signatures: Signature[];
}

/** The events of a Qoltanba object. */
export interface QoltanbaEvents {
  /** The connection is there again, and the session if it still was open. */
  connected: Event;
  /** The connection ended. The next call connects anew; with a session that is tried by itself. */
  disconnected: Event;
  /** A token was connected. Comes only after a session was opened. */
  "token.inserted": Event;
  "token.removed": Event;
  /** reason: "idle", "lock", "token", "exit", "page", or "lost" when it could not be resumed. */
  "session.closed": CustomEvent<{ reason: string }>;
}

const retryDelays = [1, 2, 4, 8, 15, 30, 30, 30, 60, 60, 60]; // s; an agent keeps a session for five minutes
const waitEvery = 3000; // ms

interface WireSession {
  session: string;
  certificate: string;
  subject: string;
}

/** The agent on the person's computer. */
export class Qoltanba extends EventTarget {
  readonly #options: FindOptions;
  readonly #memory = new SessionMemory();
  #connection: Connection | undefined;
  #connecting: Promise<Connection> | undefined;
  #hello: Hello | undefined;
  #session: Session | null = null;
  #closed = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  private constructor(options: FindOptions) {
    super();
    this.#options = options;
  }

  /**
   * Connects to the agent. The promise waits as long as browser or agent ask the
   * person whether this site may. Rejects with "not-running" or "blocked".
   */
  static async connect(options: FindOptions = {}): Promise<Qoltanba> {
    const q = new Qoltanba({ ...options, signal: undefined });
    await q.#connect(options.signal);
    return q;
  }

  /** Connects as soon as the agent runs: for a page that offers its installer. */
  static async waitForAgent(options: FindOptions = {}): Promise<Qoltanba> {
    for (;;) {
      try {
        return await Qoltanba.connect(options);
      } catch (error) {
        if (!(error instanceof QoltanbaError) || error.name !== "not-running") throw error;
      }
      await pause(waitEvery, options.signal);
    }
  }

  /** Whether the browser lets this page reach the agent; "prompt": it will ask the person. */
  static permission(): Promise<Permission> {
    return permission();
  }

  /** The agent's version. */
  get version(): string {
    return this.#hello?.version ?? "";
  }

  /** What the agent takes. */
  get limits(): Limits {
    return { ...this.#hello!.limits };
  }

  /** The session that is open, or null. A page of the same tab before this one may have opened it. */
  get session(): Session | null {
    return this.#session;
  }

  /** Has the person log in with a challenge of the bank's server, 44 to 128 characters. Opens a session as well. */
  async login(challenge: string, { signal }: CallOptions = {}): Promise<LoginToken> {
    const c = await this.#ready(signal);
    const r = await c.request<WireSession & { token: LoginToken }>("authenticate", { challenge }, { signal });
    this.#opened(r);
    return r.token;
  }

  /** Has the person choose a profile, unless a session is open already. */
  async openSession({ signal }: CallOptions = {}): Promise<Session> {
    const c = await this.#ready(signal);
    return this.#session ?? this.#opened(await c.request<WireSession>("session.open", {}, { signal }));
  }

  /**
   * Has the person create a profile on an empty token, in the agent's own wizard,
   * and resolves when it was registered with the bank. Rejects with "no-token" when
   * none is connected, with "denied" when the person closed the wizard, and with
   * "no-enrollment" when the agent does not know where the bank's certificates come
   * from. A wizard that has begun goes on without the page.
   */
  async enroll({ months = 0, signal }: EnrollOptions = {}): Promise<void> {
    const c = await this.#ready(signal);
    await c.request("enroll", { months }, { signal });
  }

  /** Ends the session; the next one asks the person again. */
  async closeSession(): Promise<void> {
    const c = await this.#ready();
    await c.request("session.close", {});
    this.#forget();
  }

  /**
   * Has the person agree to the documents and sign them. Needs a session. An
   * error of one document stands in its place in the result; an error of all
   * rejects.
   */
  async sign(documents: readonly SignDocument[], { detached = false, signal, onProgress }: SignOptions = {}): Promise<SignResult> {
    const contents = await Promise.all(documents.map((d) => bytesOf(d.data)));
    const c = await this.#ready(signal);
    this.#checkSize(documents, contents);
    // No await from here on: an upload that no request names would stay at the agent.
    const named = documents.map(({ name, mediaType }, i) => ({ name, mediaType, frame: c.upload(contents[i]!) }));
    const r = await c.request<{ complete: boolean; signatures: { index: number; cms?: string; error?: WireError }[] }>(
      "sign", { documents: named, detached }, { signal, onProgress });
    return {
      complete: r.complete,
      signatures: r.signatures.map(({ index, cms, error }) =>
        error ? { index, error: errorFrom(error) } : { index, cms: fromBase64(cms ?? "") }),
    };
  }

  /** Ends the connection. The session may be resumed by the next page of this tab within five minutes. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#connection?.close();
  }

  #checkSize(documents: readonly SignDocument[], contents: readonly Uint8Array[]): void {
    const { limits } = this;
    const names = documents.reduce((n, d) => n + 3 * (d.name.length + d.mediaType.length) + 64, 0);
    const bytes = contents.reduce((n, b) => n + b.length, 0);
    if (documents.length > limits.documents || contents.some((b) => b.length > limits.documentBytes) ||
        bytes > limits.requestBytes || names > limits.frameBytes) {
      throw new QoltanbaError("too-large", -32001, "too large, see limits");
    }
  }

  /** The open connection, or a new one. An abort leaves the attempt to whoever else waits for it. */
  async #ready(signal?: AbortSignal): Promise<Connection> {
    signal?.throwIfAborted();
    if (this.#closed) throw ownError("disconnected", "this object was closed");
    if (this.#connection?.isOpen && !this.#connecting) return this.#connection;
    return unlessAborted(this.#connect(), signal);
  }

  #connect(signal?: AbortSignal): Promise<Connection> {
    clearTimeout(this.#retry);
    return (this.#connecting ??= this.#reach(signal).finally(() => (this.#connecting = undefined)));
  }

  /** Finds the agent and takes the session up again that this tab had, which asks nobody. */
  async #reach(signal?: AbortSignal): Promise<Connection> {
    const [c, hello] = await find({ ...this.#options, signal });
    this.#hello = hello;
    c.onEvent = (name, params) => this.#event(name, params);
    const resume = this.#session?.id ?? this.#memory.get();
    if (resume !== null) {
      try {
        this.#opened(await c.request<WireSession>("session.open", { resume }, { signal }));
      } catch (error) {
        if (!(error instanceof QoltanbaError) || error.name !== "no-session") {
          c.close();
          throw error;
        }
        this.#lost("lost");
      }
    }
    if (this.#closed) {
      c.close();
      throw ownError("disconnected", "this object was closed");
    }
    c.onClose = () => this.#dropped();
    this.#connection = c;
    this.dispatchEvent(new Event("connected"));
    return c;
  }

  #dropped(): void {
    this.#connection = undefined;
    this.dispatchEvent(new Event("disconnected"));
    if (this.#session && !this.#closed) this.#reconnect(0);
  }

  #reconnect(attempt: number): void {
    const delay = retryDelays[attempt];
    if (delay === undefined) {
      this.#lost("lost");
      return;
    }
    this.#retry = setTimeout(() => {
      this.#connect().catch(() => {
        if (!this.#closed && this.#session) this.#reconnect(attempt + 1);
      });
    }, delay * 1000);
  }

  #event(name: string, params: Record<string, unknown>): void {
    if (name === "session.closed") this.#lost(String(params["reason"]));
    else if (name === "token.inserted" || name === "token.removed") this.dispatchEvent(new Event(name));
  }

  #opened({ session, certificate, subject }: WireSession): Session {
    this.#session = { id: session, certificate: fromBase64(certificate), subject };
    this.#memory.set(session);
    return this.#session;
  }

  #forget(): boolean {
    const had = this.#session !== null;
    this.#session = null;
    this.#memory.set(null);
    return had;
  }

  #lost(reason: string): void {
    if (this.#forget()) this.dispatchEvent(new CustomEvent("session.closed", { detail: { reason } }));
  }
}

export interface Qoltanba {
  addEventListener<K extends keyof QoltanbaEvents>(
    type: K, listener: (event: QoltanbaEvents[K]) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
}

function unlessAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return unlessAborted(new Promise((resolve) => setTimeout(resolve, ms)), signal);
}
