// A desktop of its own: X server, window manager, session bus, keyring.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run, until } from "./crew.mjs";

/** Starts the desktop and adds its addresses to home.env. */
export async function openStage(crew, home, { keyring = true } = {}) {
  const { env } = home;
  const x = await crew.start("Xvfb", "Xvfb", ["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-noreset"],
    { env, log: home.log("xvfb"), output: "pipe" });
  env.DISPLAY = `:${(await x.line(/^(\d+)$/))[1]}`;
  await crew.start("openbox", "openbox", ["--sm-disable"], { env, log: home.log("openbox") });
  await until("the window manager", () => has(run("xprop", ["-root", "_NET_SUPPORTING_WM_CHECK"], { env }), "window id"));

  // No service folders: nothing is started that was not asked for.
  const config = join(home.run, "bus.conf");
  await writeFile(config, `<busconfig><type>session</type><listen>unix:path=${join(home.run, "bus")}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>\n`);
  const bus = await crew.start("dbus-daemon", "dbus-daemon", ["--nofork", "--nopidfile", `--config-file=${config}`, "--print-address=1"],
    { env, log: home.log("dbus"), output: "pipe" });
  env.DBUS_SESSION_BUS_ADDRESS = (await bus.line(/^(unix:.*)$/))[1];
  if (keyring) await openKeyring(crew, home);
}

async function openKeyring(crew, home) {
  const { env } = home;
  const daemon = await crew.start("gnome-keyring-daemon", "gnome-keyring-daemon",
    ["--foreground", "--unlock", "--components=secrets", `--control-directory=${join(home.run, "keyring")}`],
    { env, log: home.log("keyring"), input: "pipe" });
  daemon.child.stdin.end("demo");
  await until("the keyring", () => has(run("dbus-send", ["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/",
    "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"], { env }), "boolean true"));
}

/** Whether the output has the words. A program that fails has none: it is asked again. */
function has(output, words) {
  return output.then((text) => text.includes(words), () => false);
}
