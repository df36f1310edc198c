// What the tests share: a world for each file, and steps that build on each other.
import { access } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { World } from "./world.mjs";

const bin = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../../../.demo/bin");

/** Programs that are not there let the tests be skipped, or fail with REQUIRE_ALL=1. */
const programs = {
  chromium: ["/usr/bin/chromium", "/usr/bin/certutil"],
  firefox: ["/usr/bin/firefox-esr", "/usr/bin/certutil"],
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
        throw error;
      }
    }));
  });
}

async function absent(paths) {
  const found = await Promise.all(paths.map((path) => access(path).then(() => true, () => false)));
  return paths.filter((_, i) => !found[i]);
}
