// The bank's pages, worked like a person does: open, fill in, click, read.
export const payment = {
  payee: "Ахметова Әлия Серікқызы", iban: "KZ809992204400010000", bic: "REFBKZKA",
  amount: "285000.00", knp: "332", purpose: "Жалақы, 2026 жылғы қазан / Заработная плата за октябрь 2026",
};

const patience = 60_000; // ms

export class BankPage {
  constructor(page, origin) {
    this.page = page;
    this.origin = origin;
    page.setDefaultTimeout(patience);
  }

  async open(path = "/") {
    await this.page.goto(this.origin + path);
  }

  /** Clicks once the page's scripts have run: before, a button is there and does nothing. */
  async click(selector) {
    const element = await this.page.waitForSelector(selector, { visible: true });
    await this.page.waitForFunction(() => document.readyState === "complete", { polling: 50 });
    await element.click();
  }

  /** Waits until the bank has logged the client in. */
  async loggedIn() {
    await this.page.waitForSelector("#signed-in");
  }

  /** Fills in the form of an order and waits for the order's page. */
  async newOrder(fields) {
    await this.open("/orders/new");
    for (const [name, value] of Object.entries(fields)) await this.page.type(`#new-order [name=${name}]`, value);
    await Promise.all([this.page.waitForNavigation(), this.click("#create")]);
    await this.page.waitForSelector("#order[data-state=issued]");
  }

  async orderAccepted() {
    await this.page.waitForSelector("#order[data-state=accepted]");
  }

  /** Fills the batch page with the bank's samples and returns how many rows there are. */
  async newBatch() {
    await this.open("/batch");
    await this.click("#batch-samples");
    await this.page.waitForFunction(() => document.querySelectorAll("#batch-rows tr").length > 1);
    return this.page.$$eval("#batch-rows tr", (rows) => rows.length);
  }

  async batchAccepted(count) {
    await this.page.waitForSelector("#status[data-state=done], #status[data-state=partial], #status[data-state=error]");
    const accepted = await this.page.$$eval("#batch-rows tr[data-row-state=accepted]", (rows) => rows.length);
    if (accepted !== count) throw new Error(`${accepted} of ${count} payments accepted: ${await this.message()}`);
  }

  /** How many signatures the bank's list shows as accepted, and as anything else. */
  async verdicts() {
    await this.open("/payments");
    return this.page.evaluate(() => ({
      accepted: document.querySelectorAll("#payments tr[data-verdict=accepted]").length,
      other: document.querySelectorAll("#payments tr:not([data-verdict=accepted])").length,
    }));
  }

  /** Pastes what is in the clipboard into a field, in the place of what is there, and returns it. */
  async paste(selector) {
    await this.page.bringToFront();
    const field = await this.page.waitForSelector(selector, { visible: true });
    await field.click({ count: 3 });
    await this.page.keyboard.down("Control");
    await this.page.keyboard.press("KeyV", { commands: ["Paste"] });
    await this.page.keyboard.up("Control");
    return field.evaluate(({ value }) => value);
  }

  /** Waits for an error on the page and returns its name. */
  async error() {
    await this.page.waitForSelector("#status[data-state=error]");
    return this.page.$eval("#status", (status) => status.dataset.name);
  }

  /** Waits until the page shows that text, in the place that selector names. */
  async says(key, where = "#status") {
    await this.page.waitForSelector(`${where}[data-text="${key}"]`, { visible: true });
  }

  /** Which client the bank has logged in. */
  user() {
    return this.page.$eval("#signed-in", ({ dataset }) => dataset.user);
  }

  message() {
    return this.page.$eval("#status", (status) => status.textContent);
  }

  shot(path) {
    return this.page.screenshot({ path });
  }
}
