// The bank and the agent, started like a person's system starts them.
import { createServer } from "node:net";
import { readFile } from "node:fs/promises";
import { run, until } from "./crew.mjs";

/** The agent's two ports are fixed, so one agent runs at a time. */
const agentPort = 13591;

export async function freePort(port = 0) {
  const server = createServer();
  await new Promise((resolve, reject) => {
    server.once("error", () => reject(new Error(`port ${port} is in use: another agent or demo is running`)));
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: found } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return found;
}

/** Starts the bank and returns when its site and its enrollment can be reached. */
export async function startBank(crew, home, ...args) {
  const bank = await crew.start("refbank", home.program("refbank"), ["--dir", home.bank, "serve", "--est", "127.0.0.1:0", ...args],
    { env: home.env, log: home.log("refbank"), output: "pipe" });
  const [, origin] = await bank.line(/^ready (\S+)$/);
  const [, est] = await bank.line(/^est (\S+)$/);
  return { bank, origin, est };
}

/** Starts the agent and returns when it answers on its control socket and listens for pages. */
export async function startAgent(crew, home) {
  await freePort(agentPort);
  const agent = await crew.start("qoltanba", home.program("qoltanba"), ["--home", home.agent, "--module", home.module],
    { env: home.env, log: home.log("agent") });
  await Promise.race([
    until("the agent", () => status(home).then((text) => text.includes(String(agentPort)), () => false)),
    agent.exited.then(async () => {
      throw new Error(`the agent ended early: ${await readFile(home.log("agent"), "utf8")}`);
    }),
  ]);
  return agent;
}

/** What "qoltanba status" prints. */
export function status(home) {
  return run(home.program("qoltanba"), ["--home", home.agent, "status"], { env: home.env });
}

/** Whether something listens at the agent's port. */
export function agentListens() {
  return freePort(agentPort).then(() => false, () => true);
}

/** What "qoltanba token list --json" tells. */
export async function tokens(home) {
  return JSON.parse(await run(home.program("qoltanba"), ["--home", home.agent, "token", "list", "--json"], { env: home.env }));
}
