// The agent's windows, worked with the keyboard of the X server.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run, until } from "./crew.mjs";

/** The windows' titles in every language, as ui/text has them. */
const titles = {
  site: ["Qoltanba — Жаңа сайт", "Qoltanba — Новый сайт", "Qoltanba — New site"],
  password: ["Qoltanba — Құпиясөз", "Qoltanba — Пароль", "Qoltanba — Password"],
  consent: ["Qoltanba — Қол қою", "Qoltanba — Подпись", "Qoltanba — Sign"],
};

/** How often Tab is pressed from the first focus to the button that agrees. */
const tabsToAgree = { site: 1, consent: 1 };

const patience = 30; // s; a cold start of the window process beside a browser on two cores
const drawn = 16; // colours; an empty window has one or two

export class Desktop {
  #home;
  #shots = 0;
  windows = 0; // that were shown

  constructor(home) {
    this.#home = home;
  }

  /** Waits for a window, brings it to the front as a person's click would, and waits until it is drawn. */
  async window(kind) {
    const id = await until(`the window "${kind}"`, () => this.#find(kind), { seconds: patience });
    this.windows++;
    const w = new Window(this, kind, id);
    await w.activate();
    await w.shot();
    return w;
  }

  /** Whether no window of the agent is shown. */
  async empty() {
    return (await this.#ids("^Qoltanba")).length === 0;
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

  /** Takes a picture of a window, or of the whole screen; the pictures are numbered in their order. */
  async shot(name, id = "root") {
    const file = this.nextShot(name);
    await until(`a drawn ${name}`, async () => {
      await run("import", ["-silent", "-window", id, file], { env: this.#home.env });
      return Number(await run("identify", ["-format", "%k", file])) > drawn;
    });
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

  /**
   * Walks to the button that agrees and presses it until the window closes: it
   * is deaf until the window has had the focus for a while.
   */
  async agree() {
    await this.key(...Array(tabsToAgree[this.#kind]).fill("Tab"));
    await until(`the window "${this.#kind}" to take the answer`, async () => {
      await this.key("space");
      return until("it to close", () => this.gone(), { seconds: 0.5 }).catch(() => false);
    });
  }

  shot(name = this.#kind) {
    return this.#desktop.shot(name, this.id);
  }

  async gone() {
    return !(await this.#desktop.shows(this.#kind, this.id));
  }

  async closed() {
    await until(`the window "${this.#kind}" to close`, () => this.gone());
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

/** How many pixels of two pictures differ; all when their sizes do. */
export async function differ(a, b) {
  const [size, other] = await Promise.all([a, b].map((file) => run("identify", ["-format", "%wx%h", file])));
  if (size !== other) return Infinity;
  return Number(await run("convert", [a, b, "-compose", "difference", "-composite", "-threshold", "5%", "-separate",
    "-evaluate-sequence", "max", "-format", "%[fx:mean*w*h]", "info:"]));
}
