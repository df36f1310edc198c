// A token that behaves like a USB stick: the tests' fault module over SoftHSM2, which
// locks after wrong PINs and can be pulled out. It is controlled by files in its folder.
import { appendFile, copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./crew.mjs";

const source = fileURLToPath(new URL("../../../agent/agenttest/softhsm/testdata/fault", import.meta.url));

export class FaultToken {
  #folder;

  /** Builds the module into a folder of the home; its tokens are the home's. */
  static async make(home, { tries }) {
    const f = new FaultToken();
    f.#folder = join(home.dir, "fault");
    await mkdir(f.#folder, { recursive: true, mode: 0o700 });
    const sources = (await readdir(source)).filter((name) => name.endsWith(".c"));
    const headers = (await run("go", ["list", "-m", "-f", "{{.Dir}}", "github.com/miekg/pkcs11"], { cwd: source })).trim();
    await run("gcc", ["-std=gnu11", "-O1", "-shared", "-fPIC", "-fvisibility=hidden", "-pthread", "-isystem", headers,
      "-o", join(f.#folder, "fault.so"), ...sources, "-ldl"], { cwd: source });
    await copyFile(home.env.SOFTHSM2_CONF, join(f.#folder, "softhsm2.conf"));
    await writeFile(join(f.#folder, "target"), home.module);
    await writeFile(join(f.#folder, "tries"), String(tries));
    home.module = join(f.#folder, "fault.so");
    return f;
  }

  pullOut() {
    return appendFile(join(this.#folder, "plug"), "-all\n");
  }

  plugIn() {
    return appendFile(join(this.#folder, "plug"), "+all\n");
  }
}
