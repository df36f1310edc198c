// What an accountant does in the morning: log in, pay one bill, pay the salaries.
import { payment } from "./bank.mjs";
import { PIN } from "./home.mjs";

/** Lets an unknown site in: the agent asks about it once. */
export async function allowSite({ desktop }) {
  const w = await desktop.window("site");
  await w.agree();
}

/** Enters the password, which Return confirms. */
export async function enterPIN({ desktop }, pin = PIN) {
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
