// The agent's windows, worked with the keyboard of the X server.
import { readFileSync } from "node:fs";
import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { run, until } from "./crew.mjs";

/** The windows' titles in every language, as ui/text has them. */
const titles = {
  site: ["Qoltanba — Жаңа сайт", "Qoltanba — Новый сайт", "Qoltanba — New site"],
  password: ["Qoltanba — Құпиясөз", "Qoltanba — Пароль", "Qoltanba — Password"],
  consent: ["Qoltanba — Қол қою", "Qoltanba — Подпись", "Qoltanba — Sign"],
  wizard: ["Профиль жасау шебері", "Мастер создания профиля", "Profile Creation Wizard"],
  main: ["Qoltanba"],
  token: ["Qoltanba — Токенді басқару", "Qoltanba — Управление токеном", "Qoltanba — Token panel"],
  codes: ["Qoltanba — Код генераторлары", "Qoltanba — Генераторы кодов", "Qoltanba — Code generators", "Qoltanba — Codegeneratoren"],
};

const patience = 30; // s; a cold start of the window process beside a browser on two cores

export class Desktop {
  #home;
  #shots = 0;
  windows = 0; // that were shown

  constructor(home) {
    this.#home = home;
  }

  /** Waits for a window, brings it to the front as a person's click would, and waits until it is drawn, which good tells. */
  async window(kind, good = drawn) {
    const id = await until(`the window "${kind}"`, () => this.#find(kind), { seconds: patience });
    this.windows++;
    const w = new Window(this, kind, id);
    await w.activate();
    await w.shot(kind, good);
    return w;
  }

  /** Presses a key in a window that is shown already and closes by it. */
  async press(kind, key) {
    const w = new Window(this, kind, await this.#find(kind));
    await w.activate();
    await w.key(key);
    await w.closed();
  }

  /** Whether no window of the agent is shown. */
  async empty() {
    const names = ["Qoltanba", ...titles.wizard].join("|");
    return (await this.#ids(`^(${names})`)).length === 0;
  }

  async #find(kind) {
    for (const title of titles[kind]) {
      const [id] = await this.#ids(`^${title}$`);
      if (id) return id;
    }
    return undefined;
  }

  shows(kind, id) {
    return this.#find(kind).then((found) => found === id);
  }

  #ids(name) {
    // Exit code 1 means that there is none.
    return this.xdotool("search", "--onlyvisible", "--name", name).then((ids) => ids.split("\n").filter(Boolean), () => []);
  }

  xdotool(...args) {
    return run("xdotool", args, { env: this.#home.env, timeout: 10_000 });
  }

  /** Takes a picture of a window once good(picture) holds, or of the whole screen; pictures are numbered in their order. */
  async shot(name, id = "root", good = () => true, patience) {
    const file = this.nextShot(name);
    await until(`a picture of "${name}"`, async () => {
      await run("import", ["-silent", "-window", id, file], { env: this.#home.env, timeout: 10_000 });
      return good(file);
    }, patience);
    return file;
  }

  nextShot(name) {
    this.#shots++;
    return join(this.#home.shots, `${String(this.#shots).padStart(2, "0")}-${name}.png`);
  }
}

class Window {
  #desktop;
  #kind;
  #seen; // the last picture

  constructor(desktop, kind, id) {
    this.#desktop = desktop;
    this.#kind = kind;
    this.id = id;
  }

  async activate() {
    await this.#desktop.xdotool("windowactivate", "--sync", this.id);
  }

  async pid() {
    return Number(await this.#desktop.xdotool("getwindowpid", this.id));
  }

  key(...names) {
    return this.#desktop.xdotool("key", "--delay", "40", ...names);
  }

  /** Types a text over what the field with the focus holds. */
  async type(text) {
    await this.key("ctrl+a");
    await this.#desktop.xdotool("type", "--delay", "30", text);
  }

  /** Walks to the button that agrees, waits until it works, and presses it. */
  async agree() {
    await this.confirm();
    await this.closed();
  }

  /** Agrees in a window that stays. */
  async confirm() {
    await this.key("Tab");
    await this.#desktop.shot(`${this.#kind}-armed`, this.id, armed);
    await this.#desktop.shot(`${this.#kind}-on-screen`);
    await this.key("space");
  }

  /** Walks to the button at that place from the one with the focus, and presses it. */
  async press(places) {
    for (let i = 0; i < places; i++) await this.key("Tab");
    await this.key("space");
  }

  async shot(name = this.#kind, good = drawn) {
    this.#seen = await this.#desktop.shot(name, this.id, good);
    return this.#seen;
  }

  /** Fills in the fields from the one with the focus on; Return goes to the next. The last one is left with what it holds. */
  async fill(...texts) {
    for (const [i, text] of texts.entries()) {
      if (i > 0) await this.key("Return");
      await this.type(text);
    }
    await this.#still(`${this.#kind}-filled`, drawn);
  }

  /** Presses keys, Return unless told otherwise, and waits for the page that follows. */
  async turn(name, ...keys) {
    await this.key(...keys.length > 0 ? keys : ["Return"]);
    return this.turned(name);
  }

  /** Waits until the window shows another page than in the last picture, and that page holds still. Returns its picture. */
  async turned(name, good = drawn, patience) {
    const before = this.#seen;
    await this.#still(name, async (picture) => await good(picture) && !await same(picture, before), patience);
    return this.#seen;
  }

  /** Waits until two pictures, one after the other, are good and the same. */
  async #still(name, good, patience) {
    let last;
    this.#seen = await this.#desktop.shot(name, this.id, async (picture) => {
      if (!await good(picture)) return false;
      const still = last !== undefined && await same(picture, last);
      last = `${picture}.last.png`;
      await copyFile(picture, last);
      return still;
    }, patience);
    await rm(last);
  }

  async gone() {
    return !(await this.#desktop.shows(this.#kind, this.id));
  }

  async closed(patience) {
    await until(`the window "${this.#kind}" to close`, () => this.gone(), patience);
  }
}

/** Whether the process is there and no zombie. */
export function alive(pid) {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/**
 * Whether a window shows its content. Before, the X server shows what was on the
 * screen at its place; after, there is nothing but white along its edge.
 */
async function drawn(picture) {
  const [width, height, colours] = (await run("identify", ["-format", "%w %h %k", picture])).split(" ").map(Number);
  const inside = `rectangle 3,3 ${width - 4},${height - 4}`;
  const edge = await run("convert", [picture, "-fill", "white", "-draw", inside, "-format", "%k %[hex:p{0,0}]", "info:"]);
  return edge.startsWith("1 FFFFFF") && colours > 16;
}

/** Whether a window with buttons along its edge shows the blue one. */
export function prominent(picture) {
  return coloured(picture, "b-r>0.5 && b-g>0.3", () => true);
}

/**
 * Whether the button at the lower right works: it is blue then. It is deaf until
 * the window has had the focus, and no key was pressed, for 700 ms.
 */
async function armed(picture) {
  const [width, height] = (await run("identify", ["-format", "%w %h", picture])).split(" ").map(Number);
  const hex = await run("convert", [picture, "-format", `%[hex:p{${width - 12},${height - 16}}]`, "info:"]);
  const [red, , blue] = hex.match(/../g).map((byte) => parseInt(byte, 16));
  return blue - red > 60;
}

/** Whether two pictures show the same page: a cursor that blinks makes no other one. */
export async function same(picture, other) {
  const count = await run("convert", [picture, other, "-compose", "difference", "-composite", "-threshold", "5%", "-fill", "white", "+opaque", "black",
    "-format", "%[fx:mean*w*h]", "info:"]).catch(() => "1e9"); // of another size
  return Number(count) < 400;
}

/** Whether a window says, in red, that something went wrong. */
export function complains(picture) {
  return coloured(picture, "r-g>0.4 && r-b>0.4");
}

/** Whether a window warns, in orange. */
export function warns(picture) {
  return coloured(picture, "r-g>0.25 && g-b>0.2");
}

/** Whether a page begins with the green sign that all is done. */
export async function finished(picture) {
  const corner = `${picture}.corner.png`;
  await run("convert", [picture, "-crop", "32x60+0+0", "+repage", corner]);
  const green = await run("convert", [corner, "-fx", "g-r>0.15 && g-b>0.1", "-format", "%[fx:mean*w*h]", "info:"]);
  await rm(corner);
  return Number(green) > 5;
}

/** Whether a window says, in green and at its top, that something was done. Rules that are kept are green, too, further down. */
export function rejoices(picture) {
  return coloured(picture, "g-r>0.25 && g-b>0.15", drawn, ["-crop", "x40+0+0"]);
}

async function coloured(picture, colour, shown = drawn, part = []) {
  // Every other pixel is enough, and takes a quarter of the time.
  const pixels = await run("convert", [picture, ...part, "-sample", "50%", "-fx", colour, "-format", "%[fx:mean*w*h]", "info:"]);
  return await shown(picture) && Number(pixels) > 40; // about a dozen letters
}
