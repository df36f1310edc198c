// Registration in real windows: what a newcomer meets, and what may go wrong on the way.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { story } from "./case.mjs";
import { run, until } from "./crew.mjs";
import { PIN, newPIN } from "./home.mjs";
import { startAgent, tokens } from "./programs.mjs";
import { allowSite, begin, enterPIN, fillIn, finish, payOne, register } from "./scenario.mjs";
import { complains, finished, prominent, warns } from "./windows.mjs";

/** Where the pop-up of the bank's page says what is going on. */
const popup = "#connect-status";

story("registration", { browser: "chromium", language: "ru", empty: true }, async (world, step) => {
  const { page, desktop, home } = world;

  await step("K59 K125 without the agent the page offers the descriptor's installer, waits, and goes on by itself", async () => {
    await world.agent.end();
    await begin(world);
    await page.page.waitForSelector("#installer a", { visible: true });
    const { installer } = await page.page.evaluate(() => fetch("/descriptor.json").then((answer) => answer.json()));
    assert.equal(installer, `${world.origin}/installer/qoltanba`);
    assert.equal(await page.page.$eval("#installer a", (a) => a.href), installer);
    await page.says("wait.agent", popup);
    assert.match(await page.page.$$eval(`${popup} li`, (steps) => steps.map((step) => step.textContent).join(" ")), /запустите её: найдите «Qoltanba»/);
    const { SOFTHSM2_CONF } = home.env;
    await home.hideTokens();
    world.agent = await startAgent(world.crew, home);
    home.env.SOFTHSM2_CONF = SOFTHSM2_CONF;
    await allowSite(world);
  });

  await step("K57 K58 without a token the page says so, its pop-up stays, and no wizard comes", async () => {
    await page.says("agent.no-token", popup);
    assert.equal(await page.page.$eval("#connect", (dialog) => dialog.open), true);
    assert.equal(await desktop.empty(), true);
  });

  await step("K125 K60 the window comes without a second click once the agent runs", async () => {
    await world.agent.end();
    await page.click("#connected");
    await page.page.waitForSelector("#installer a", { visible: true });
    world.agent = await startAgent(world.crew, home);
    await desktop.window("wizard");
  });

  await step("K66 the question for a new profile is left: the token is as it was, and the page says nothing else", async () => {
    const w = await desktop.window("wizard");
    await w.fill(PIN);
    await w.turn("wizard-confirm");
    await w.turn("wizard-again", "Escape"); // back to the choice of a profile
    await w.key("Escape");
    await w.closed();
    await page.says("agent.denied-register", popup);
    assert.equal((await tokens(home))[0].content, "empty");
    await page.click("#connected");
  });

  await step("K54 K55 K61 K67 K104 K105 K109 from the empty token to the profile, and nothing is issued before the last Next", async () => {
    await fillIn(world, await desktop.window("wizard"), async () => {
      assert.equal(await home.refbank("client"), "keys 0\ncertificates 0\nin-force -\n");
      assert.equal((await tokens(home))[0].content, "empty");
    });
    assert.match(await home.refbank("client"), /^keys 1\ncertificates 1\n/);
  });

  await step("K110 K111 the new profile is in the list, and logs in", () => finish(world));

  await step("K8 K114 it signs a payment", () => payOne(world));

  await step("K25 a second registration on this token is refused", async () => {
    await page.click("#logout");
    await page.page.waitForSelector("#register summary");
    await begin(world);
    const w = await desktop.window("wizard");
    await w.shot("wizard-refused", warns);
    await w.key("Escape");
    await w.closed();
    await page.says("agent.denied-register", popup);
  });
});

story("registration that is cut off", { browser: "chromium", language: "kk", empty: true, fault: "lost-answer" }, async (world, step) => {
  const { page, desktop, home, paper } = world;
  let w;

  await step("K121 an answer that is lost: the window says what to do", async () => {
    await begin(world);
    await allowSite(world);
    w = await desktop.window("wizard");
    await w.fill(PIN);
    await w.turn("wizard-confirm");
    await w.turn("wizard-welcome");
    await w.turn("wizard-applicant");
    await w.fill(paper.userID, paper.pin, paper.keyFile);
    await w.key("Return");
    await w.turned("wizard-unanswered", complains); // whether these are right
    await w.fill(paper.userID, paper.pin, paper.keyFile); // the focus is in the first one again
    await w.turn("wizard-password");
    await w.fill("Accountant", newPIN, newPIN);
    await w.turn("wizard-review");
    await w.key("space"); // the flag
    await w.key("Return");
    await w.turned("wizard-stopped", complains, { seconds: 120 }); // the CA's certificates
    assert.equal((await tokens(home))[0].content, "unfinished");
  });

  await step("Cancel on the page ends its wait, not the registration, and pressed again the button waits for the same window", async () => {
    await page.click("#cancel");
    await page.says("agent.canceled-register", popup);
    assert.equal(await w.gone(), false);
    await page.click("#connected");
    await page.says("wait.register", popup);
    assert.equal(await w.gone(), false);
  });

  await step("K49 K117 the agent is killed, and offers to continue when it is started again", async () => {
    process.kill(world.agent.pid, "SIGKILL");
    await world.agent.exited;
    await page.says("agent.disconnected-register", popup);
    world.agent = await startAgent(world.crew, home);
    w = await desktop.window("wizard");
    await w.turn("wizard-profile");
    await w.fill(newPIN); // set before it was cut off
    await w.turn("wizard-applicant");
    await w.fill(paper.pin, paper.keyFile);
    await w.turn("wizard-review");
    await w.key("space");
    await w.key("Return");
    await w.turned("wizard-failed", complains, { seconds: 60 }); // the certificate
    await w.key("Return"); // try again
    await w.turned("wizard-failed-again", complains, { seconds: 60 }); // the registration
    await w.key("Return");
    await w.turned("wizard-done", finished, { seconds: 60 });
    await w.key("Return");
    await w.closed();
  });

  await step("K117 K118 there is one of everything", async () => {
    const [token] = await tokens(home);
    assert.equal(token.content, "profile");
    assert.equal(token.certificates.length, 1);
    assert.match(await home.refbank("client"), /^keys 1\ncertificates 1\nin-force [0-9a-f]{64}\n$/);
    const journal = await readFile(join(home.agent, "config/registrations.json"), "utf8");
    for (const secret of [paper.pin, newPIN, PIN]) assert.ok(!journal.includes(secret), "K119 a secret is in the journal");
  });

  await step("K111 login", async () => {
    world.pin = newPIN;
    await page.open();
    await page.click("#login");
    const login = await enterPIN(world);
    await login.closed();
    await page.loggedIn();
  });
});

story("registration for another period than the contract's", { browser: "chromium", language: "en", empty: true }, async (world, step) => {
  const { home, paper } = world;
  let w;

  await step("K56 the period of the page's menu is refused, as the contract has it not, and nothing is issued", async () => {
    await begin(world, 36);
    await allowSite(world);
    w = await world.desktop.window("wizard");
    await w.fill(PIN);
    await w.turn("wizard-confirm");
    await w.turn("wizard-welcome");
    await w.turn("wizard-applicant");
    await w.fill(paper.userID, paper.pin, paper.keyFile);
    await w.key("Return");
    await w.turned("wizard-period", complains);
    assert.equal(await home.refbank("client"), "keys 0\ncertificates 0\nin-force -\n");
    assert.equal((await tokens(home))[0].content, "empty");
  });

  await step("K55 K56 one of the contract's periods is chosen in its place, and the certificate has it", async () => {
    await w.turn("wizard-password"); // the bank is asked again
    await w.fill("Accountant", newPIN, newPIN);
    await w.turn("wizard-review");
    await w.key("Right", "Right"); // of 12 and 24 months the second
    await w.key("Tab", "space"); // the flag
    await w.key("Return");
    await w.turned("wizard-done", finished, { seconds: 120 });
    const [{ certificates: [certificate] }] = await tokens(home);
    const end = new Date();
    end.setUTCMonth(end.getUTCMonth() + 24);
    assert.ok(Math.abs(new Date(certificate.notAfter) - end) < 2 * 24 * 3600e3, `valid to ${certificate.notAfter}`);
    assert.match(await home.refbank("client"), /^keys 1\ncertificates 1\nin-force [0-9a-f]{64}\n$/);
  });

  await step("K110 K111 and logs in", () => finish(world));
});

story("renewal", { browser: "chromium", language: "en", empty: true, fault: "due" }, async (world, step) => {
  const { desktop, home, tray } = world;
  const inForce = async () => /in-force (\S+)/.exec(await home.refbank("client"))[1];

  await step("a profile whose certificate ends in 30 days", () => register(world));

  /** Enters the password that a renewal asks for, and waits until the bank has another certificate in force. */
  const renewed = async () => {
    const before = await inForce();
    const w = await enterPIN(world);
    await w.closed();
    await until("another certificate in force", async () => (await inForce()) !== before);
    const [token] = await until("one certificate on the token", async () => {
      const all = await tokens(home);
      return all[0].certificates.length === 1 && all;
    });
    assert.equal(token.content, "profile");
  };

  await step("one click in the tray renews it", async () => {
    await tray.press("Renew certificate: 30 days left…");
    await renewed();
  });

  await step("and so does the main window, by keyboard", async () => {
    await run(home.program("qoltanba"), ["--home", home.agent], { env: home.env }); // a second start
    const w = await desktop.window("main", prominent);
    await w.press(1); // what is first in it
    await renewed();
  });
});
