import { test, afterEach, mock } from "node:test";
import assert from "node:assert/strict";
import { Qoltanba, QoltanbaError } from "../dist/client.js";
import { FakeAgent, golden, settle } from "./agent.mjs";

/** navigator.permissions of a browser that knows some names and throws for others. */
function browser(states) {
  Object.defineProperty(globalThis, "navigator", {
    configurable: true,
    value: { permissions: { query: async ({ name }) => {
      if (!(name in states)) throw new TypeError(`'${name}' (value of 'name' member of PermissionDescriptor) is not a valid value`);
      return { state: states[name] };
    } } },
  });
}

const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
afterEach(() => {
  mock.timers.reset();
  if (before) Object.defineProperty(globalThis, "navigator", before);
  else delete globalThis.navigator;
});

const named = (name) => (e) => e instanceof QoltanbaError && e.name === name && e.code > 0;
const portsTried = (agent) => agent.sockets.map((s) => Number(new URL(s.url).port));

test("the second port when nobody is at the first", async () => {
  const agent = new FakeAgent();
  agent.ports = new Map([[13592, "agent"]]);
  await Qoltanba.connect({ WebSocket: agent.WebSocket });
  assert.deepEqual(portsTried(agent), [13591, 13592]);
});

test("ports of the page's choice", async () => {
  const agent = new FakeAgent();
  agent.ports = new Map([[7, "agent"]]);
  await Qoltanba.connect({ WebSocket: agent.WebSocket, ports: [7] });
  assert.deepEqual(portsTried(agent), [7]);
});

test("nobody anywhere", async () => {
  const agent = new FakeAgent();
  agent.ports.clear();
  await assert.rejects(Qoltanba.connect({ WebSocket: agent.WebSocket }), named("not-running"));
  await assert.rejects(Qoltanba.connect({ WebSocket: agent.WebSocket, ports: [] }), named("not-running"));
});

test("a port that says nothing is not waited for alone", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const agent = new FakeAgent();
  agent.ports = new Map([[13591, "silent"], [13592, "agent"]]);
  const connecting = Qoltanba.connect({ WebSocket: agent.WebSocket });
  await settle();
  assert.deepEqual(portsTried(agent), [13591]);
  mock.timers.tick(2000);
  await connecting;
  assert.equal(agent.sockets[0].readyState, 3, "the silent one is given up");
});

test("a person who is asked is waited for", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const agent = new FakeAgent();
  agent.ports = new Map([[13591, "silent"]]);
  const abort = new AbortController();
  const connecting = Qoltanba.connect({ WebSocket: agent.WebSocket, signal: abort.signal });
  await settle();
  mock.timers.tick(100_000);
  await settle();
  assert.deepEqual(portsTried(agent), [13591, 13592]);
  abort.abort("enough");
  await assert.rejects(connecting, (e) => e === "enough");
  assert.equal(agent.sockets[0].readyState, 3);
});

test("an agent of another protocol", async () => {
  const agent = new FakeAgent();
  agent.methods.hello = () => ({ ...golden("hello").response.result, protocol: 2 });
  await assert.rejects(Qoltanba.connect({ WebSocket: agent.WebSocket }), named("protocol"));
});

test("permission", async () => {
  for (const [about, states, want] of [
    ["Chromium 145 and later", { "loopback-network": "denied", "local-network": "granted", "local-network-access": "granted" }, "denied"],
    ["Chromium 142 to 144", { "local-network-access": "prompt" }, "prompt"],
    ["Firefox", { "loopback-network": "granted" }, "granted"],
    ["Safari and others", {}, "unknown"],
  ]) {
    browser(states);
    assert.equal(await Qoltanba.permission(), want, about);
  }
  delete globalThis.navigator;
  assert.equal(await Qoltanba.permission(), "unknown", "no navigator");
});

test("the browser's block is told from an agent that does not run", async () => {
  const agent = new FakeAgent();
  agent.ports.clear();
  browser({ "loopback-network": "denied" });
  await assert.rejects(Qoltanba.connect({ WebSocket: agent.WebSocket }), named("blocked"));
  browser({ "loopback-network": "granted" });
  await assert.rejects(Qoltanba.connect({ WebSocket: agent.WebSocket }), named("not-running"));
});

test("a page of this computer needs no permission", async () => {
  const agent = new FakeAgent();
  browser({ "loopback-network": "denied" });
  await Qoltanba.connect({ WebSocket: agent.WebSocket });
});

test("while the browser asks, no second attempt is made beside the first", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const agent = new FakeAgent();
  agent.ports = new Map([[13591, "silent"], [13592, "agent"]]);
  browser({ "loopback-network": "prompt" });
  const connecting = Qoltanba.connect({ WebSocket: agent.WebSocket });
  await settle();
  mock.timers.tick(100_000);
  await settle();
  assert.deepEqual(portsTried(agent), [13591]);
  agent.sockets[0].drop();
  await connecting;
});

test("K125 a page that offers the installer goes on when the agent runs", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const agent = new FakeAgent();
  agent.ports.clear();
  const waiting = Qoltanba.waitForAgent({ WebSocket: agent.WebSocket });
  for (let i = 0; i < 3; i++) {
    await settle();
    mock.timers.tick(3000);
  }
  await settle();
  assert.equal(agent.sockets.length, 8);
  agent.ports.set(13591, "agent");
  mock.timers.tick(3000);
  assert.equal((await waiting).version, "1.0.0");
});

test("waiting ends with its signal, and when the browser blocks", async () => {
  const agent = new FakeAgent();
  agent.ports.clear();
  const abort = new AbortController();
  const waiting = Qoltanba.waitForAgent({ WebSocket: agent.WebSocket, signal: abort.signal });
  await settle();
  abort.abort("enough");
  await assert.rejects(waiting, (e) => e === "enough");
  browser({ "loopback-network": "denied" });
  await assert.rejects(Qoltanba.waitForAgent({ WebSocket: agent.WebSocket }), named("blocked"));
});

test("a late failure starts no attempt more", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const agent = new FakeAgent();
  agent.ports = new Map([[1, "silent"], [2, "silent"], [3, "agent"]]);
  const connecting = Qoltanba.connect({ WebSocket: agent.WebSocket, ports: [1, 2, 3] });
  await settle();
  mock.timers.tick(2000);
  agent.sockets[0].drop();
  await settle();
  assert.deepEqual(portsTried(agent), [1, 2]);
  mock.timers.tick(2000);
  await connecting;
});
