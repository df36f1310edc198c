// The orders that wait for a signature: those that are chosen are withdrawn.
import { post, show, showError } from "./page.js";

const rows = document.getElementById("unsigned");
const all = document.getElementById("all");
const button = document.getElementById("withdraw");

function chosen() {
  return [...rows.querySelectorAll("[name=order]:checked")].map((box) => box.closest("tr"));
}

function count() {
  const boxes = rows.querySelectorAll("[name=order]").length;
  const n = chosen().length;
  button.disabled = n === 0;
  all.disabled = boxes === 0;
  all.checked = n > 0 && n === boxes;
  all.indeterminate = n > 0 && n < boxes;
}

all?.addEventListener("change", () => {
  for (const box of rows.querySelectorAll("[name=order]")) box.checked = all.checked;
  count();
});

rows?.addEventListener("change", count);

button?.addEventListener("click", async () => {
  const gone = chosen();
  button.disabled = true;
  show("busy", "busy.withdraw");
  try {
    await post("/api/orders/withdraw", { orders: gone.map((row) => row.dataset.order) });
    for (const row of gone) row.remove();
    show("done", "done.withdraw", { n: gone.length });
  } catch (error) {
    showError(error);
  } finally {
    count();
  }
});

if (rows) count(); // a browser may keep what was chosen before a reload
