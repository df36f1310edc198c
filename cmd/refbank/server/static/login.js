// The login: a challenge of the bank, answered by the agent with a Web eID token.
import { post, show, withAgent } from "./page.js";

const button = document.getElementById("login");
button.addEventListener("click", () => withAgent(button, async (agent) => {
  show("busy", "busy.login");
  const { challenge } = await post("/api/login/challenge", {});
  await post("/api/login", await agent.login(challenge));
  location.assign("/");
}));
