import { errorFrom, ownError } from "./errors.js";
/** JSON-RPC 2.0 over one WebSocket that is open. */
export class Connection {
    #socket;
    #pending = new Map();
    #lastID = 0;
    #lastFrame = 0;
    /** Called with the agent's notifications, but progress. */
    onEvent = () => { };
    /** Called once, when the connection has ended for whatever reason. */
    onClose = () => { };
    constructor(socket) {
        this.#socket = socket;
        socket.addEventListener("message", (e) => this.#take(e.data));
        socket.addEventListener("close", () => this.#end(ownError("disconnected", "the connection to the agent ended")));
    }
    /** Opens a WebSocket. Why one cannot be opened is not told to pages. */
    static open(url, Socket, signal) {
        return new Promise((resolve, reject) => {
            signal?.throwIfAborted();
            const socket = new Socket(url);
            const abort = () => {
                socket.close();
                reject(signal?.reason);
            };
            signal?.addEventListener("abort", abort, { once: true });
            socket.addEventListener("open", () => {
                signal?.removeEventListener("abort", abort);
                resolve(new Connection(socket));
            });
            socket.addEventListener("close", () => {
                signal?.removeEventListener("abort", abort);
                reject(ownError("not-running", "no agent answers"));
            });
        });
    }
    get isOpen() {
        return this.#socket.readyState === 1;
    }
    /** Asks and waits. An abort cancels at the agent and rejects at once with the signal's reason. */
    request(method, params, { signal, onProgress } = {}) {
        return new Promise((resolve, reject) => {
            signal?.throwIfAborted();
            if (!this.isOpen)
                throw ownError("disconnected", "the connection to the agent ended");
            const id = ++this.#lastID;
            const abort = () => {
                this.#pending.delete(id);
                this.#send({ method: "cancel", params: { id } });
                reject(signal?.reason);
            };
            const settled = () => signal?.removeEventListener("abort", abort);
            this.#pending.set(id, {
                resolve: (result) => (settled(), resolve(result)),
                reject: (error) => (settled(), reject(error)),
                onProgress,
            });
            signal?.addEventListener("abort", abort, { once: true });
            this.#send({ id, method, params });
        });
    }
    /** Sends a document ahead of the request that names it by the number returned. */
    upload(data) {
        const number = (this.#lastFrame = (this.#lastFrame + 1) >>> 0);
        const frame = new Uint8Array(4 + data.length);
        new DataView(frame.buffer).setUint32(0, number);
        frame.set(data, 4);
        this.#socket.send(frame);
        return number;
    }
    close() {
        this.#socket.close();
    }
    #send(message) {
        if (this.isOpen)
            this.#socket.send(JSON.stringify({ jsonrpc: "2.0", ...message }));
    }
    #take(data) {
        let m;
        try {
            m = JSON.parse(String(data));
        }
        catch {
            this.#fail(ownError("protocol", "the agent sent something that is not JSON"));
            return;
        }
        if (m.method === "progress") {
            const { id, done, total } = (m.params ?? {});
            this.#pending.get(Number(id))?.onProgress?.(Number(done), Number(total));
        }
        else if (m.method !== undefined) {
            this.onEvent(m.method, (m.params ?? {}));
        }
        else if (typeof m.id === "number") {
            const waiting = this.#pending.get(m.id); // none when it was aborted
            this.#pending.delete(m.id);
            if (m.error)
                waiting?.reject(errorFrom(m.error));
            else
                waiting?.resolve(m.result);
        }
        else if (m.error) {
            // The agent could not read a message of ours, so its answer will not come.
            this.#fail(errorFrom(m.error));
        }
    }
    #fail(error) {
        this.#end(error);
        this.#socket.close();
    }
    #end(error) {
        const pending = [...this.#pending.values()];
        this.#pending.clear();
        for (const p of pending)
            p.reject(error);
        this.onClose();
        this.onClose = () => { };
    }
}
