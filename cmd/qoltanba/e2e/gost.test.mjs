// The demo's morning with a primary key, a token and signatures of GOST: make demo KEY=gost.
import assert from "node:assert/strict";

process.env.KEY = "gost"; // what home.mjs reads when it is loaded
const { story } = await import("./case.mjs");
const { payBatch, payOne, register } = await import("./scenario.mjs");
const { verifyAll } = await import("./verify.mjs");

story("GOST: from GOST.pfx and an empty token to a signed batch", { browser: "chromium", language: "kk", empty: true }, async (world, step) => {
  let signed = 0;
  await step("K74 the wizard registers a key of GOST, and the page logs in with it", () => register(world));
  await step("K8 K114 an order and a batch are signed", async () => {
    await payOne(world);
    signed = 1 + await payBatch(world);
  });
  await step("the bank accepts every signature, and so does qoltanba verify", async () => {
    assert.deepEqual(await world.page.verdicts(), { accepted: signed, other: 0 });
    assert.equal(await verifyAll(world.home), signed);
  });
});
