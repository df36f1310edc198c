// What the tests share: a world for each file, and steps that build on each other.
import { access, cp } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { World } from "./world.mjs";

const top = fileURLToPath(new URL("../../..", import.meta.url));
const bin = join(top, ".demo/bin");

/** Programs that are not there let the tests be skipped, or fail with REQUIRE_ALL=1. */
const programs = {
  chromium: ["/usr/bin/chromium", "/usr/bin/certutil"],
  firefox: ["/usr/bin/firefox-esr", "/usr/bin/certutil"],
  none: ["/usr/bin/gcc", "/usr/bin/dbus-send"],
};
const needed = ["Xvfb", "openbox", "dbus-daemon", "gnome-keyring-daemon", "xdotool", "import", "xprop", "softhsm2-util", "setpriv"]
  .map((name) => `/usr/bin/${name}`);

/** Runs steps in a world of their own. A step that fails ends the rest. */
export function story(name, options, tell) {
  test(name, async (t) => {
    const missing = await absent([...programs[options.browser], ...needed]);
    if (missing.length > 0) {
      if (process.env.REQUIRE_ALL === "1") throw new Error(`not installed: ${missing.join(" ")}`);
      t.skip(`not installed: ${missing.join(" ")}`);
      return;
    }
    const world = await World.open({ bin, ...options });
    t.after(() => world.close());
    let failed;
    await tell(world, (what, f) => t.test(what, async () => {
      if (failed) throw new Error(`not reached: "${failed}" failed`);
      try {
        await f();
      } catch (error) {
        failed = what;
        await keep(world, options.browser);
        throw error;
      }
    }));
  });
}

/** Keeps logs and pictures of a run that failed, the last picture being of its end. */
async function keep({ desktop, home }, name) {
  await desktop.shot("failed").catch(() => {}); // the error is what counts
  for (const folder of ["logs", "shots"]) await cp(join(home.dir, folder), join(top, ".test", name, folder), { recursive: true });
}

async function absent(paths) {
  const found = await Promise.all(paths.map((path) => access(path).then(() => true, () => false)));
  return paths.filter((_, i) => !found[i]);
}
