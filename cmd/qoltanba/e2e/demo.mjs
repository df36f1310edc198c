// make demo without a display: a whole morning at the bank, unattended.
import { join } from "node:path";
import { payBatch, payOne, register } from "./scenario.mjs";
import { verifier, verifyAll } from "./verify.mjs";
import { World } from "./world.mjs";

const started = Date.now();
const dir = join(process.cwd(), ".demo");
const say = (line) => console.log(`demo: ${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s  ${line}`);

say("starting a desktop, the bank, the agent and Chromium");
const world = await World.open({ dir, bin: join(dir, "bin"), language: "en", empty: true });
try {
  const { page, desktop, home } = world;
  say(`bank at ${world.origin}, a public page to Chromium; agent at 127.0.0.1:13591`);
  await register(world);
  await page.shot(desktop.nextShot("bank-welcome"));
  say("from an empty token and a key file to a registered profile, and logged in with it");
  await payOne(world);
  await page.shot(desktop.nextShot("bank-order"));
  say("one payment order signed and accepted");
  const count = 1 + await payBatch(world);
  await page.shot(desktop.nextShot("bank-batch"));
  say(`a batch of ${count - 1} signed and accepted`);
  const { accepted, other } = await page.verdicts();
  await page.shot(desktop.nextShot("bank-payments"));
  const verified = await verifyAll(home);
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.log(`demo: 1 registration, 1 login, ${count} signatures, ${accepted} accepted by the bank, ${verified} verified by ${verifier}, ` +
    `${desktop.windows} windows, ${seconds} s; pictures in .demo/shots`);
  if (accepted !== count || verified !== count || other !== 0) {
    throw new Error(`${count} signatures were made, and not all of them hold`);
  }
} catch (error) {
  process.exitCode = 1;
  if (!world.crew.interrupted) {
    await world.desktop.shot("failed").catch(() => {}); // the error is what counts
    console.error(`demo: ${error.message}\ndemo: the logs are in ${join(dir, "logs")}`);
  }
} finally {
  await world.close();
}
