// Several tokens at once: the person chooses among their profiles.
import assert from "node:assert/strict";
import { payment } from "./bank.mjs";
import { story } from "./case.mjs";
import { PIN, another } from "./home.mjs";
import { tokens } from "./programs.mjs";
import { allowSite, consent, enterPIN, payOne } from "./scenario.mjs";

story("several tokens", { browser: "chromium", language: "en", second: true }, async (world, step) => {
  const { page, desktop, home } = world;
  let users; // the clients in the order of the list, which is the agent's own

  /** Chooses the profile at that place of the list, by keyboard, and enters the password. */
  const choose = async (place) => {
    const w = await desktop.window("password");
    await w.key("shift+Tab"); // from the password to the profile
    await w.turn("list", "space");
    await w.key(...Array(place).fill("Down"), "Return", "Tab");
    await w.type(PIN);
    await w.key("Return");
    await w.closed();
  };

  await step("K113 the second one of the list is chosen, and its client is logged in", async () => {
    const labels = (await tokens(home)).map(({ label }) => label);
    assert.deepEqual(labels.toSorted(), ["Accountant", "Director"]);
    users = labels.map((label) => label === another.label ? another.user : "qq111111_qwertyui");
    await page.open();
    await page.click("#login");
    await allowSite(world);
    await choose(2);
    await page.loggedIn();
    assert.equal(await page.user(), users[1]);
  });

  await step("K113 its key signs, and the bank takes the signature for this client's", () => payOne(world));

  await step("K113 another tab has the list too: the first one signs, and the bank refuses it as another client's", async () => {
    const tab = await world.tab();
    await tab.newOrder(payment);
    await tab.click("#sign");
    await choose(1);
    await consent(world);
    await enterPIN(world);
    assert.equal(await tab.error(), "signer");
    await tab.page.close();
  });

  await step("K113 after the logout the list has all again, and the first one is chosen", async () => {
    await page.open();
    await page.click("#logout");
    await page.click("#login");
    await choose(1);
    await page.loggedIn();
    assert.equal(await page.user(), users[0]);
  });
});
