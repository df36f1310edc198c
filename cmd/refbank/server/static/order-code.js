// One order: confirm it with a token's code, or go on to the page for MobiPass.
import { clockFound, clockRefused, computerClock } from "./clock.js";
import { accepted } from "./order.js";
import { post, show, showError, submit } from "./page.js";

const { order } = document.getElementById("order").dataset;
const form = document.getElementById("code-confirm");
const clock = document.getElementById("by-clock"); // for those who logged in with a key
const mobipass = document.getElementById("mobipass");

if (form) {
  submit(form, async (values) => {
    const { verdict, reason, minutes = 0 } = await post(`/api/orders/${order}/code`, values);
    if (verdict === "accepted" || reason === "accepted-before") {
      accepted();
    } else if (reason === "withdrawn") {
      show("error", "error.withdrawn", {}, reason);
    } else if (reason === "clock") {
      if (clock) clock.hidden = false;
      show("error", ...clockRefused(minutes), reason);
    } else {
      show("error", ...(reason === "code" && computerClock() || ["refused.code", {}]), reason);
    }
  });
}

if (clock) {
  submit(clock.querySelector("form"), async (values) => {
    const { minutes = 0 } = await post("/api/clock", values);
    clock.hidden = true;
    show("done", ...clockFound(minutes));
  });
}

mobipass?.addEventListener("click", async () => {
  mobipass.disabled = true;
  show("busy", "busy.prepare");
  try {
    await post(`/api/orders/${order}/mobipass`, {});
    location.assign(`/orders/${order}/mobipass`);
  } catch (error) {
    showError(error);
  } finally {
    mobipass.disabled = false;
  }
});
