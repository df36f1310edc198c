// The programs that a run starts. None outlives it: each is the leader of a
// process group of its own, the groups are ended at the end, at a signal and at
// a crash, and the kernel ends the leader if this process is killed.
import { execFile, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

const graceful = 5000; // ms from SIGTERM to SIGKILL
const pollEvery = 50; // ms

/** Calls check until it returns something true, and returns that. */
export async function until(what, check, { seconds = 60 } = {}) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s for ${what}`);
    await pause(pollEvery);
  }
}

/** Runs a program to its end and returns what it printed. Throws with its stderr when it fails. Input is what it reads. */
export async function run(command, args, { input, ...options } = {}) {
  try {
    const running = promisify(execFile)(command, args, { timeout: 60_000, maxBuffer: 64 << 20, ...options });
    if (input !== undefined) running.child.stdin.end(input);
    return (await running).stdout;
  } catch (error) {
    throw new Error(`${command} ${args.join(" ")}: ${error.stderr?.trim() || error.message}`);
  }
}

/** A running program. */
class Member {
  #lines = [];
  #waiting = [];

  constructor(name, child) {
    this.name = name;
    this.child = child;
    this.pid = child.pid;
    this.exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => resolve({ code, signal }));
      child.once("error", (error) => resolve({ error }));
    });
    this.exited.then((how) => {
      this.how = how;
      for (const { reject } of this.#waiting) reject(this.#early());
    });
    if (child.stdout) {
      createInterface({ input: child.stdout }).on("line", (line) => {
        this.#lines.push(line);
        this.#waiting = this.#waiting.filter(({ pattern, resolve }) => {
          const match = pattern.exec(line);
          if (match) resolve(match);
          return !match;
        });
      });
    }
  }

  /** Waits for a line of stdout, also one from before, and returns its match. */
  line(pattern) {
    for (const line of this.#lines) {
      const match = pattern.exec(line);
      if (match) return Promise.resolve(match);
    }
    if (this.how) return Promise.reject(this.#early());
    return new Promise((resolve, reject) => this.#waiting.push({ pattern, resolve, reject }));
  }

  /** Ends the program and everything in its group. */
  async end() {
    if (!this.how) signal(this.pid, "SIGTERM");
    const late = setTimeout(() => signal(this.pid, "SIGKILL"), graceful);
    const how = await this.exited;
    clearTimeout(late);
    signal(this.pid, "SIGKILL"); // what its leader left behind
    return how;
  }

  #early() {
    const { code, signal: by, error } = this.how;
    return new Error(`${this.name} ended early: ${error?.message ?? by ?? `exit code ${code}`}`);
  }
}

function signal(pid, name) {
  try {
    if (pid) process.kill(-pid, name);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

export class Crew {
  #members = [];
  #last = [];
  #atExit = () => this.#members.forEach(({ pid }) => signal(pid, "SIGKILL"));
  #atSignal = (name) => {
    // The groups have 5 s to end by themselves; a second signal ends them now.
    if (this.interrupted) process.exit(130);
    this.interrupted = name;
    this.end().finally(() => process.exit(130));
  };

  constructor() {
    process.on("exit", this.#atExit);
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, this.#atSignal);
  }

  /** Starts a program. Its stderr, and unless it is read its stdout, goes to the log file. */
  async start(name, command, args, { env, log, input = "ignore", output = "ignore" }) {
    const file = createWriteStream(log, { flags: "a", mode: 0o600 });
    await new Promise((resolve, reject) => file.once("open", resolve).once("error", reject));
    // In a group of its own, so that Ctrl-C at the terminal reaches this process alone.
    const child = spawn("setpriv", ["--pdeathsig", "TERM", command, ...args], {
      env, detached: true, stdio: [input, output === "pipe" ? "pipe" : file, file],
    });
    file.end();
    return this.adopt(name, child);
  }

  /** Takes over a program that was started detached. */
  adopt(name, child) {
    const member = new Member(name, child);
    this.#members.push(member);
    return member;
  }

  /** Has f done once all programs have ended. */
  atEnd(f) {
    this.#last.push(f);
  }

  /** Ends all programs, the last one first. */
  async end() {
    while (this.#members.length > 0) {
      await this.#members.at(-1).end();
      this.#members.pop();
    }
    for (const f of this.#last.splice(0)) await f();
    process.off("exit", this.#atExit);
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(name, this.#atSignal);
  }
}
