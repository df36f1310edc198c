import { type Content } from "./bytes.js";
import type { Progress } from "./connection.js";
import { QoltanbaError } from "./errors.js";
import { type FindOptions, type Limits, type Permission } from "./find.js";
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
export type Signature = {
    index: number;
    cms: Uint8Array;
    error?: undefined;
} | {
    index: number;
    cms?: undefined;
    error: QoltanbaError;
};
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
    "session.closed": CustomEvent<{
        reason: string;
    }>;
}
/** The agent on the person's computer. */
export declare class Qoltanba extends EventTarget {
    #private;
    private constructor();
    /**
     * Connects to the agent. The promise waits as long as browser or agent ask the
     * person whether this site may. Rejects with "not-running" or "blocked".
     */
    static connect(options?: FindOptions): Promise<Qoltanba>;
    /** Connects as soon as the agent runs: for a page that offers its installer. */
    static waitForAgent(options?: FindOptions): Promise<Qoltanba>;
    /** Whether the browser lets this page reach the agent; "prompt": it will ask the person. */
    static permission(): Promise<Permission>;
    /** The agent's version. */
    get version(): string;
    /** What the agent takes. */
    get limits(): Limits;
    /** The session that is open, or null. A page of the same tab before this one may have opened it. */
    get session(): Session | null;
    /** Has the person log in with a challenge of the bank's server, 44 to 128 characters. Opens a session as well. */
    login(challenge: string, { signal }?: CallOptions): Promise<LoginToken>;
    /** Has the person choose a profile, unless a session is open already. */
    openSession({ signal }?: CallOptions): Promise<Session>;
    /**
     * Has the person create a profile on an empty token, in the agent's own wizard,
     * and resolves when it was registered with the bank. Rejects with "no-token" when
     * none is connected, with "denied" when the person closed the wizard, and with
     * "no-enrollment" when the agent does not know where the bank's certificates come
     * from. A wizard that has begun goes on without the page.
     */
    enroll({ months, signal }?: EnrollOptions): Promise<void>;
    /** Ends the session; the next one asks the person again. */
    closeSession(): Promise<void>;
    /**
     * Has the person agree to the documents and sign them. Needs a session. An
     * error of one document stands in its place in the result; an error of all
     * rejects.
     */
    sign(documents: readonly SignDocument[], { detached, signal, onProgress }?: SignOptions): Promise<SignResult>;
    /** Ends the connection. The session may be resumed by the next page of this tab within five minutes. */
    close(): void;
}
export interface Qoltanba {
    addEventListener<K extends keyof QoltanbaEvents>(type: K, listener: (event: QoltanbaEvents[K]) => void, options?: boolean | AddEventListenerOptions): void;
    addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
}
