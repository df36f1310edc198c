// One order: confirm it with a token's code, or go on to the page for MobiPass.
import { accepted } from "./order.js";
import { post, show, showError, submit } from "./page.js";

const { order } = document.getElementById("order").dataset;
const form = document.getElementById("code-confirm");
const mobipass = document.getElementById("mobipass");

if (form) {
  submit(form, async (values) => {
    const { verdict, reason } = await post(`/api/orders/${order}/code`, values);
    if (verdict === "accepted" || reason === "accepted-before") {
      accepted();
    } else if (reason === "withdrawn") {
      show("error", "error.withdrawn", {}, reason);
    } else {
      show("error", "refused.code", {}, reason);
    }
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
