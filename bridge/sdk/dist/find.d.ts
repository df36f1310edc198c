import { Connection } from "./connection.js";
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
export interface FindOptions {
    /** Ends the attempt; the promise rejects with the signal's reason. */
    signal?: AbortSignal | undefined;
    /** Ports to try, in this order. */
    ports?: readonly number[] | undefined;
    /** For programs without a WebSocket of their own. */
    WebSocket?: typeof WebSocket | undefined;
}
/** Asks the browser, without making it ask the person. */
export declare function permission(): Promise<Permission>;
/**
 * Finds the agent. The WebSocket itself is the only thing that is tried: a
 * fetch would meet another rule of the browser and another prompt.
 */
export declare function find(options: FindOptions): Promise<[Connection, Hello]>;
