/** What went wrong, in one word. A newer agent may use words that are not here. */
export type ErrorName = "not-running" | "blocked" | "disconnected" | "protocol" | "origin" | "denied" | "canceled" | "busy" | "too-often" | "no-window" | "no-session" | "no-token" | "token-lost" | "no-key" | "locked" | "pin" | "pin-locked" | "pin-length" | "pin-same" | "module" | "token" | "mechanism" | "certificate" | "no-enrollment" | "primary" | "unreadable" | "history" | "vault" | "too-large" | "invalid" | "parse" | "request" | "method" | "duplicate-id" | "internal" | (string & {});
/** Every error of this library but an abort, which rejects with the signal's reason. */
export declare class QoltanbaError extends Error {
    /** Negative: from the agent, see README. Positive: from this library. */
    readonly code: number;
    /** For "pin": the tries that are left, where the token tells. */
    readonly retries: number | undefined;
    readonly name: ErrorName;
    constructor(name: ErrorName, code: number, message: string, retries?: number);
}
/** An error of this library itself. */
export declare function ownError(name: "not-running" | "blocked" | "disconnected" | "protocol", message: string): QoltanbaError;
/** The error object of JSON-RPC, or of one document, where name and retries stand beside the code. */
export interface WireError {
    code: number;
    message: string;
    name?: string;
    retries?: number;
    data?: {
        name?: string;
        retries?: number;
    };
}
export declare function errorFrom(wire: WireError): QoltanbaError;
