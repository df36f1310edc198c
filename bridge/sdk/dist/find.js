import { Connection } from "./connection.js";
import { QoltanbaError, ownError } from "./errors.js";
/** The second port is for the agent of another person at the same computer. */
const defaultPorts = [13591, 13592];
const patience = 2000; // ms after which the next port is tried beside a port that says nothing
const client = "@qoltanba/client 1.0.0";
/** Asks the browser, without making it ask the person. */
export async function permission() {
    // Chromium 145 and later know the first name, 142 to 144 the second. A browser
    // throws for a name that it does not know.
    for (const name of ["loopback-network", "local-network-access"]) {
        try {
            const status = await navigator.permissions.query({ name: name });
            return status.state;
        }
        catch {
            continue;
        }
    }
    return "unknown";
}
/**
 * Finds the agent. The WebSocket itself is the only thing that is tried: a
 * fetch would meet another rule of the browser and another prompt.
 */
export async function find(options) {
    const Socket = options.WebSocket ?? globalThis.WebSocket;
    const ports = options.ports ?? defaultPorts;
    options.signal?.throwIfAborted();
    // While the browser asks the person, a second attempt would only be in the way.
    const hurry = (await permission()) !== "prompt";
    const lost = new AbortController();
    const stop = () => lost.abort(options.signal?.reason);
    options.signal?.addEventListener("abort", stop, { once: true });
    try {
        return await race(ports, hurry, (port) => greet(port, Socket, lost.signal));
    }
    catch (error) {
        options.signal?.throwIfAborted();
        if (error instanceof QoltanbaError && error.name === "not-running" && (await permission()) === "denied") {
            throw ownError("blocked", "the browser does not let this site reach programs on this computer");
        }
        throw error;
    }
    finally {
        options.signal?.removeEventListener("abort", stop);
        lost.abort(); // the attempts that did not win
    }
}
/** Connects and says hello; rejects when there is no agent of this protocol. */
async function greet(port, Socket, signal) {
    const connection = await Connection.open(`ws://127.0.0.1:${port}/v1`, Socket, signal);
    try {
        const hello = await connection.request("hello", { client }, { signal });
        if (hello.agent !== "qoltanba" || hello.protocol !== 1) {
            throw ownError("protocol", "the agent speaks another protocol; it or this page is too old");
        }
        return [connection, hello];
    }
    catch (error) {
        connection.close();
        throw error;
    }
}
/**
 * Tries one after another and, in a hurry, the next also beside one that is
 * silent. The first success wins; when all fail, the last error that says more
 * than "not-running" is thrown.
 */
function race(ports, hurry, attempt) {
    return new Promise((resolve, reject) => {
        let started = 0;
        let failed = 0;
        let timer;
        let worst = ownError("not-running", "no agent answers");
        const next = () => {
            clearTimeout(timer);
            const port = ports[started];
            if (port === undefined)
                return;
            started++;
            const mine = started;
            if (hurry && started < ports.length)
                timer = setTimeout(next, patience);
            attempt(port).then((value) => {
                clearTimeout(timer);
                resolve(value);
            }, (error) => {
                failed++;
                if (!(error instanceof QoltanbaError) || error.name !== "not-running")
                    worst = error;
                if (failed === ports.length)
                    reject(worst);
                else if (mine === started)
                    next();
            });
        };
        if (ports.length === 0)
            reject(worst);
        next();
    });
}
