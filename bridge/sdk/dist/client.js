import { bytesOf, fromBase64 } from "./bytes.js";
import { QoltanbaError, errorFrom, ownError } from "./errors.js";
import { find, permission } from "./find.js";
import { SessionMemory } from "./memory.js";
export { QoltanbaError } from "./errors.js";
const retryDelays = [1, 2, 4, 8, 15, 30, 30, 30, 60, 60, 60]; // s; an agent keeps a session for five minutes
const waitEvery = 3000; // ms
/** The agent on the person's computer. */
export class Qoltanba extends EventTarget {
    #options;
    #memory = new SessionMemory();
    #connection;
    #connecting;
    #hello;
    #session = null;
    #closed = false;
    #retry;
    constructor(options) {
        super();
        this.#options = options;
    }
    /**
     * Connects to the agent. The promise waits as long as browser or agent ask the
     * person whether this site may. Rejects with "not-running" or "blocked".
     */
    static async connect(options = {}) {
        const q = new Qoltanba({ ...options, signal: undefined });
        await q.#connect(options.signal);
        return q;
    }
    /** Connects as soon as the agent runs: for a page that offers its installer. */
    static async waitForAgent(options = {}) {
        for (;;) {
            try {
                return await Qoltanba.connect(options);
            }
            catch (error) {
                if (!(error instanceof QoltanbaError) || error.name !== "not-running")
                    throw error;
            }
            await pause(waitEvery, options.signal);
        }
    }
    /** Whether the browser lets this page reach the agent; "prompt": it will ask the person. */
    static permission() {
        return permission();
    }
    /** The agent's version. */
    get version() {
        return this.#hello?.version ?? "";
    }
    /** What the agent takes. */
    get limits() {
        return { ...this.#hello.limits };
    }
    /** The session that is open, or null. A page of the same tab before this one may have opened it. */
    get session() {
        return this.#session;
    }
    /** Has the person log in with a challenge of the bank's server, 44 to 128 characters. Opens a session as well. */
    async login(challenge, { signal } = {}) {
        const c = await this.#ready(signal);
        const r = await c.request("authenticate", { challenge }, { signal });
        this.#opened(r);
        return r.token;
    }
    /** Has the person choose a profile, unless a session is open already. */
    async openSession({ signal } = {}) {
        const c = await this.#ready(signal);
        return this.#session ?? this.#opened(await c.request("session.open", {}, { signal }));
    }
    /**
     * Has the person create a profile on an empty token, in the agent's own wizard,
     * and resolves when it was registered with the bank. Rejects with "no-token" when
     * none is connected, with "denied" when the person closed the wizard, and with
     * "no-enrollment" when the agent does not know where the bank's certificates come
     * from. A wizard that has begun goes on without the page.
     */
    async enroll({ months = 0, signal } = {}) {
        const c = await this.#ready(signal);
        await c.request("enroll", { months }, { signal });
    }
    /** Ends the session; the next one asks the person again. */
    async closeSession() {
        const c = await this.#ready();
        await c.request("session.close", {});
        this.#forget();
    }
    /**
     * Has the person agree to the documents and sign them. Needs a session. An
     * error of one document stands in its place in the result; an error of all
     * rejects.
     */
    async sign(documents, { detached = false, signal, onProgress } = {}) {
        const contents = await Promise.all(documents.map((d) => bytesOf(d.data)));
        const c = await this.#ready(signal);
        this.#checkSize(documents, contents);
        // No await from here on: an upload that no request names would stay at the agent.
        const named = documents.map(({ name, mediaType }, i) => ({ name, mediaType, frame: c.upload(contents[i]) }));
        const r = await c.request("sign", { documents: named, detached }, { signal, onProgress });
        return {
            complete: r.complete,
            signatures: r.signatures.map(({ index, cms, error }) => error ? { index, error: errorFrom(error) } : { index, cms: fromBase64(cms ?? "") }),
        };
    }
    /** Ends the connection. The session may be resumed by the next page of this tab within five minutes. */
    close() {
        this.#closed = true;
        clearTimeout(this.#retry);
        this.#connection?.close();
    }
    #checkSize(documents, contents) {
        const { limits } = this;
        const names = documents.reduce((n, d) => n + 3 * (d.name.length + d.mediaType.length) + 64, 0);
        const bytes = contents.reduce((n, b) => n + b.length, 0);
        if (documents.length > limits.documents || contents.some((b) => b.length > limits.documentBytes) ||
            bytes > limits.requestBytes || names > limits.frameBytes) {
            throw new QoltanbaError("too-large", -32001, "too large, see limits");
        }
    }
    /** The open connection, or a new one. An abort leaves the attempt to whoever else waits for it. */
    async #ready(signal) {
        signal?.throwIfAborted();
        if (this.#closed)
            throw ownError("disconnected", "this object was closed");
        if (this.#connection?.isOpen && !this.#connecting)
            return this.#connection;
        return unlessAborted(this.#connect(), signal);
    }
    #connect(signal) {
        clearTimeout(this.#retry);
        return (this.#connecting ??= this.#reach(signal).finally(() => (this.#connecting = undefined)));
    }
    /** Finds the agent and takes the session up again that this tab had, which asks nobody. */
    async #reach(signal) {
        const [c, hello] = await find({ ...this.#options, signal });
        this.#hello = hello;
        c.onEvent = (name, params) => this.#event(name, params);
        const resume = this.#session?.id ?? this.#memory.get();
        if (resume !== null) {
            try {
                this.#opened(await c.request("session.open", { resume }, { signal }));
            }
            catch (error) {
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
    #dropped() {
        this.#connection = undefined;
        this.dispatchEvent(new Event("disconnected"));
        if (this.#session && !this.#closed)
            this.#reconnect(0);
    }
    #reconnect(attempt) {
        const delay = retryDelays[attempt];
        if (delay === undefined) {
            this.#lost("lost");
            return;
        }
        this.#retry = setTimeout(() => {
            this.#connect().catch(() => {
                if (!this.#closed && this.#session)
                    this.#reconnect(attempt + 1);
            });
        }, delay * 1000);
    }
    #event(name, params) {
        if (name === "session.closed")
            this.#lost(String(params["reason"]));
        else if (name === "token.inserted" || name === "token.removed")
            this.dispatchEvent(new Event(name));
    }
    #opened({ session, certificate, subject }) {
        this.#session = { id: session, certificate: fromBase64(certificate), subject };
        this.#memory.set(session);
        return this.#session;
    }
    #forget() {
        const had = this.#session !== null;
        this.#session = null;
        this.#memory.set(null);
        return had;
    }
    #lost(reason) {
        if (this.#forget())
            this.dispatchEvent(new CustomEvent("session.closed", { detail: { reason } }));
    }
}
function unlessAborted(promise, signal) {
    if (!signal)
        return promise;
    return new Promise((resolve, reject) => {
        const abort = () => reject(signal.reason);
        signal.addEventListener("abort", abort, { once: true });
        promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
    });
}
function pause(ms, signal) {
    return unlessAborted(new Promise((resolve) => setTimeout(resolve, ms)), signal);
}
