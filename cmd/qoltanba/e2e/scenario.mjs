// What an accountant does in the morning: log in, pay one bill, pay the salaries.
import { payment } from "./bank.mjs";
import { PIN, newPIN } from "./home.mjs";
import { finished } from "./windows.mjs";

/** Lets an unknown site in: the agent asks about it once. */
export async function allowSite({ desktop }) {
  const w = await desktop.window("site");
  await w.agree();
}

/** Enters the password, which Return confirms. */
export async function enterPIN({ desktop, pin: own }, pin = own) {
  const w = await desktop.window("password");
  await w.type(pin);
  await w.key("Return");
  return w;
}

/** Agrees to what the window shows. */
export async function consent({ desktop }) {
  const w = await desktop.window("consent");
  await w.agree();
}

/** Logs in at the bank. The first time the agent asks about the site. */
export async function logIn(world, { unknown = false } = {}) {
  const { page } = world;
  await page.open();
  await page.click("#login");
  if (unknown) await allowSite(world);
  const w = await enterPIN(world);
  await w.closed();
  await page.loggedIn();
}

/** Registers a profile on an empty token, from the bank's page to the first login. */
export async function register(world) {
  await begin(world);
  await allowSite(world);
  await fillIn(world, await world.desktop.window("wizard"));
  await finish(world);
}

/** Asks on the bank's page for a registration, with a certificate for that many months. */
export async function begin({ page }, months = 12) {
  await page.open();
  await page.click("#register summary");
  await page.click(`[data-months='${months}']`);
  await page.click("#connected");
}

/** Works the wizard from the profile to its end. Review is called while all is shown again, before the work begins. */
export async function fillIn(world, w, review = async () => {}) {
  const { paper } = world;
  await w.fill(PIN); // profile and password
  await w.turn("wizard-confirm");
  await w.turn("wizard-welcome");
  await w.turn("wizard-applicant");
  await w.fill(paper.userID, paper.pin, paper.keyFile);
  await w.turn("wizard-password");
  await w.fill("Accountant", newPIN, newPIN);
  await w.turn("wizard-review");
  await review();
  await w.key("space"); // the flag
  await w.key("Return");
  await w.turned("wizard-end", finished, { seconds: 120 });
}

/** Finishes the wizard, and logs in with the profile that is listed then. */
export async function finish(world) {
  const { page, desktop } = world;
  world.pin = newPIN;
  await desktop.press("wizard", "Return");
  const login = await enterPIN(world);
  await login.closed();
  await page.loggedIn();
}

/** Makes one order and signs it. */
export async function payOne(world) {
  const { page } = world;
  await page.newOrder(payment);
  await page.click("#sign");
  await consent(world);
  const w = await enterPIN(world);
  await w.closed();
  await page.orderAccepted();
}

/** Signs a batch with one password. Returns how many orders it had. */
export async function payBatch(world) {
  const { page } = world;
  const count = await page.newBatch();
  await page.click("#batch-sign");
  await consent(world);
  const w = await enterPIN(world);
  await w.closed();
  await page.batchAccepted(count);
  return count;
}
