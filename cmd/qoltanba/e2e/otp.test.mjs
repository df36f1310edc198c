// The code generators in their real window, and the bank's page that takes their codes.
import assert from "node:assert/strict";
import { join } from "node:path";
import { payment } from "./bank.mjs";
import { story } from "./case.mjs";
import { answerShown, carry, off, openCodes, sameButAnswer } from "./generators.mjs";
import { logIn } from "./scenario.mjs";

/** From the token's keys to the button that copies, which gives the focus back. */
const copy = ["Tab", "space"];

story("SpectraNet", { browser: "chromium", language: "en", locale: "de_DE.UTF-8" }, async (world, step) => {
  const { page, desktop, home } = world;
  const file = join(home.dir, "drive/token.xml");
  let paper, w, code;

  /** Presses the keys of digits. */
  const digits = (number, name) => w.turn(name, ...number);

  const logInByCode = async () => {
    await page.open();
    await page.page.type("#user", paper["user-id"]);
    code = await carry(world, w, copy, "#code-login #code", code);
    assert.match(code, /^\d{6}$/);
    await page.click("#code-login button");
    await page.loggedIn();
  };

  await step("S26 the token of the bank's PSKC file is added, by its path and its password", async () => {
    paper = await home.clerk(["spectranet", "issue", "--file", file]);
    w = await openCodes(world, "Code generators…");
    await w.turn("add", "space");
    await w.turn("add-file", "space");
    await w.type(file);
    await w.key("Tab", "Tab"); // past the button that looks for the file
    await w.type(paper.password);
    await w.key("Return");
    await w.turned("spectra-off", off);
  });

  await step("S16 S20 S29 S45 S46 S47 the start PIN leads to a new PIN, and that to the code", async () => {
    await w.turn("spectra-pin", "p");
    const PIN = paper["start-pin"] === "2580" ? "2581" : "2580"; // the same is not taken again
    await digits(paper["start-pin"], "spectra-new-pin");
    await digits(PIN, "spectra-pin-conf");
    await digits(PIN, "spectra-new-pin-conf");
    await w.turn("spectra-code", "space");
  });

  await step("S5 S25 the code, copied and pasted, logs in", logInByCode);

  await step("S6 S7 another code confirms an order", async () => {
    await page.newOrder(payment);
    code = await carry(world, w, copy, "#code-confirm #code", code);
    await page.click("#code-confirm button");
    await page.orderAccepted();
  });

  await step("S31 S33 S37 S40 three wrong PINs: FAIL1, FAIL2, FAIL3, and no code any more", async () => {
    await w.activate();
    await w.key("p");
    await w.turned("spectra-off-again", off);
    await w.turn("spectra-pin-again", "p");
    for (const [i, wrong] of ["1470", "1471", "1472"].entries()) {
      if (i > 0) await w.turn("spectra-pin-again", "space");
      await digits(wrong, `spectra-fail-${i + 1}`);
    }
    await w.turn("spectra-locked-off", "p");
    await w.turn("spectra-lock-pin", "p");
  });

  await step("S51 S54 S56 S60 the clerk has a code for the number under LOCK PIN, and the code leads to a new PIN", async () => {
    await page.click("#logout");
    const number = await carry(world, w, copy, "#user");
    assert.match(number, /^\d{7}$/);
    const { "unlock-code": unlock } = await home.clerk(["spectranet", "unlock", "--serial", paper.serial], number);
    assert.match(unlock, /^\d{8}$/);
    await w.activate();
    await w.turn("spectra-unlock", "space");
    await digits(unlock, "spectra-unlocked");
    await digits("4826", "spectra-pin-conf");
    await digits("4826", "spectra-new-pin-conf");
    await w.turn("spectra-code", "space");
  });

  await step("a code after the new PIN logs in again", logInByCode);

  await step("Lock in the tray switches the token off", async () => {
    await w.activate();
    await world.tray.press("Lock now");
    await w.turned("spectra-off-by-lock", off);
    await w.key("Escape");
    await w.closed();
    assert.equal(await desktop.empty(), true);
  });
});

story("MobiPass", { browser: "chromium", language: "ru" }, async (world, step) => {
  const { page, home } = world;
  /** From "Далее", which has the focus, to the button that copies. */
  const copyAnswer = ["shift+Tab", "space", "Tab"];
  const PIN = "2580";
  let paper, w, number, answered, right;

  /** Answers the page's code number with that PIN, and sends what the window shows. */
  const answer = async (pin, name) => {
    await w.activate();
    await w.turn("mobi-sign"); // the first item of the menu
    await w.fill(pin, number);
    await w.key("Return");
    const picture = await w.turned(name, answerShown);
    const value = await carry(world, w, copyAnswer, "#value", answered);
    assert.match(value, /^\d{6}$/);
    answered = value;
    await w.activate();
    await w.turn("mobi-menu");
    await page.click("#send");
    return picture;
  };

  const orderWithNumber = async () => {
    await page.newOrder(payment);
    await numberShown();
  };

  const numberShown = async () => {
    await page.click("#mobipass");
    await page.page.waitForSelector("#code-number");
    number = await page.page.$eval("#code-number", (b) => b.textContent);
    assert.match(number, /^\d{6}$/);
  };

  await step("M7 M8 MobiPass is activated with a PIN and the four parts of the envelope", async () => {
    paper = await home.clerk(["mobipass", "issue"]);
    w = await openCodes(world, "Генераторы кодов…");
    await w.turn("add", "space");
    await w.turn("add-mobi", "Tab", "Tab", "space");
    await w.turn("mobi-closed");
    await w.turn("mobi-empty");
    await w.turn("mobi-pin");
    await w.fill(PIN, PIN);
    await w.turn("mobi-key");
    await w.fill(paper["part-1"], paper["part-2"], paper["part-3"], paper["part-4"]);
    await w.turn("mobi-menu");
  });

  await step("M1 M38 M44 the answer to the page's code number confirms a payment", async () => {
    await logIn(world, { unknown: true });
    await orderWithNumber();
    right = await answer(PIN, "mobi-answer");
    await page.orderAccepted();
  });

  await step("M45 M46 back to editing, the form is as it was filled and the new code number another one", async () => {
    await orderWithNumber();
    const before = number;
    await Promise.all([page.page.waitForNavigation(), page.click("#edit")]);
    await page.page.waitForSelector("#new-order");
    for (const [name, value] of Object.entries(payment)) {
      assert.equal(await page.page.$eval(`#new-order [name=${name}]`, (field) => field.value), value);
    }
    await Promise.all([page.page.waitForNavigation(), page.click("#create")]);
    await numberShown();
    assert.notEqual(number, before);
  });

  await step("M31 M47 a wrong PIN gives a value without a word, and the bank refuses it", async () => {
    await orderWithNumber();
    const wrong = await answer("1470", "mobi-answer-wrong");
    assert.equal(await page.error(), "value");
    assert.ok(await sameButAnswer(right, wrong), "the window tells a wrong PIN");
    await answer("1471", "mobi-answer-wrong");
    assert.equal(await page.error(), "value");
  });

  await step("M48 the third wrong value blocks MobiPass, also for the right one", async () => {
    await answer("1472", "mobi-answer-wrong");
    await page.page.waitForSelector("#status[data-state=error][data-name=blocked]");
    await answer(PIN, "mobi-answer-late");
    await page.page.waitForSelector("#status[data-state=error][data-name=mobipass]");
    assert.equal((await page.verdicts()).accepted, 1, "the first payment alone");
  });
});
