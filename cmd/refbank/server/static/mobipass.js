// The value for the code number of one order.
import { post, show, showError, submit } from "./page.js";

const form = document.getElementById("mobipass-value");
const { order } = form.dataset;

submit(form, async (values) => {
  const { verdict, reason } = await post(`/api/orders/${order}/mobipass/value`, values);
  if (verdict === "accepted" || reason === "accepted-before") {
    location.assign(`/orders/${order}`); // which shows that it is accepted
  } else if (reason === "withdrawn") {
    show("error", "error.withdrawn", {}, reason);
  } else {
    show("error", reason === "blocked" ? "refused.blocked" : "refused.value", {}, reason);
  }
});

document.getElementById("edit").addEventListener("click", async () => {
  try {
    await post(`/api/orders/${order}/mobipass/void`, {});
    location.assign(`/orders/new?from=${order}`);
  } catch (error) {
    showError(error);
  }
});
