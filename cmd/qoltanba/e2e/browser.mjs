// Chromium and Firefox, on the stage's screen, with profiles in the home.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import puppeteer from "puppeteer-core";
import { run } from "./crew.mjs";

export const host = "ib.refbank.test";

/**
 * Starts Chromium. It takes the page for a public one, so that its rules for
 * pages that reach into the person's computer apply, and trusts the bank's CA.
 */
export async function openChromium(crew, home, { origin, port, language }) {
  await trust(join(home.env.HOME, ".pki/nssdb"), home);
  const profile = join(home.env.HOME, "chromium");
  await mkdir(join(profile, "Default"), { recursive: true, mode: 0o700 });
  // No bubbles over the page that offer to translate it or to keep an IBAN.
  const preferences = { translate: { enabled: false }, autofill: { credit_card_enabled: false, profile_enabled: false } };
  await writeFile(join(profile, "Default/Preferences"), JSON.stringify(preferences));
  const browser = await puppeteer.launch({
    browser: "chrome",
    executablePath: "/usr/bin/chromium",
    headless: false,
    defaultViewport: null,
    env: home.env,
    userDataDir: profile,
    ignoreDefaultArgs: ["--enable-automation"],
    args: [
      ...(process.getuid() === 0 ? ["--no-sandbox", "--test-type"] : []), // the second: without a bar about the first
      "--disable-gpu", "--disable-quic", "--ozone-platform=x11", `--accept-lang=${language}`,
      "--window-position=0,0", "--window-size=1280,900",
      `--host-resolver-rules=MAP ${host} 127.0.0.1:${port}`,
      `--ip-address-space-overrides=127.0.0.1:${port}=public`,
    ],
    ...ours,
  });
  crew.adopt("chromium", browser.process());
  const cdp = await browser.target().createCDPSession(); // the permission lasts as long as it
  await cdp.send("Browser.setPermission", { permission: { name: "loopback-network" }, setting: "granted", origin });
  return browser;
}

/** Starts Firefox, which asks nobody before a page reaches into the computer. */
export async function openFirefox(crew, home, { language }) {
  const profile = join(home.env.HOME, "firefox");
  await trust(profile, home);
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    headless: false,
    defaultViewport: null,
    env: home.env,
    userDataDir: profile,
    extraPrefsFirefox: { "network.dns.localDomains": host, "intl.accept_languages": language },
    args: ["--width=1280", "--height=900"],
    ...ours,
  });
  crew.adopt("firefox", browser.process());
  return browser;
}

/** Signals are the crew's matter. */
const ours = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false, timeout: 60_000 };

/** Makes the browser's certificate store with the bank's CA in it. */
async function trust(dir, home) {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const db = ["-d", `sql:${dir}`];
  await run("certutil", ["-N", ...db, "--empty-password"], { env: home.env });
  await run("certutil", ["-A", ...db, "-t", "C,,", "-n", "Reference Bank", "-i", join(home.bank, "ca/root.pem")], { env: home.env });
}
