import { test, afterEach, mock } from "node:test";
import assert from "node:assert/strict";
import { Qoltanba, QoltanbaError } from "../dist/client.js";
import { FakeAgent, golden, settle } from "./agent.mjs";

const opened = golden("session-open").response.result;

/** sessionStorage of the tab. */
let tab = new Map();
globalThis.sessionStorage = {
  getItem: (k) => tab.get(k) ?? null,
  setItem: (k, v) => tab.set(k, v),
  removeItem: (k) => tab.delete(k),
};
afterEach(() => {
  tab = new Map();
  mock.timers.reset();
});

/** A page that has connected to a fresh agent. */
async function connected(methods = {}) {
  const agent = new FakeAgent();
  Object.assign(agent.methods, methods);
  const q = await Qoltanba.connect({ WebSocket: agent.WebSocket });
  return { agent, q };
}

const named = (name) => (e) => e instanceof QoltanbaError && e.name === name;

test("hello is the first frame and as the golden has it", async () => {
  const { agent, q } = await connected();
  assert.deepEqual(agent.received[0], golden("hello").request);
  assert.equal(agent.sockets[0].url, "ws://127.0.0.1:13591/v1");
  assert.equal(q.version, "1.0.0");
  assert.deepEqual(q.limits, golden("hello").response.result.limits);
  assert.equal(q.session, null);
});

test("session.open", async () => {
  const g = golden("session-open");
  const { agent, q } = await connected({ "session.open": () => g.response.result });
  const s = await q.openSession();
  assert.deepEqual(agent.received[1], g.request);
  assert.equal(s.subject, g.response.result.subject);
  assert.equal(Buffer.from(s.certificate).toString(), "certificate");
  assert.equal(await q.openSession(), s, "a second call asks nobody");
});

test("authenticate", async () => {
  const g = golden("authenticate");
  const { agent, q } = await connected({ authenticate: () => g.response.result });
  assert.deepEqual(await q.login(g.request.params.challenge), g.response.result.token);
  assert.deepEqual(agent.received[1], g.request);
  assert.equal(q.session.id, g.response.result.session);
});

test("K60 enroll has the agent show its wizard", async () => {
  const g = golden("enroll");
  const { agent, q } = await connected({ enroll: () => ({}) });
  assert.equal(await q.enroll({ months: 12 }), undefined);
  assert.deepEqual(agent.received[1], g.request);
  agent.methods.enroll = () => { throw g.response.error; };
  await assert.rejects(q.enroll(), named("denied"));
  assert.deepEqual(agent.received[2].params, { months: 0 });
});

test("sign uploads each document and names it", async () => {
  const g = golden("sign-uploaded");
  const { agent, q } = await connected({ "session.open": () => opened, sign: (_, m, socket) => {
    for (const n of g.notifications) socket.say(n);
    return g.response.result;
  } });
  await q.openSession();
  const progress = [];
  const r = await q.sign(
    [{ name: "1.txt", mediaType: "text/plain", data: g.uploads[0].text },
     { name: "2.txt", mediaType: "text/plain", data: new Blob([g.uploads[1].text]) }],
    { onProgress: (...p) => progress.push(p) });
  assert.deepEqual(agent.received.slice(2), [
    ...g.uploads.map(({ number, text }) => ({ number, data: new Uint8Array(Buffer.from(text)) })),
    g.request,
  ]);
  assert.deepEqual(progress, [[2, 2]]);
  assert.equal(r.complete, true);
  assert.deepEqual(r.signatures.map((s) => Buffer.from(s.cms).toString()), ["cms 0", "cms 1"]);
});

test("documents may be bytes of any kind", async () => {
  const { agent, q } = await connected({ sign: () => ({ complete: true, signatures: [] }) });
  const bytes = new Uint8Array([9, 1, 2, 3]);
  await q.sign([bytes.subarray(1), bytes.buffer].map((data) => ({ name: "", mediaType: "", data })));
  assert.deepEqual(agent.received.slice(1, 3).map((m) => [...m.data]), [[1, 2, 3], [9, 1, 2, 3]]);
});

test("a batch that was signed in part has an error in each missing place", async () => {
  const g = golden("sign-partly");
  const { q } = await connected({ sign: () => g.response.result });
  const r = await q.sign(g.uploads.map(({ text }, i) => ({ name: `${i + 1}.txt`, mediaType: "text/plain", data: text })));
  assert.equal(r.complete, false);
  assert.equal(Buffer.from(r.signatures[0].cms).toString(), "cms 0");
  const { error } = r.signatures[1];
  assert.ok(named("token-lost")(error));
  assert.equal(error.code, -32021);
});

test("documents over a limit are not sent", async () => {
  const { agent, q } = await connected({
    hello: () => ({ ...golden("hello").response.result, limits: { documentBytes: 4, documents: 2, requestBytes: 6, frameBytes: 1000 } }),
  });
  const d = (data, name = "") => ({ name, mediaType: "", data });
  for (const documents of [[d("12345")], [d("1"), d("2"), d("3")], [d("1234"), d("567")], [d("1", "n".repeat(400))]]) {
    await assert.rejects(q.sign(documents), named("too-large"));
  }
  assert.equal(agent.received.length, 1);
});

test("every error of the agent is typed", async () => {
  for (const error of golden("errors").errors) {
    const { q } = await connected({ "session.open": () => { throw error; } });
    await assert.rejects(q.openSession(), (e) => {
      assert.ok(e instanceof QoltanbaError && e instanceof Error);
      assert.deepEqual([e.name, e.code, e.message, e.retries], [error.data.name, error.code, error.message, error.data.retries]);
      return true;
    });
  }
});

test("errors of the codec have a name by their code", async () => {
  const codes = { [-32700]: "parse", [-32600]: "request", [-32601]: "method", [-32602]: "invalid", [-32603]: "internal", [-32000]: "busy", [-32001]: "too-large", [-32002]: "duplicate-id", [-32800]: "canceled", [-1]: "internal" };
  for (const [code, name] of Object.entries(codes)) {
    const { q } = await connected({ "session.open": () => { throw { code: Number(code), message: "m" }; } });
    await assert.rejects(q.openSession(), (e) => e.name === name && e.code === Number(code));
  }
});

test("an abort cancels at the agent and rejects with the signal's reason", async () => {
  const g = golden("cancel");
  const { agent, q } = await connected({ "session.open": () => undefined });
  const abort = new AbortController();
  const asked = q.openSession({ signal: abort.signal });
  assert.deepEqual(await agent.arrives("session.open"), g.request);
  abort.abort();
  await assert.rejects(asked, { name: "AbortError" });
  assert.deepEqual(agent.received.at(-1), g.cancel);
  agent.socket.say(g.response); // comes too late and harms nobody
  agent.methods["session.open"] = () => opened;
  assert.equal((await q.openSession()).subject, opened.subject);
});

test("a signal that is aborted already sends nothing", async () => {
  const { agent, q } = await connected();
  for (const call of [(o) => q.openSession(o), (o) => q.login("c", o), (o) => q.sign([], o)]) {
    await assert.rejects(call({ signal: AbortSignal.abort("no") }), (e) => e === "no");
  }
  assert.equal(agent.received.length, 1);
});

test("events", async () => {
  const { agent, q } = await connected({ "session.open": () => opened });
  await q.openSession();
  const seen = [];
  for (const name of ["token.inserted", "token.removed", "session.closed"]) {
    q.addEventListener(name, (e) => seen.push(e.detail ? { ...e.detail, name } : name));
  }
  for (const n of golden("events").notifications) agent.socket.say(n);
  agent.socket.say({ jsonrpc: "2.0", method: "of.a.newer.agent" });
  assert.deepEqual(seen, ["token.inserted", "token.removed", { name: "session.closed", reason: "token" }]);
  assert.equal(q.session, null);
  assert.equal(tab.size, 0);
});

test("closeSession", async () => {
  const g = golden("session-close");
  const { agent, q } = await connected({ "session.open": () => opened, "session.close": () => g.response.result });
  await q.openSession();
  await q.closeSession();
  assert.deepEqual(agent.received.at(-1), g.request);
  assert.equal(q.session, null);
});

test("requests that were under way end with the connection", async () => {
  const { agent, q } = await connected({ sign: () => undefined });
  const signing = q.sign([{ name: "", mediaType: "", data: "x" }]);
  await agent.arrives("sign");
  agent.socket.drop();
  await assert.rejects(signing, named("disconnected"));
  assert.equal(agent.received.filter((m) => m.method === "sign").length, 1, "nothing is signed twice");
});

test("a message that the agent could not read ends what waits", async () => {
  const { agent, q } = await connected({ "session.open": () => undefined });
  const asked = q.openSession();
  await agent.arrives("session.open");
  agent.socket.say(golden("refused").refused[0].response);
  await assert.rejects(asked, named("parse"));
});

test("an agent that sends no JSON is let go", async () => {
  const { agent, q } = await connected({ "session.open": () => undefined });
  const asked = q.openSession();
  await agent.arrives("session.open");
  agent.socket.say("{");
  await assert.rejects(asked, named("protocol"));
  assert.equal(agent.socket.readyState, 3);
});

test("the next page of the tab takes the session up again", async () => {
  const g = golden("session-resume");
  const first = await connected({ "session.open": () => opened });
  await first.q.openSession();
  const { agent, q } = await connected({ "session.open": () => opened });
  assert.deepEqual(agent.received[1], g.request);
  assert.equal(q.session.id, opened.session);
});

test("a session that is gone is forgotten and nobody is asked", async () => {
  const g = golden("session-resume-gone");
  tab.set("qoltanba.session", g.request.params.resume);
  const { agent, q } = await connected({ "session.open": () => { throw g.response.error; } });
  assert.deepEqual(agent.received[1], g.request);
  assert.equal(agent.received.length, 2);
  assert.equal(q.session, null);
  assert.equal(tab.size, 0);
});

test("with a session the connection comes back by itself", async () => {
  const { agent, q } = await connected({ "session.open": () => opened });
  await q.openSession();
  const seen = [];
  for (const name of ["connected", "disconnected", "session.closed"]) q.addEventListener(name, () => seen.push(name));
  mock.timers.enable({ apis: ["setTimeout"] });
  agent.ports.clear();
  agent.socket.drop();
  await settle();
  mock.timers.tick(1000); // not there yet
  await settle();
  agent.ports.set(13592, "agent"); // it may have moved
  mock.timers.tick(2000);
  await settle();
  assert.deepEqual(seen, ["disconnected", "connected"]);
  assert.equal(q.session.id, opened.session);
  q.close();
});

test("a session is lost when the agent stays away", async () => {
  const { agent, q } = await connected({ "session.open": () => opened });
  await q.openSession();
  const closed = new Promise((resolve) => q.addEventListener("session.closed", (e) => resolve(e.detail.reason)));
  mock.timers.enable({ apis: ["setTimeout"] });
  agent.ports.clear();
  agent.socket.drop();
  for (let i = 0; i < 20; i++) {
    await settle();
    mock.timers.tick(60_000);
  }
  assert.equal(await closed, "lost");
});

test("without a session the next call connects anew", async () => {
  const { agent, q } = await connected({ "session.open": () => opened });
  agent.socket.drop();
  await settle();
  assert.equal(agent.sockets.length, 1);
  await q.openSession();
  assert.equal(agent.sockets.length, 2);
});

test("a closed object stays closed", async () => {
  const { agent, q } = await connected({ "session.open": () => opened });
  await q.openSession();
  q.close();
  await settle();
  await assert.rejects(q.openSession(), named("disconnected"));
  assert.equal(agent.sockets.length, 1);
  assert.equal(tab.get("qoltanba.session"), opened.session, "the tab's next page may go on");
});

test("after an abort no progress is reported", async () => {
  const { agent, q } = await connected({ sign: () => undefined });
  const abort = new AbortController();
  let progress = 0;
  const signing = q.sign([{ name: "", mediaType: "", data: "x" }], { signal: abort.signal, onProgress: () => progress++ });
  const { id } = await agent.arrives("sign");
  abort.abort();
  await assert.rejects(signing, { name: "AbortError" });
  agent.socket.say({ jsonrpc: "2.0", method: "progress", params: { id, done: 1, total: 1 } });
  assert.equal(progress, 0);
});

test("a session that cannot be taken up now is not forgotten", async () => {
  tab.set("qoltanba.session", "KEPT");
  const agent = new FakeAgent();
  agent.methods["session.open"] = () => { throw { code: -32000, message: "busy" }; };
  await assert.rejects(Qoltanba.connect({ WebSocket: agent.WebSocket }), named("busy"));
  assert.equal(tab.get("qoltanba.session"), "KEPT");
  await settle();
  assert.equal(agent.socket.readyState, 3);
});

test("an object that is closed while it reconnects stops", async () => {
  const { agent, q } = await connected({ "session.open": () => opened });
  await q.openSession();
  mock.timers.enable({ apis: ["setTimeout"] });
  agent.socket.drop();
  await settle();
  q.close();
  mock.timers.tick(100_000);
  await settle();
  assert.equal(agent.sockets.length, 1);
});

test("a signal that is aborted already makes no connection", async () => {
  const { agent, q } = await connected();
  agent.socket.drop();
  await settle();
  await assert.rejects(q.openSession({ signal: AbortSignal.abort("no") }), (e) => e === "no");
  assert.equal(agent.sockets.length, 1);
});

test("one caller's abort does not take the connection from another", async () => {
  const { agent, q } = await connected({ "session.open": () => opened });
  agent.socket.drop();
  await settle();
  const abort = new AbortController();
  const first = q.openSession({ signal: abort.signal });
  const second = q.openSession();
  abort.abort("no");
  await assert.rejects(first, (e) => e === "no");
  assert.equal((await second).subject, opened.subject);
  assert.equal(agent.sockets.length, 2);
});
