// Names and codes of errors. Those of the agent are fixed by its file
// bridge/codes.go; the file testdata/protocol/errors.json keeps both in step.

/** What went wrong, in one word. A newer agent may use words that are not here. */
export type ErrorName =
  // of this library
  | "not-running" // no agent answers, or the person refused this site
  | "blocked" // the browser does not let this page reach the computer
  | "disconnected" // the connection ended before the answer; whether it was done is not known
  | "protocol" // the agent speaks another protocol than this library
  // of the agent
  | "origin" | "denied" | "canceled" | "busy" | "too-often" | "no-window" | "no-session"
  | "no-token" | "token-lost" | "no-key" | "locked" | "pin" | "pin-locked" | "pin-length" | "pin-same"
  | "module" | "token" | "mechanism" | "certificate" | "no-enrollment" | "primary" | "unreadable" | "history" | "vault" | "too-large" | "invalid"
  // of JSON-RPC
  | "parse" | "request" | "method" | "duplicate-id" | "internal"
  | (string & {});

/** Codes of this library's own errors; the agent's are negative. */
const own: Record<string, number> = { "not-running": 1, blocked: 2, disconnected: 3, protocol: 4 };

/** Names for codes that come without one. */
const names: Record<number, ErrorName> = {
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
  readonly code: number;
  /** For "pin": the tries that are left, where the token tells. */
  readonly retries: number | undefined;
  override readonly name: ErrorName;

  constructor(name: ErrorName, code: number, message: string, retries?: number) {
    super(message);
    this.name = name;
    this.code = code;
    this.retries = retries;
  }
}

/** An error of this library itself. */
export function ownError(name: "not-running" | "blocked" | "disconnected" | "protocol", message: string): QoltanbaError {
  return new QoltanbaError(name, own[name] ?? 0, message);
}

/** The error object of JSON-RPC, or of one document, where name and retries stand beside the code. */
export interface WireError {
  code: number;
  message: string;
  name?: string;
  retries?: number;
  data?: { name?: string; retries?: number };
}

export function errorFrom(wire: WireError): QoltanbaError {
  const { name, retries } = wire.data ?? wire;
  return new QoltanbaError(name ?? names[wire.code] ?? "internal", wire.code, wire.message, retries);
}
