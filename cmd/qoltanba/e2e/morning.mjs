// The demo's morning, as a test for any browser.
import assert from "node:assert/strict";
import { story } from "./case.mjs";
import { logIn, payBatch, payOne } from "./scenario.mjs";
import { verifyAll } from "./verify.mjs";

export function morning(name, options) {
  story(`K1 ${name}: from a public https page to a key on a token`, options, async (world, step) => {
    let signed = 0;
    await step("K126 K61 K111 a legal entity logs in with profile and password", () => logIn(world, { unknown: true }));
    await step("K8 K114 an order is signed after a look at it and the password", async () => {
      await payOne(world);
      signed++;
    });
    await step("K114 a batch of 20 takes one password", async () => {
      const before = world.desktop.windows;
      const count = await payBatch(world);
      assert.equal(count, 20);
      assert.equal(world.desktop.windows - before, 2, "windows: what is signed, and the password");
      signed += count;
    });
    await step("the bank accepts every signature, and so does openssl", async () => {
      assert.deepEqual(await world.page.verdicts(), { accepted: signed, other: 0 });
      assert.equal(await verifyAll(world.home), signed);
    });
  });
}
