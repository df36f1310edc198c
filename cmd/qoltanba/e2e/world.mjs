// Everything that one run needs, in the order in which it is started.
import { mkdtemp, rm } from "node:fs/promises";
import { BankPage } from "./bank.mjs";
import { host, openChromium, openFirefox } from "./browser.mjs";
import { Crew } from "./crew.mjs";
import { FaultToken } from "./fault.mjs";
import { Home, PIN } from "./home.mjs";
import { freePort, startAgent, startBank } from "./programs.mjs";
import { openStage } from "./stage.mjs";
import { Tray } from "./tray.mjs";
import { Desktop } from "./windows.mjs";

/**
 * A bank, an agent, a token and a browser on a desktop of their own; or without bank and browser, for what needs neither.
 * An empty token comes with what a person registers with, paper; a second token is another client's.
 */
export class World {
  /** The token's password. */
  pin = PIN;

  static async open({ browser = "chromium", language = "en", locale, dir, bin, keyring = true, tries, empty = false, second = false, fault }) {
    const w = new World();
    w.crew = new Crew();
    try {
      w.home = new Home(dir ?? await temporary(w.crew), bin);
      if (locale) w.home.env.LC_MESSAGES = locale;
      if (browser === "none") await w.#startAlone(language, tries);
      else await w.#start(browser, { language, keyring, empty, second, fault });
      return w;
    } catch (error) {
      await w.close();
      throw error;
    }
  }

  async #start(browser, { language, keyring, empty, second, fault }) {
    const { crew, home } = this;
    const port = await freePort();
    // Only Chromium can be told that the host's port 443 is another one.
    const origin = browser === "chromium" ? `https://${host}` : `https://${host}:${port}`;
    await home.make(language, empty ? "" : undefined);
    if (!empty) await home.enroll();
    if (second) await home.enrollAnother();
    await openStage(crew, home, { keyring });
    const { bank, est } = await startBank(crew, home, "--listen", `127.0.0.1:${port}`, "--origin", origin,
      "--installer", home.program("qoltanba"), ...(fault ? ["--fault", fault] : []));
    this.bank = bank;
    if (empty) this.paper = await home.handOut();
    await home.join(origin, est);
    this.agent = await startAgent(crew, home);
    this.origin = origin;
    this.desktop = new Desktop(home);
    this.tray = new Tray(home, this.agent);
    const open = browser === "chromium" ? openChromium : openFirefox;
    this.browser = await open(crew, home, { origin, port, language });
    this.page = new BankPage((await this.browser.pages())[0], origin);
  }

  async #startAlone(language, tries) {
    const { crew, home } = this;
    await home.make(language);
    this.token = await FaultToken.make(home, { tries });
    // The system's list of modules has SoftHSM2 itself, which must not see the token too.
    await home.hideTokens();
    await openStage(crew, home);
    this.agent = await startAgent(crew, home);
    this.desktop = new Desktop(home);
    this.tray = new Tray(home, this.agent);
  }

  /** Opens another tab with the bank's page. */
  async tab() {
    return new BankPage(await this.browser.newPage(), this.origin);
  }

  /** Ends everything that was started and removes a temporary home. */
  async close() {
    await this.crew.end();
  }
}

/** A folder with a short name, as sockets lie in it. */
async function temporary(crew) {
  const dir = await mkdtemp("/tmp/q-");
  // A browser's processes that were killed with it may write their last yet.
  crew.atEnd(() => rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  return dir;
}
