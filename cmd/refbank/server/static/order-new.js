// The form of a payment order. Mistakes are marked at their fields; what was typed stays.
import { BankError, post, show, showError, text, valuesOf } from "./page.js";

const form = document.getElementById("new-order");
const button = document.getElementById("create");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  mark({});
  show("busy", "busy.prepare");
  try {
    const { orders } = await post("/api/orders", { orders: [valuesOf(form)] });
    location.assign(`/orders/${orders[0].id}`);
  } catch (error) {
    if (error instanceof BankError && error.word === "fields") mark(error.body.orders[0].fields);
    showError(error);
  } finally {
    button.disabled = false;
  }
});

/** Writes what is wrong beside each field and goes to the first. */
function mark(fields) {
  let first;
  for (const place of form.querySelectorAll("[data-error-for]")) {
    const name = place.dataset.errorFor;
    const word = fields[name];
    const input = form.elements[name];
    place.textContent = word ? text(`error.${word}`) : "";
    place.dataset.word = word ?? "";
    input.setAttribute("aria-invalid", String(word !== undefined));
    if (word) first ??= input;
  }
  first?.focus();
}
