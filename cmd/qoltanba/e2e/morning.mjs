// The demo's morning, as a test for any browser.
import assert from "node:assert/strict";
import { story } from "./case.mjs";
import { logIn, payBatch, payOne } from "./scenario.mjs";
import { verifyAll } from "./verify.mjs";

/** What the bank's pages call themselves, and the title of the first one. */
const forLegalEntities = {
  kk: ["Заңды тұлғаларға", "Заңды тұлғаларға арналған интернет-банк"],
  ru: ["Юридическим лицам", "Интернет-банк для юридических лиц"],
  en: ["For legal entities", "Internet banking for legal entities"],
};

export function morning(name, options) {
  story(`K1 ${name}: from a public https page to a key on a token`, options, async (world, step) => {
    let signed = 0;
    await step("K126 the page is the one for legal entities, in every language", async () => {
      const { page } = world;
      for (const [lang, [audience, title]] of Object.entries(forLegalEntities)) {
        await page.open(`/?lang=${lang}`);
        assert.equal(await page.page.$eval("html", ({ lang }) => lang), lang);
        assert.equal(await page.page.$eval(".audience", ({ textContent }) => textContent), audience);
        assert.equal(await page.page.$eval("h1", ({ textContent }) => textContent), title);
      }
      await page.open(`/?lang=${options.language}`);
    });
    await step("K61 K111 a client logs in with profile and password", () => logIn(world, { unknown: true }));
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
