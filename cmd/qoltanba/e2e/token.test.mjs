// The token panel in a real window, worked by keyboard: a token's bad day and its end.
import assert from "node:assert/strict";
import { story } from "./case.mjs";
import { until } from "./crew.mjs";
import { PIN } from "./home.mjs";
import { tokens } from "./programs.mjs";
import { complains, rejoices } from "./windows.mjs";

const ADMIN = "87654321";
const fresh = "Qoltan58";
const afterUnblocking = "Jana4kilt";

story("token panel", { browser: "none", language: "en", tries: 3 }, async (world, step) => {
  const { desktop, home, tray } = world;
  let w;

  /** What the command line tells of the one token, once it is as wanted. */
  const token = (what, is) => until(what, async () => {
    const [t] = await tokens(home);
    return t && is(t) && t;
  });

  /** Types each text into its entry; Return leads to the next, and from the last to OK. */
  const fill = async (...texts) => {
    for (const text of texts) {
      await w.type(text);
      await w.key("Return");
    }
  };

  await step("K48 the tray opens the panel of an empty token", async () => {
    const t = await token("the token", () => true);
    assert.equal(t.content, "empty");
    await tray.press("Token panel…");
    w = await desktop.window("token");
  });

  await step("K31 K34 K35 the administrator's PIN, wrong and then right", async () => {
    await w.press(0); // Enter PIN Code …
    await w.key("shift+Tab", "Right", "Tab"); // as administrator
    await fill("00000000");
    await w.turned("admin-wrong", complains);
    await fill(ADMIN);
    await w.turned("admin-right", rejoices);
  });

  await step("K36 K42 K43 K44 K47 the token is formatted after a warning of its own, and can be used at once", async () => {
    await w.press(1); // Format…
    await w.turned("format");
    await w.type("Kassa");
    await w.key("Return");
    await w.confirm();
    const t = await token("the new name", ({ label }) => label === "Kassa");
    assert.equal(t.content, "empty");
    assert.equal(t.pin.default, true);
    await w.turned("formatted", rejoices);
  });

  await step("the password is changed from 12345678", async () => {
    await w.press(2); // Change password…
    await fill(PIN, fresh, fresh);
    await w.turned("password-changed", rejoices);
    await token("another password than the factory's", ({ pin }) => !pin.default);
  });

  await step("K112 three wrong passwords lock the token", async () => {
    await w.press(0);
    await w.key("shift+Tab", "Left", "Tab"); // as user
    for (const wrong of ["Qoltan57", "Qoltan56", "Qoltan55"]) {
      await fill(wrong);
      await w.turned("user-wrong", complains);
    }
    await token("the lock", ({ pin }) => pin.locked);
    await w.key("Escape"); // back to the token
    await w.turned("locked");
  });

  await step("the administrator unblocks it, and the new password is right", async () => {
    await w.press(2); // Unblock…; the change of the password does not work now
    await fill(afterUnblocking, afterUnblocking);
    await token("all tries back", ({ pin }) => !pin.locked && !pin.low);
    await w.turned("unblocked", rejoices);
    await w.press(0);
    await fill(afterUnblocking);
    await w.turned("user-right", rejoices);
  });

  await step("K19 a token that is pulled out is asked for, and the window goes on by itself when it is back", async () => {
    await world.token.pullOut();
    await until("no token", async () => (await tokens(home)).length === 0);
    await w.turned("no-token");
    await world.token.plugIn();
    await token("the token", () => true);
    await w.turned("back-again");
    await w.key("Escape");
    await w.closed();
  });
});
