// One order: sign it and show the bank's verdict.
import { base64, post, show, sign, text, withAgent } from "./page.js";

const { order } = document.getElementById("order").dataset;
const button = document.getElementById("sign");

button?.addEventListener("click", () => withAgent(button, async (agent, signal) => {
  show("busy", "busy.prepare");
  const { signatures: [signature] } = await sign(agent, [order], { signal });
  if (signature.error) throw signature.error;
  show("busy", "busy.send");
  const { verdict, reason } = await post(`/api/orders/${order}/signature`, { cms: base64(signature.cms) });
  // Accepted before: an earlier answer of the bank was lost on its way.
  if (verdict === "accepted" || reason === "accepted-before") {
    accepted();
  } else {
    show("error", "refused.sign", { reason: text(`reason.${reason}`) }, reason);
  }
}));

/** Shows the state that a reload would show. */
export function accepted() {
  document.getElementById("order").dataset.state = "accepted";
  const state = document.querySelector(".state");
  state.dataset.state = "accepted";
  state.textContent = text("state.accepted");
  button.hidden = true;
  document.getElementById("by-code").hidden = true;
  show("done", "done.sign");
}
