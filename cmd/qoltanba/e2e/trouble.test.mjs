// What may go wrong on a real desktop, and what then must still work.
import assert from "node:assert/strict";
import { payment } from "./bank.mjs";
import { story } from "./case.mjs";
import { until } from "./crew.mjs";
import { PIN } from "./home.mjs";
import { agentListens, startAgent } from "./programs.mjs";
import { allowSite, consent, enterPIN } from "./scenario.mjs";
import { alive, complains } from "./windows.mjs";

story("trouble", { browser: "chromium", language: "en" }, async (world, step) => {
  const { page, desktop } = world;

  await step("K64 K112 a wrong password is said in the window, which stays, and the right one logs in", async () => {
    await page.open();
    await page.click("#login");
    await allowSite(world);
    const w = await desktop.window("password");
    await w.type("11111111");
    await w.key("Return");
    await w.shot("wrong-password", complains);
    assert.equal(await w.gone(), false);
    assert.equal(await page.page.$("#signed-in"), null);
    await w.type(PIN);
    await w.key("Return");
    await w.closed();
    await page.loggedIn();
  });

  await step("Escape refuses", async () => {
    await page.newOrder(payment);
    await page.click("#sign");
    const w = await desktop.window("consent");
    await w.key("Escape");
    await w.closed();
    assert.equal(await page.error(), "denied");
  });

  await step("a window process that is killed cancels the request, and the next request gets a new one", async () => {
    await page.click("#sign");
    const w = await desktop.window("consent");
    const pid = await w.pid();
    process.kill(pid, "SIGKILL");
    await until("the page to be told", async () => await page.error() === "canceled");
    assert.equal(alive(world.agent.pid), true, "the agent lives");
    await page.click("#sign");
    assert.notEqual(await (await desktop.window("consent")).pid(), pid);
    await consent(world);
    await enterPIN(world);
    await page.orderAccepted();
  });

  await step("a page that is closed takes its window along, and the turn is free", async () => {
    const tab = await world.tab();
    await tab.newOrder(payment);
    await tab.click("#sign");
    const w = await desktop.window("password");
    await tab.page.close();
    await w.closed();

    await page.newOrder(payment);
    await page.click("#sign");
    const asked = await desktop.window("consent");
    await page.open(); // leaves the page, with the tab's session
    await asked.closed();

    await page.newOrder(payment);
    await page.click("#sign");
    await consent(world);
    await enterPIN(world);
    await page.orderAccepted();
  });

  await step("K48 the agent that ends closes its port and its windows", async () => {
    await page.newOrder(payment);
    await page.click("#sign");
    const window = await (await desktop.window("consent")).pid();
    process.kill(world.agent.pid, "SIGTERM");
    assert.deepEqual(await world.agent.exited, { code: 0, signal: null });
    assert.equal(await agentListens(), false, "the port is open");
    await until("the window process to end", () => !alive(window));
    assert.equal(await desktop.empty(), true, "a window is shown");
  });

  await step("the page says that the agent was killed, and what became of the signature and of the login", async () => {
    const { crew, home } = world;
    for (const [button, key] of [["#sign", "agent.disconnected"], ["#login", "agent.disconnected-login"]]) {
      world.agent = await startAgent(crew, home);
      if (button === "#login") {
        await page.open();
        await page.click("#logout");
      } else {
        await page.newOrder(payment);
      }
      await page.click(button);
      await desktop.window("password"); // a signature needs a session, which ended with the agent before
      process.kill(world.agent.pid, "SIGKILL");
      await page.says(key);
      await world.agent.exited;
      await until("its windows to close", () => desktop.empty());
    }
  });

  await step("a site that was allowed is not asked about by the next agent: the keyring vouches for it", async () => {
    world.agent = await startAgent(world.crew, world.home);
    await page.open();
    await page.click("#login");
    await (await enterPIN(world)).closed();
    await page.loggedIn();
  });
});
