// Texts, status messages, requests to the bank, and the agent: shared by the pages.
import { Qoltanba, QoltanbaError } from "/sdk/client.js";

const texts = document.getElementById("texts").content;
const main = document.getElementById("status");
let status = main;

/** Aborts what the agent is asked to do now. */
let running = new AbortController();

/** A refusal of the bank's server: word as in its answer, body the whole answer. */
export class BankError extends Error {
  constructor(word, body = {}) {
    super(word);
    this.word = word;
    this.body = body;
  }
}

/** The first line of a text, with {name} replaced by values.name. */
export function text(key, values = {}) {
  return fill(find(key).querySelector("p").textContent, values);
}

function find(key) {
  return texts.querySelector(`[data-text="${CSS.escape(key)}"]`);
}

function fill(line, values) {
  return line.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/**
 * Shows a text: its first line, and the lines below it as steps. State is "waiting"
 * (for the agent and its person, which can be cancelled), "busy" (with the bank),
 * "done", "partial" or "error". Key and name, the word behind the text, are for tests.
 */
export function show(state, key, values = {}, name = "") {
  const found = find(key);
  const first = document.createElement("p");
  first.textContent = text(key, values);
  const steps = document.createElement("ol");
  for (const item of found.querySelectorAll("li")) {
    const step = document.createElement("li");
    step.textContent = fill(item.textContent, values);
    steps.append(step);
  }
  status.replaceChildren(first);
  if (steps.children.length > 0) status.append(steps);
  if (state === "waiting") status.append(cancelButton());
  status.dataset.state = state;
  status.dataset.text = key;
  status.dataset.name = name;
  status.hidden = false;
  status.scrollIntoView({ block: "nearest" });
}

/** Shows texts in that element from now on; null is the page's own place for them. */
export function showIn(element) {
  status = element ?? main;
}

function cancelButton() {
  const button = document.createElement("button");
  button.id = "cancel";
  button.type = "button";
  button.className = "second";
  button.textContent = text("button.cancel");
  button.addEventListener("click", () => running.abort());
  return button;
}

/**
 * The key and the values of the text for an error of the bank or of the agent. During
 * names what was being done, "login" or "register", where an error may mean something
 * else than in a signature.
 */
export function errorText(error, during) {
  if (error instanceof BankError) {
    return { key: find(`error.${error.word}`) ? `error.${error.word}` : "error.internal", name: error.word };
  }
  if (error instanceof QoltanbaError) {
    const { name, retries } = error;
    if (name === "pin" && retries !== undefined) {
      return { key: "agent.pin-retries", values: { n: retries }, name };
    }
    return agentText(name, during);
  }
  if (error.name === "AbortError") return agentText("canceled", during);
  console.error(error); // a mistake of this page
  return { key: "error.internal", name: "internal" };
}

function agentText(name, during) {
  const key = [`agent.${name}-${during}`, `agent.${name}`].find((key) => find(key)) ?? "agent.failed";
  return { key, values: { name }, name };
}

export function showError(error, during) {
  const { key, values, name } = errorText(error, during);
  show("error", key, values, name);
}

let ahead = NaN;

/** By how many milliseconds the computer's clock was ahead of the bank's at its last answer. */
export function computerAhead() {
  return ahead;
}

/** Asks the bank. Throws a BankError when it refuses or can not be reached. */
async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new BankError("network");
  }
  ahead = Date.now() - Date.parse(response.headers.get("Date"));
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  throw new BankError(body.error ?? "internal", body);
}

/** Posts JSON to the bank and returns its answer. */
export async function post(path, body) {
  const response = await ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return response.json();
}

/**
 * Calls action with what a form holds when it is sent, while its buttons are disabled,
 * and shows errors. One-time codes are gone from their fields afterwards.
 */
export function submit(form, action) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const buttons = [...form.querySelectorAll("button")];
    for (const button of buttons) button.disabled = true;
    show("busy", "busy.code");
    try {
      await action(valuesOf(form));
    } catch (error) {
      showError(error);
    } finally {
      for (const button of buttons) button.disabled = false;
      for (const input of [...form.querySelectorAll("[autocomplete=one-time-code]")].reverse()) {
        input.value = "";
        input.focus();
      }
    }
  });
}

/** The document of an order, for the agent to show and sign: the bank's bytes as they are. */
export async function documentOf(order) {
  const response = await ask(`/api/orders/${order}/document`);
  return { name: `${order}.xml`, mediaType: "application/xml", data: new Uint8Array(await response.arrayBuffer()) };
}

/**
 * Runs action with the agent, which reach connects to, while the button is disabled,
 * and shows its errors; see errorText for during.
 * What the person must see meanwhile is shown by the agent's own windows.
 */
export async function withAgent(button, action, { during, reach = (signal) => Qoltanba.connect({ signal }) } = {}) {
  button.disabled = true;
  running = new AbortController();
  const { signal } = running;
  let agent;
  try {
    show("waiting", "wait.connect");
    agent = await reach(signal);
    await action(agent, signal);
  } catch (error) {
    showError(error, during);
  } finally {
    agent?.close(); // the session stays open for the next page of this tab
    button.disabled = false;
  }
}

/** Has the documents of the orders signed. A session that has ended is opened anew. */
export async function sign(agent, orders, { signal, onProgress }) {
  const documents = await Promise.all(orders.map(documentOf));
  show("waiting", "wait.sign");
  await agent.openSession({ signal });
  return agent.sign(documents, { signal, onProgress });
}

/** Bytes as base64, in pieces that fit a call. */
export function base64(bytes) {
  let binary = "";
  for (let i = 0; i < bytes.length; i += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  }
  return btoa(binary);
}

/** What inputs within the element hold, by name. */
export function valuesOf(element) {
  return Object.fromEntries([...element.querySelectorAll("[name]")].map((input) => [input.name, input.value]));
}
