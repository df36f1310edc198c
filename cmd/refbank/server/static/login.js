// The login: a challenge of the bank, answered by the agent with a Web eID token.
import { post, show, withAgent } from "./page.js";

/** Has the person log in with an agent that is connected, and shows the home page. */
export async function login(agent, signal) {
  if (agent.session) await agent.closeSession(); // of an earlier login: any profile can be chosen anew
  const { challenge } = await post("/api/login/challenge", {});
  show("waiting", "wait.login");
  const token = await agent.login(challenge, { signal });
  show("busy", "busy.send");
  await post("/api/login", token);
  location.assign("/");
}

const button = document.getElementById("login");
button.addEventListener("click", () => withAgent(button, login, { during: "login" }));
