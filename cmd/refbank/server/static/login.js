// The login: a challenge of the bank, answered by the agent with a Web eID token.
import { post, show, withAgent } from "./page.js";

const button = document.getElementById("login");
button.addEventListener("click", () => withAgent(button, async (agent, signal) => {
  const { challenge } = await post("/api/login/challenge", {});
  show("waiting", "wait.login");
  const token = await agent.login(challenge, { signal });
  show("busy", "busy.send");
  await post("/api/login", token);
  location.assign("/");
}));
