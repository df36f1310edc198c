// The registration: a period of the contract, a token, and the agent's own wizard; then
// the first login with the new profile.
import { Qoltanba, QoltanbaError } from "/sdk/client.js";
import { show, showError, showIn, withAgent } from "./page.js";
import { login } from "./login.js";

const menu = document.getElementById("register");
const dialog = document.getElementById("connect");
const connected = document.getElementById("connected");
const again = document.getElementById("login-new");
const installer = document.getElementById("installer"); // null when there is none
const status = document.getElementById("connect-status");

let months = 0;

for (const period of menu.querySelectorAll("[data-months]")) {
  period.addEventListener("click", () => {
    months = Number(period.dataset.months);
    menu.open = false;
    status.hidden = true;
    again.hidden = true;
    connected.hidden = false;
    showIn(status);
    dialog.showModal();
  });
}

document.getElementById("connect-close").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", () => {
  document.getElementById("cancel")?.click();
  showIn(null);
});

// The agent may not be installed yet: the page waits for it and goes on by itself.
async function reach(signal) {
  try {
    return await Qoltanba.connect({ signal });
  } catch (error) {
    if (!(error instanceof QoltanbaError) || error.name !== "not-running") throw error;
  }
  show("waiting", "wait.agent");
  if (installer) installer.hidden = false;
  try {
    return await Qoltanba.waitForAgent({ signal });
  } finally {
    if (installer) installer.hidden = true;
  }
}

connected.addEventListener("click", () => withAgent(connected, async (agent, signal) => {
  show("waiting", "wait.register");
  await agent.enroll({ months, signal });
  connected.hidden = true;
  show("done", "done.register");
  // The window for the choice of a profile follows, with the new one in its list. Only
  // after it, and not beside it, the page offers to log in.
  await login(agent, signal).catch((error) => {
    again.hidden = false;
    if (error instanceof QoltanbaError && error.name === "denied") show("done", "done.register");
    else showError(error, "login");
  });
}, { during: "register", reach }));

again.addEventListener("click", () => withAgent(again, login, { during: "login" }));
