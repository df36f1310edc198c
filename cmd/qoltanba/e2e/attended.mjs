// make demo at a display: the bank and the agent run, the person does the rest.
import { access } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { Crew, run } from "./crew.mjs";
import { Home, PIN } from "./home.mjs";
import { freePort, startAgent, startBank } from "./programs.mjs";

const dir = join(process.cwd(), ".demo");
const home = new Home(dir, join(dir, "bin"));
// The person's own screen, session bus and language, and a home that is not theirs.
home.env = {
  XAUTHORITY: join(homedir(), ".Xauthority"),
  ...process.env,
  ...home.env,
  LANG: process.env.LANG ?? "C.UTF-8",
  XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? home.run,
};

const crew = new Crew();
try {
  const port = await freePort();
  const origin = `http://localhost:${port}`; // browsers count it as secure; only demo binaries let it in
  await home.make("", "");
  const { est } = await startBank(crew, home, "--http", "--listen", `127.0.0.1:${port}`, "--origin", origin,
    "--installer", home.program("qoltanba"));
  await home.join(origin, est);
  const { userID, pin, keyFile } = await home.handOut();
  crew.atEnd(forgetKey);
  const agent = await startAgent(crew, home);
  await openBrowser(origin);
  console.log(`demo: the bank is at ${origin}. An empty token is connected; its password is ${PIN}.
demo: press Register, and enter what the bank handed out: User ID ${userID}, PIN ${pin}, key file ${keyFile}
demo: Ctrl-C ends the demo.`);
  await agent.exited;
} catch (error) {
  process.exitCode = 1;
  if (!crew.interrupted) console.error(`demo: ${error.message}\ndemo: the logs are in ${join(dir, "logs")}`);
} finally {
  await crew.end();
}

/** Opens Chromium with a profile of its own, or what the person has for web pages. */
async function openBrowser(origin) {
  const chromium = "/usr/bin/chromium";
  if (await access(chromium).then(() => true, () => false)) {
    const root = process.getuid() === 0 ? ["--no-sandbox", "--test-type"] : [];
    await crew.start("chromium", chromium, [...root, "--no-first-run", `--user-data-dir=${join(home.env.HOME, "chromium")}`, origin],
      { env: { ...home.env, ...await withoutBus() }, log: home.log("chromium") });
    return;
  }
  await run("xdg-open", [origin]).catch(() => console.log(`demo: open ${origin} in a browser`));
}

/** Takes the demo's key out of the person's keyring, where there is one. */
async function forgetKey() {
  const { DISPLAY, WAYLAND_DISPLAY, DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR, PATH } = process.env;
  await run("secret-tool", ["clear", "service", home.env.QOLTANBA_KEYRING_SERVICE],
    { env: { PATH, DISPLAY, WAYLAND_DISPLAY, DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR } }).catch(() => {});
}

/** Keeps Chromium from starting a session bus, and leaving it, where none runs. */
async function withoutBus() {
  if (process.env.DBUS_SESSION_BUS_ADDRESS) return {};
  return access(join(home.env.XDG_RUNTIME_DIR, "bus")).then(() => ({}), () => ({ DBUS_SESSION_BUS_ADDRESS: "disabled:" }));
}
