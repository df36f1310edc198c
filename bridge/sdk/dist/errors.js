// Names and codes of errors. Those of the agent are fixed by its file
// bridge/codes.go; the file testdata/protocol/errors.json keeps both in step.
/** Codes of this library's own errors; the agent's are negative. */
const own = { "not-running": 1, blocked: 2, disconnected: 3, protocol: 4 };
/** Names for codes that come without one. */
const names = {
    [-32700]: "parse",
    [-32600]: "request",
    [-32601]: "method",
    [-32602]: "invalid",
    [-32603]: "internal",
    [-32000]: "busy",
    [-32001]: "too-large",
    [-32002]: "duplicate-id",
    [-32800]: "canceled",
};
/** Every error of this library but an abort, which rejects with the signal's reason. */
export class QoltanbaError extends Error {
    /** Negative: from the agent, see README. Positive: from this library. */
    code;
    /** For "pin": the tries that are left, where the token tells. */
    retries;
    name;
    constructor(name, code, message, retries) {
        super(message);
        this.name = name;
        this.code = code;
        this.retries = retries;
    }
}
/** An error of this library itself. */
export function ownError(name, message) {
    return new QoltanbaError(name, own[name] ?? 0, message);
}
export function errorFrom(wire) {
    const { name, retries } = wire.data ?? wire;
    return new QoltanbaError(name ?? names[wire.code] ?? "internal", wire.code, wire.message, retries);
}
