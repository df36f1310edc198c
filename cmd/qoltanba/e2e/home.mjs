// A private home: everything that a run reads and writes lies in one folder.
import { access, mkdir, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { run } from "./crew.mjs";

export const PIN = "12345678";
/** What the person chooses instead. */
export const newPIN = "Tenge77Bank";
const SOPIN = "87654321";
/** The demo client's number. */
const IIN = "850412300452";
const tokenLabel = "Accountant";
/** Another client, with a token of that name: home.enrollAnother. */
export const another = { user: "qq222222_asdfghjk", label: "Director" };

/** make demo KEY=gost: the key file, the token's key and every signature are of GOST. */
export const gost = process.env.KEY === "gost";

const gostHSM = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "qoltanba/softhsm2-gost-2.6.1.so");

const softHSM = gost ? [gostHSM] : [
  "/usr/lib/softhsm/libsofthsm2.so",
  "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
  "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
  "/usr/lib64/pkcs11/libsofthsm2.so",
];

export class Home {
  /** @param dir absolute and short: sockets lie in it. @param bin folder of the demo binaries */
  constructor(dir, bin) {
    this.dir = dir;
    this.bin = bin;
    this.agent = join(dir, "agent"); // qoltanba --home
    this.bank = join(dir, "bank"); // refbank --dir
    this.run = join(dir, "run");
    this.shots = join(dir, "shots");
    const home = join(dir, "home");
    this.env = {
      PATH: process.env.PATH,
      LANG: "C.UTF-8",
      HOME: home,
      XDG_CONFIG_HOME: join(home, ".config"),
      XDG_CACHE_HOME: join(home, ".cache"),
      XDG_DATA_HOME: join(home, ".local/share"),
      XDG_STATE_HOME: join(home, ".local/state"),
      XDG_RUNTIME_DIR: this.run,
      TMPDIR: join(dir, "tmp"),
      SOFTHSM2_CONF: join(dir, "softhsm/softhsm2.conf"),
      QOLTANBA_KEYRING_SERVICE: "qoltanba-demo",
    };
  }

  /** Makes the home anew: folders, an empty token, the agent's settings. */
  async make(language, label = tokenLabel) {
    for (const name of ["agent", "bank", "drive", "home", "logs", "run", "shots", "softhsm", "tmp"]) {
      await rm(join(this.dir, name), { recursive: true, force: true });
      await mkdir(join(this.dir, name), { recursive: true, mode: 0o700 });
    }
    for (const dir of [join(this.dir, "softhsm/tokens"), join(this.agent, "config/banks.d")]) {
      await mkdir(dir, { recursive: true, mode: 0o700 });
    }
    await writeFile(join(this.agent, "config/settings.json"), JSON.stringify({ language, idleMinutes: 15 }));
    await writeFile(this.env.SOFTHSM2_CONF,
      `directories.tokendir = ${join(this.dir, "softhsm/tokens")}\nobjectstore.backend = file\nlog.level = ERROR\n`);
    this.module = await first(softHSM);
    await this.#addToken(label);
  }

  #addToken(label) {
    return run("softhsm2-util",
      ["--module", this.module, "--init-token", "--free", "--label", label, "--so-pin", SOPIN, "--pin", PIN], { env: this.env });
  }

  /** Has SoftHSM2 look into an empty folder, but for whoever has its configuration already. */
  async hideTokens() {
    await mkdir(join(this.dir, "softhsm/none"), { mode: 0o700 });
    this.env.SOFTHSM2_CONF = join(this.dir, "softhsm/none.conf");
    await writeFile(this.env.SOFTHSM2_CONF, `directories.tokendir = ${join(this.dir, "softhsm/none")}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  }

  /** Has the bank make its CA and prepare the token, so that it has a profile. */
  async enroll() {
    await this.refbank("init");
    await this.refbank("token", "--module", this.module, "--label", tokenLabel);
  }

  /** Has the bank prepare a second token, for another client. */
  async enrollAnother() {
    await this.#addToken(another.label);
    await this.refbank("contract", "--user", another.user, "--surname", "ЖАҚСЫБЕКОВ", "--given-name", "ДӘУРЕН", "--iin", "790228301239",
      "--company", "ЖШС «Басқа Сауда»", "--bin", "010140001230", "--account", "KZ33999KZT0000000002", "--period", "12");
    await this.refbank("token", "--module", this.module, "--label", another.label, "--user", another.user);
  }

  /** Has the bank hand out what a person registers with: User ID, PIN, and the key file on a drive. */
  async handOut() {
    const [file, algorithm] = gost ? ["GOST.pfx", "GOST-2015"] : ["Key.pfx", "RSA-2048"];
    const paper = named(await this.refbank("card", "--key-file", join(this.dir, "drive", file), "--algorithm", algorithm));
    return { userID: paper["user-id"], pin: paper.pin, keyFile: paper["key-file"] };
  }

  /** Has the bank describe itself to the agent. */
  async join(origin, est) {
    await writeFile(join(this.agent, "config/banks.d/refbank.json"),
      await this.refbank("descriptor", "--origin", origin, "--est", est, "--module", basename(this.module)));
  }

  refbank(...args) {
    return run(this.program("refbank"), ["--dir", this.bank, ...args], { env: this.env });
  }

  /** Has the bank's clerk do something for the client, who is there with an identity card and tells what is read. */
  async clerk(args, told = "") {
    const owner = ["--identified", "branch", "--iin", IIN];
    return named(await run(this.program("refbank"), ["--dir", this.bank, ...args, ...owner], { env: this.env, input: `${told}\n` }));
  }

  program(name) {
    return join(this.bin, name);
  }

  log(name) {
    return join(this.dir, "logs", `${name}.log`);
  }
}

/** What a program prints as one thing a line, by its name. */
function named(text) {
  return Object.fromEntries([...text.matchAll(/^(\S+) (.*)$/gm)].map(([, name, value]) => [name, value]));
}

async function first(paths) {
  for (const path of paths) {
    try {
      await access(path);
      return path;
    } catch {
      // the next
    }
  }
  throw new Error("SoftHSM2 is not installed: run make deps");
}
