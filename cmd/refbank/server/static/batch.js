// Many orders, signed at once. A row becomes an order at the bank when it is first
// signed; a row that was accepted is never signed again, one that was edited
// becomes a new order.
import { BankError, base64, errorText, post, show, sign, text, valuesOf, withAgent } from "./page.js";

const area = document.getElementById("batch");
const rows = document.getElementById("batch-rows");
const button = document.getElementById("batch-sign");
const progress = document.getElementById("batch-progress");
const template = document.getElementById("batch-row").content.firstElementChild;

document.getElementById("batch-add").addEventListener("click", () => {
  addRow({}).querySelector("input").focus();
});

document.getElementById("batch-samples").addEventListener("click", async () => {
  const response = await fetch("/static/samples.json");
  for (const row of openRows()) if (row.querySelector("[name=payee]").value === "") row.remove();
  for (const payment of await response.json()) addRow(payment);
});

button.addEventListener("click", () => withAgent(button, async (agent, signal) => {
  const all = rows.children.length;
  area.inert = true; // what is signed must be what the table shows
  try {
    await signRows(agent, openRows(), signal);
  } finally {
    area.inert = false;
    progress.hidden = true;
    count();
  }
  const done = all - openRows().length;
  if (done === all) show("done", "done.batch", { n: done });
  else show("partial", "partial.batch", { n: done, total: all });
}).then(count));

async function signRows(agent, open, signal) {
  show("busy", "busy.prepare");
  await makeOrders(open);
  progress.max = open.length;
  const { signatures } = await sign(agent, open.map((row) => row.dataset.order), {
    signal,
    onProgress(done) {
      progress.value = done;
      progress.hidden = false;
    },
  });
  for (const { index, error } of signatures) {
    if (!error) continue;
    const { key, values } = errorText(error);
    mark(open[index], "unsigned", text(key, values));
  }
  const signed = signatures.filter(({ cms }) => cms);
  if (signed.length === 0) throw signatures[0].error;
  show("busy", "busy.send");
  const { results } = await post("/api/signatures", {
    signatures: signed.map(({ index, cms }) => ({ order: open[index].dataset.order, cms: base64(cms) })),
  });
  results.forEach(({ verdict, reason }, i) => {
    // Accepted before: an earlier answer of the bank was lost on its way.
    const state = reason === "accepted-before" ? "accepted" : verdict;
    if (reason === "withdrawn") delete open[signed[i].index].dataset.order; // signed again, it is a new one
    mark(open[signed[i].index], state, reason && text(`reason.${reason}`));
  });
}

/** Makes orders of the rows that are none yet. */
async function makeOrders(open) {
  const fresh = open.filter((row) => !row.dataset.order);
  if (fresh.length === 0) return;
  try {
    const { orders } = await post("/api/orders", { orders: fresh.map(valuesOf) });
    orders.forEach(({ id }, i) => { fresh[i].dataset.order = id; });
  } catch (error) {
    if (error instanceof BankError && error.word === "fields") {
      for (const { index, fields } of error.body.orders) {
        mark(fresh[index], "wrong");
        for (const [name, word] of Object.entries(fields)) {
          const input = fresh[index].querySelector(`[name="${name}"]`);
          input.setAttribute("aria-invalid", "true");
          input.title = text(`error.${word}`);
        }
      }
    }
    throw error;
  }
}

/** Shows what became of a row: accepted, refused, unsigned, wrong, or nothing yet. */
function mark(row, state, reason) {
  row.dataset.rowState = state;
  row.querySelector(".row-state").textContent = state && text(`row.${state}`, { reason });
  const fixed = state === "accepted";
  for (const input of row.querySelectorAll("input, select, .remove")) input.disabled = fixed;
}

function openRows() {
  return [...rows.children].filter((row) => row.dataset.rowState !== "accepted");
}

function addRow(payment) {
  const row = document.importNode(template, true);
  for (const input of row.querySelectorAll("[name]")) input.value = payment[input.name] ?? input.value;
  row.addEventListener("input", ({ target }) => {
    delete row.dataset.order;
    target.removeAttribute("aria-invalid");
    target.title = "";
    mark(row, "");
    count();
  });
  row.querySelector(".remove").addEventListener("click", () => {
    row.remove();
    count();
  });
  rows.append(row);
  count();
  return row;
}

/** Counts rows and sums amounts by currency; the bank's own sums are in the documents. */
function count() {
  const sums = new Map();
  for (const row of rows.children) {
    const { amount, currency } = valuesOf(row);
    const value = Number(amount.replace(/\s/g, "").replace(",", "."));
    if (value > 0) sums.set(currency, (sums.get(currency) ?? 0) + Math.round(value * 100));
  }
  document.getElementById("batch-count").textContent = rows.children.length;
  document.getElementById("batch-total").textContent =
    [...sums].map(([currency, sum]) => `${(sum / 100).toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f")} ${currency}`).join(", ") || "0";
  button.disabled = openRows().length === 0;
}

addRow({});
